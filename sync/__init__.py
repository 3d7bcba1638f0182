"""Everything that keeps documents alive and in step. Never imports Qt or ``app``."""

__version__ = "0.1.0"

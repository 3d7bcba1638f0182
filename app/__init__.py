"""Everything a writer sees (PySide6)."""

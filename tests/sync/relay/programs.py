"""Where PostgreSQL's programs are."""

from __future__ import annotations

import shutil
from pathlib import Path


def program(name: str) -> str:
    """Return a program of the newest PostgreSQL that is installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3])
    )
    path = str(found[-1]) if found else shutil.which(name)
    assert path is not None, "PostgreSQL is missing; packaging/setup/set-up.sh test installs it"
    return path

"""Putting another database in the place of the profile's, which is moved aside, never deleted.

The other one is whole and on disk under a name that says where the old one goes, before anything
is moved: a crash at any point is finished by the next start.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

from sync import files

_NEIGHBOURS = ("-wal", "-shm", "-damaged")
"""What belongs to a database: its log, the index of that, and the mark that it is damaged."""
_READY = ".for-"


def replace(path: Path, new: Path, aside: Path) -> None:
    """Put the file `new` at `path`; what was there goes into the folder `aside`.

    `new` lies in the same folder and is on disk; nobody has either open. Raises `OSError`.
    """
    ready = path.with_name(f"{path.name}{_READY}{aside.name}")
    new.replace(ready)
    files.sync(path.parent)
    _swap(path, ready)


def finish(path: Path) -> None:
    """Go on where a replacement was interrupted. Raises `OSError`."""
    for ready in path.parent.glob(f"{path.name}{_READY}*"):
        _swap(path, ready)


def set_aside(path: Path, aside: Path) -> None:
    """Move a database, with its log, into the folder `aside`. Raises `OSError`."""
    old = [path.with_name(path.name + end) for end in (*_NEIGHBOURS, "")]
    old = [file for file in old if file.exists()]
    if old:
        aside.mkdir(mode=0o700, exist_ok=True)  # there already if this goes on where it ended
        for file in old:
            file.rename(aside / file.name)
        files.sync(aside)


def remove(path: Path) -> None:
    """Remove a database that is worth nothing, with what SQLite leaves beside it."""
    for end in ("", "-journal", *_NEIGHBOURS):
        path.with_name(path.name + end).unlink(missing_ok=True)


def empty_log(path: Path) -> None:
    """Take the log into the database, so that the file is whole by itself; if it can be."""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(path)) as connection,
    ):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def room_for(folder: Path, size: int) -> bool:
    """Whether a folder's disk has so many bytes left. Raises `OSError`."""
    return shutil.disk_usage(folder).free >= size


def _swap(path: Path, ready: Path) -> None:
    set_aside(path, path.parent / ready.name.partition(_READY)[2])
    ready.replace(path)
    files.sync(path.parent)

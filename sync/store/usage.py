"""How much of the disk a profile takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sync.store.attachments import ATTACHMENTS
from sync.store.backup import BACKUPS
from sync.store.migrations import DATABASE
from sync.store.store import SEARCH


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes of a profile's files."""

    database: int
    """All documents with their history."""
    attachments: int
    index: int
    """For searching; it may be lost at any time."""
    backups: int
    total: int
    """With what else there is: logs, and databases that were set aside."""


def usage(data_dir: Path) -> Usage:
    """Return what a profile takes, file by file; what goes meanwhile does not count."""
    sizes: dict[str, int] = {}
    for name, size in _files(data_dir):
        sizes[name] = sizes.get(name, 0) + size
    return Usage(
        database=_of_database(sizes, DATABASE),
        attachments=sizes.get(ATTACHMENTS, 0),
        index=_of_database(sizes, SEARCH),
        backups=sizes.get(BACKUPS, 0),
        total=sum(sizes.values()),
    )


def _files(data_dir: Path) -> Iterator[tuple[str, int]]:
    """Yield (name of the file or folder at the top, bytes) of each file."""
    for folder, _, names in os.walk(data_dir):
        inside = Path(folder).relative_to(data_dir).parts
        for name in names:
            try:
                size = Path(folder, name).lstat().st_size
            except OSError:
                continue
            yield (inside[0] if inside else name), size


def _of_database(sizes: dict[str, int], name: str) -> int:
    """With the log that SQLite keeps beside it."""
    return sum(sizes.get(f"{name}{suffix}", 0) for suffix in ("", "-wal", "-shm"))

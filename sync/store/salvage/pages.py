"""A damaged database file as numbered pages, with its write-ahead log laid over them.

Format: https://sqlite.org/fileformat2.html. SQLite itself stops at the first thing that is not
as it should be: at a broken frame of the log, at a broken page on the way to sound ones. What the
disk itself does not give counts as zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

HEADER_SIZE = 100
"""Bytes of the database header, before the first page's own content."""

_MAGIC = b"SQLite format 3\0"
_DEFAULT_PAGE_SIZE = 4096
_SECTOR = 512
"""Bytes that a disk loses at a time, at least."""
_LOG_HEADER = struct.Struct(">8I")
_FRAME_HEADER = struct.Struct(">6I")
_LOG_MAGIC = 0x377F0682
"""Its lowest bit says which end comes first in the words that are summed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One page in a write-ahead log."""

    position: int
    """Its number in the log, from 1."""
    page: int
    commits: bool
    """Whether a transaction ends with it."""
    start: int
    """Where in the log its page begins, in bytes."""
    sound: bool
    """Whether its sum is right; always so if it was not asked for."""


def page_size_of(header: bytes) -> int:
    """Return the page size that a database header names, 4096 if it names none that can be."""
    size = int.from_bytes(header[16:18], "big")
    size = 65_536 if size == 1 else size
    return size if 512 <= size <= 65_536 and not size & (size - 1) else _DEFAULT_PAGE_SIZE


def frames(log: bytes, *, summed: bool) -> Iterator[Frame]:
    """Yield the frames of a log that were written since it was begun anew, in their order.

    Broken frames too: each sum goes on from the one before, so what follows a broken page can
    still be proved. `summed` asks for the sums, which takes about 0.1 s for 4 MB.
    """
    if len(log) < _LOG_HEADER.size:
        return
    magic, _, page_size, _, salt1, salt2, sum1, sum2 = _LOG_HEADER.unpack_from(log)
    if magic & ~1 != _LOG_MAGIC or page_size_of(b"\0" * 16 + _two_bytes(page_size)) != page_size:
        return
    end = ">" if magic & 1 else "<"
    length = _FRAME_HEADER.size + page_size
    for position, at in enumerate(range(_LOG_HEADER.size, len(log), length), start=1):
        start = at + _FRAME_HEADER.size
        if start + page_size > len(log):
            return
        page, size, *salts, next1, next2 = _FRAME_HEADER.unpack_from(log, at)
        if salts == [salt1, salt2]:
            sound = True
            if summed:
                sums = _add(end, log[at : at + 8], sum1, sum2)
                sums = _add(end, log[start : start + page_size], *sums)
                sound = sums == (next1, next2)
            yield Frame(position, page, size > 0, start, sound)
        sum1, sum2 = next1, next2


def _two_bytes(page_size: int) -> bytes:
    return (1 if page_size == 65_536 else page_size & 0xFFFF).to_bytes(2, "big")


def _add(end: str, data: bytes, sum1: int, sum2: int) -> tuple[int, int]:
    words = iter(struct.unpack(f"{end}{len(data) // 4}I", data))
    for first, second in zip(words, words, strict=True):
        sum1 = (sum1 + first + sum2) & 0xFFFFFFFF
        sum2 = (sum2 + second + sum1) & 0xFFFFFFFF
    return sum1, sum2


class Pages:
    """`with Pages(path) as pages:`; opens read-only. Raises `OSError`."""

    def __init__(self, path: Path) -> None:
        log = path.with_name(path.name + "-wal")
        self._log = b""
        if log.exists():
            with log.open("rb", buffering=0) as file:
                self._log = _read(file, 0, log.stat().st_size)
        self._file: BinaryIO = path.open("rb", buffering=0)
        self.size = page_size_of(_read(self._file, 0, HEADER_SIZE))
        self.mixed = False
        """Whether a page of the log is broken. Then what there is of it is older than its
        neighbours, and may know nothing of pages that have come to its tree since."""
        self._newer = self._read_log()
        header = self._whole(1)[:HEADER_SIZE]
        self.is_database = header.startswith(_MAGIC)
        """Whether the file's beginning says that it is one."""
        reserved = header[20] if self.is_database and header[20] <= self.size - 480 else 0
        self.usable = self.size - reserved
        """Bytes of each page that SQLite uses."""
        self.version = int.from_bytes(header[60:64], "big") if self.is_database else 0
        """`PRAGMA user_version`, if that can be read."""
        self.count = max(path.stat().st_size // self.size, *self._newer, 0)
        """Pages; the last one has this number."""

    def __enter__(self) -> Pages:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def page(self, number: int) -> bytes:
        """Return a page, without what is reserved at its end; b"" if there is none."""
        return self._whole(number)[: self.usable] if 1 <= number <= self.count else b""

    def free(self) -> set[int]:
        """Return the numbers of unused pages, as far as the list of them can be read."""
        header = self._whole(1)[:HEADER_SIZE]
        found: set[int] = set()
        trunk = int.from_bytes(header[32:36], "big") if self.is_database else 0
        while trunk not in found and len(page := self.page(trunk)) >= 8:
            found.add(trunk)
            trunk, count = struct.unpack_from(">2I", page)
            if count > len(page) // 4 - 2:
                break
            found.update(struct.unpack_from(f">{count}I", page, 8))
        return found

    def _read_log(self) -> dict[int, int]:
        """Return where in the log the newest sound copy of each page is, as far as committed.

        What is sound behind something broken counts: SQLite would give it up.
        """
        newest: dict[int, int] = {}
        pending: dict[int, int] = {}
        for frame in frames(self._log, summed=True):
            if not frame.sound:
                self.mixed = True
            else:
                pending[frame.page] = frame.start
                if frame.commits:
                    newest |= pending
                    pending = {}
        return newest

    def _whole(self, number: int) -> bytes:
        start = self._newer.get(number)
        if start is not None:
            return self._log[start : start + self.size]
        return _read(self._file, (number - 1) * self.size, self.size)


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    """Return bytes of a file; zeros for those that the disk cannot read."""
    data = bytearray()
    while len(data) < size:
        try:
            file.seek(start + len(data))
            some = file.read(size - len(data))
        except OSError:
            some = bytes(min(_SECTOR, size - len(data)))
        if not some:
            break
        data += some
    return bytes(data)

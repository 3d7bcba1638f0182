"""The words that a person has added: a plain text file, a word a line, theirs to edit."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from pathlib import Path

from app.spelling.words import plain

FILE = "words.txt"
"""In the profile's folder. Lines that begin with "#" are notes."""


class WordList:
    """Keeps one file. What others write into it is kept too, and read when it has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._words: frozenset[str] = frozenset()

    def words(self) -> frozenset[str]:
        """Return all words, as they are in the file now."""
        try:
            stat = self.path.stat()
            stamp = stat.st_mtime_ns, stat.st_size
            if stamp != self._stamp:
                self._words = frozenset(_word(line) for line in self._lines()) - {""}
                self._stamp = stamp
        except OSError:
            self._words, self._stamp = frozenset(), None
        return self._words

    def add(self, word: str) -> None:
        """Add a word. Raises `OSError` if the file cannot be written."""
        if _word(word) not in self.words():
            self._write([*self._lines(), _word(word)])

    def remove(self, word: str) -> None:
        """Take a word out again. Raises `OSError` if the file cannot be written."""
        self._write([line for line in self._lines() if _word(line) != _word(word)])

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        except FileNotFoundError:
            return []

    def _write(self, lines: list[str]) -> None:
        """Write beside the file and put it in its place: it is whole at any moment."""
        text = "".join(f"{line}\n" for line in lines)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        self._stamp = None


def _word(line: str) -> str:
    line = line.strip()
    return "" if line.startswith("#") else unicodedata.normalize("NFC", plain(line))

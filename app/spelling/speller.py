"""Dictionaries behind one small interface: enchant where the system has it, Hunspell else.

Everything here may block (it reads megabytes) and belongs to one thread.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

MAX_SUGGESTIONS = 7

_FOLDERS = (
    "~/.local/share/hunspell",
    "~/Library/Spelling",
    "/usr/share/hunspell",
    "/usr/local/share/hunspell",
    "/opt/homebrew/share/hunspell",
    "/usr/share/myspell",
    "/usr/share/myspell/dicts",
    "/Library/Spelling",
)
"""Where systems keep Hunspell dictionaries (hunspell's own list, and macOS')."""

_OFFICE_FOLDERS = (
    "/usr/lib/libreoffice/share/extensions/dict-*",
    "/opt/libreoffice*/share/extensions/dict-*",
    "/Applications/LibreOffice.app/Contents/Resources/extensions/dict-*",
)


class Speller(Protocol):
    """Knows the words of one language."""

    def check(self, word: str) -> bool:
        """Whether a word (no spaces; apostrophes straight) is right."""

    def suggest(self, word: str) -> list[str]:
        """Return what may have been meant, the likeliest first."""


class Dictionaries(Protocol):
    """A source of spellers."""

    def languages(self) -> list[str]:
        """Return the languages it has, like "en_GB" or "eo"."""

    def open(self, language: str) -> Speller:
        """Return the speller of one of `languages`."""


class Enchant:
    """The system's own spelling: one service for all its programs. Empty where it has none."""

    def __init__(self) -> None:
        try:
            import enchant  # type: ignore[import-untyped]  # finds the C library, or raises
        except (ImportError, OSError):
            self._broker: Any = None
        else:
            self._broker = enchant.Broker()

    def languages(self) -> list[str]:
        """Return the languages of the system's dictionaries."""
        if self._broker is None:
            return []
        return [str(language) for language in self._broker.list_languages()]

    def open(self, language: str) -> Speller:
        """Return the system's speller."""
        speller: Speller = self._broker.request_dict(language)
        return speller


class Hunspell:
    """Hunspell dictionaries in folders, read by the library that comes with Inkstand."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._found: dict[str, Path] = {}
        try:
            import hunspell  # type: ignore[import-untyped]  # noqa: F401
        except ImportError:  # no wheel of it for this machine
            return
        for folder in folders:
            for affixes in _files(folder, "*.aff"):
                if affixes.with_suffix(".dic").is_file() and _is_language(affixes.stem):
                    self._found.setdefault(affixes.stem.replace("-", "_"), affixes)

    def languages(self) -> list[str]:
        """Return the languages of the dictionaries that were found."""
        return sorted(self._found)

    def open(self, language: str) -> Speller:
        """Return the speller of a dictionary."""
        return _Hunspell(self._found[language])


class _Hunspell:
    def __init__(self, affixes: Path) -> None:
        import hunspell

        self._hunspell = hunspell.Hunspell(affixes.stem, hunspell_data_dir=str(affixes.parent))

    def check(self, word: str) -> bool:
        return bool(self._hunspell.spell(word))

    def suggest(self, word: str) -> list[str]:
        return list(self._hunspell.suggest(word))


def folders(own: Path) -> Iterator[Path]:
    """Yield where dictionaries may lie; `own` are those that come with Inkstand, the last."""
    for folder in os.environ.get("DICPATH", "").split(os.pathsep):
        if folder:
            yield Path(folder)
    for folder in _FOLDERS:
        yield Path(folder).expanduser()
    for pattern in _OFFICE_FOLDERS:
        yield from sorted(Path("/").glob(pattern.removeprefix("/")))
    yield own


def best(language: str, languages: Iterable[str]) -> str | None:
    """Return which of `languages` serves best: the very one, else another country's."""
    wanted = language.replace("-", "_")
    there = sorted(languages)
    primary = wanted.split("_")[0]
    same = [one for one in there if one.split("_")[0] == primary]
    usual = f"{primary}_{_USUAL.get(primary, primary.upper())}"
    for choice in (wanted, primary, usual):
        if choice in there:
            return choice
    return same[0] if same else None


_USUAL = {"en": "US", "pt": "PT", "sv": "SE", "da": "DK", "nb": "NO", "uk": "UA", "cs": "CZ"}
"""Country of a language whose code is not the country's."""


def _is_language(name: str) -> bool:
    primary = name.replace("-", "_").split("_")[0]
    return 2 <= len(primary) <= 3 and primary.isascii() and primary.islower()


def _files(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def what_to_install(language: str) -> str:
    """Return the name of the package that brings a language, or where to put a dictionary."""
    if sys.platform.startswith("linux"):
        return f"hunspell-{language.replace('_', '-').lower()}"
    return "a Hunspell dictionary in ~/Library/Spelling"

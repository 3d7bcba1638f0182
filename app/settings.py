"""What the window remembers, typed. Nothing secret, nothing that matters if it is lost."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from app.translation import LANGUAGES

MIN_ZOOM, MAX_ZOOM = 60, 300
"""Percent."""


class _Text:
    """A setting that is a text; one that is not among `choices`, if there are any, is default."""

    def __init__(self, key: str, default: str = "", choices: tuple[str, ...] = ()) -> None:
        self._key, self._default, self._choices = key, default, choices

    def __get__(self, settings: Settings, _: type[Settings]) -> str:
        value = str(settings.stored.value(self._key, self._default))
        return value if not self._choices or value in self._choices else self._default

    def __set__(self, settings: Settings, value: str) -> None:
        settings.stored.setValue(self._key, value)


class _Number:
    """A setting that is a whole number; one out of range is taken for the nearest in it."""

    def __init__(self, key: str, default: int, least: int, most: int) -> None:
        self._key, self._default, self._least, self._most = key, default, least, most

    def __get__(self, settings: Settings, _: type[Settings]) -> int:
        try:
            value = int(str(settings.stored.value(self._key, self._default)))
        except ValueError:
            return self._default
        return min(self._most, max(self._least, value))

    def __set__(self, settings: Settings, value: int) -> None:
        settings.stored.setValue(self._key, value)


class _Flag:
    """A setting that is on or off."""

    def __init__(self, key: str, default: bool) -> None:
        self._key, self._default = key, default

    def __get__(self, settings: Settings, _: type[Settings]) -> bool:
        value = str(settings.stored.value(self._key, self._default)).lower()
        return value == "true" if value in ("true", "false") else self._default

    def __set__(self, settings: Settings, value: bool) -> None:
        settings.stored.setValue(self._key, value)


LINE_HEIGHT = 150
"""Percent of the letters' own height, until somebody chooses."""

PAGE_WIDTH = 42
"""Sizes of a letter, until somebody chooses."""


class Settings:
    """One profile's settings, in `settings.ini` beside its database."""

    theme = _Text("appearance/theme", "system", ("system", "light", "dark", "sepia"))
    zoom = _Number("appearance/zoom", 100, MIN_ZOOM, MAX_ZOOM)
    """Size of the text in percent."""
    family = _Text("page/family")
    """Letters of the page; empty: the best that is installed."""
    line_height = _Number("page/line-height", LINE_HEIGHT, 100, 250)
    """Percent of the letters' own height."""
    page_width = _Number("page/width", PAGE_WIDTH, 24, 90)
    """Width of the text in sizes of its letters."""
    typewriter = _Flag("page/typewriter", False)
    """Keep the line that is written in the middle of the window."""
    outline = _Flag("window/outline", False)
    """Show the outline of the document."""

    check_spelling = _Flag("spelling/check", True)
    """Underline misspelled words."""
    check_capitals = _Flag("spelling/capitals", False)
    """Also check words of CAPITALS alone, which are mostly abbreviations."""

    goal = _Number("goal/words", 0, 0, 100_000)
    """Words to write in a day; 0: no goal."""
    written = _Number("goal/written", 0, 0, 10_000_000)
    """Words written on the day `written_on`."""
    written_on = _Text("goal/day")
    """The day that `written` is about, as 2026-11-25."""

    language = _Text("window/language", "system", ("system", *LANGUAGES))
    """Language of menus and messages; "system": the system's, if there is a translation."""

    last_document = _Text("window/document")
    """Id of the document that was open last; empty: none."""

    markdown_typing = _Flag("typing/markdown", True)
    """Whether Markdown becomes formats, and addresses links, as they are typed."""

    signed_out = _Flag("account/signed_out", False)
    """Whether nobody is signed in because the person wanted it so."""

    relay_on = _Flag("relay/on", False)
    """Whether the relay on this computer runs whenever Inkstand does."""

    relay_port = _Number("relay/port", 0, 0, 65_535)
    """TCP port that it listens on; 0: there is none yet."""

    relay_address = _Text("relay/address")
    """IPv4 address of this computer that others were told."""

    smart_punctuation = _Flag("typing/punctuation", True)
    """Whether quotes, dashes and dots become those of the document's language."""

    def __init__(self, data_dir: Path) -> None:
        self.stored = QSettings(str(data_dir / "settings.ini"), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray:
        """Where the window was, as Qt says it; empty at the first start."""
        value = self.stored.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self.stored.setValue("window/geometry", geometry)

    def save(self) -> None:
        """Write to disk now."""
        self.stored.sync()

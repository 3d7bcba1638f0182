"""What a person has chosen, typed. Nothing secret, nothing that matters if it is lost.

Each setting has a default, which also takes the place of a stored value that is none: somebody may
have edited the file, or a later version have written it. docs/settings.md lists them.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

from app.translation import LANGUAGES
from app.updates.index import MAX_SERIAL

MIN_ZOOM, MAX_ZOOM = 60, 300
"""Percent."""

MAX_TEXT = 1_000
"""Characters of a setting that is a text."""

MAX_OPEN_FOLDERS = 300
"""Folders of which is remembered that their content is shown; an id has 33 characters."""

_SHORTCUTS = "shortcuts"
"""Group of the keys that a person has chosen, each by the name of its action."""


class _Setting:
    """A setting that `Settings.changed` tells of when it gets another value."""

    name = ""

    def __set_name__(self, _: type[Settings], name: str) -> None:
        self.name = name

    def put(self, settings: Settings, key: str, value: object, *, news: bool) -> None:
        """Keep a value; tell if it is `news`."""
        settings.stored.setValue(key, value)
        if news:
            settings.changed.emit(self.name)


class _Text(_Setting):
    """A setting that is a text; one that is not among `choices`, if there are any, is default."""

    def __init__(
        self,
        key: str,
        default: str = "",
        choices: tuple[str, ...] = (),
        longest: int = MAX_TEXT,
    ) -> None:
        self._key, self._default, self._choices = key, default, choices
        self._longest = longest
        """Characters; a longer one is none."""

    def __get__(self, settings: Settings, _: type[Settings]) -> str:
        value = settings.stored.value(self._key, self._default)
        if not isinstance(value, str) or len(value) > self._longest:
            return self._default
        return value if not self._choices or value in self._choices else self._default

    def __set__(self, settings: Settings, value: str) -> None:
        news = value != self.__get__(settings, Settings)
        self.put(settings, self._key, value, news=news)


class _Number(_Setting):
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
        news = value != self.__get__(settings, Settings)
        self.put(settings, self._key, value, news=news)


class _Flag(_Setting):
    """A setting that is on or off."""

    def __init__(self, key: str, default: bool) -> None:
        self._key, self._default = key, default

    def __get__(self, settings: Settings, _: type[Settings]) -> bool:
        value = str(settings.stored.value(self._key, self._default)).lower()
        return value == "true" if value in ("true", "false") else self._default

    def __set__(self, settings: Settings, value: bool) -> None:
        news = value != self.__get__(settings, Settings)
        self.put(settings, self._key, value, news=news)


LINE_HEIGHT = 150
"""Percent of the letters' own height, until somebody chooses."""

PAGE_WIDTH = 42
"""Sizes of a letter, until somebody chooses."""


class Settings(QObject):
    """One profile's settings, in `settings.ini` beside its database."""

    changed = Signal(str)
    """The name of the setting that is another one now."""

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
    """Show the outline of the document, in a window that is new."""

    library_order = _Text("library/order", "newest", ("newest", "title", "hand"))
    """How documents are sorted in their folders."""
    library_open = _Text("library/open", "favourites,documents,tags", longest=MAX_OPEN_FOLDERS * 40)
    """Sections and folders whose content is shown, by id, parted by commas."""

    check_spelling = _Flag("spelling/check", True)
    """Underline misspelled words."""
    writing_language = _Text("spelling/language")
    """The language of texts that say none (BCP 47); empty: this system's."""
    check_capitals = _Flag("spelling/capitals", False)
    """Also check words of CAPITALS alone, which are mostly abbreviations."""

    others_carets = _Flag("presence/carets", True)
    """Show others' carets, and what they have selected, on the page."""

    goal = _Number("goal/words", 0, 0, 100_000)
    """Words to write in a day; 0: no goal."""
    written = _Number("goal/written", 0, 0, 10_000_000)
    """Words written on the day `written_on`."""
    written_on = _Text("goal/day")
    """The day that `written` is about, as 2026-11-25."""

    language = _Text("window/language", "system", ("system", *LANGUAGES))
    """Language of menus and messages; "system": the system's, if there is a translation."""

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

    look_for_updates = _Flag("updates/look", False)
    """Look once a week whether there is a newer version, where the package knows where to look."""
    updates_looked = _Text("updates/looked")
    """When that was done last, as 2026-11-25T08:00:00+00:00."""
    updates_serial = _Number("updates/serial", 0, 0, MAX_SERIAL)
    """Serial number of the newest list of versions that was believed."""
    updates_told = _Text("updates/told")
    """The newest version that the person was told of without asking."""

    welcomed = _Flag("window/welcomed", False)
    """Whether the first start is over: what it made is not made again."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        self.stored = QSettings(str(data_dir / "settings.ini"), QSettings.Format.IniFormat)

    @property
    def shortcuts(self) -> dict[str, str]:
        """The keys that a person has chosen, by the name of the action: "Ctrl+B; Ctrl+Alt+B".

        Empty: none. What is not in it has its usual ones.
        """
        self.stored.beginGroup(_SHORTCUTS)
        found = {name: self.stored.value(name) for name in self.stored.childKeys()}
        self.stored.endGroup()
        return {
            name: keys
            for name, keys in found.items()
            if isinstance(keys, str) and len(keys) <= MAX_TEXT
        }

    @shortcuts.setter
    def shortcuts(self, chosen: dict[str, str]) -> None:
        self.stored.remove(_SHORTCUTS)
        for name, keys in chosen.items():
            self.stored.setValue(f"{_SHORTCUTS}/{name}", keys)
        self.changed.emit("shortcuts")

    def save(self) -> None:
        """Write to disk now."""
        self.stored.sync()

"""In which language the window speaks, and how it writes numbers.

Everything is said in the language that was chosen when the program started: a text that is on
screen is never said anew.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from app.resources import resources
from sync import phrases

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Those that there is a translation into (English: for its plurals), by their own names."""

_SYNC = ""
"""lupdate's context for what `sync.phrases` says: it stands in no class."""

_spoken = ["en"]
_worn: list[QTranslator] = []
"""The translators in use; Qt does not keep them."""


def speak(application: QCoreApplication, chosen: str) -> None:
    """Use a language from now on: one of `LANGUAGES`, or "system".

    Qt's own words and the direction of the layout follow it.
    """
    for translator in _worn:
        application.removeTranslator(translator)
    _worn.clear()
    system = QLocale.system()
    language = resolved(chosen)
    _spoken[:] = [language]
    # Numbers as the words around them: "1.234 Wörter", "1,234 words".
    locale = QLocale(language)
    QLocale.setDefault(system if system.language() is locale.language() else locale)
    for folder, name in (
        (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), "qtbase"),
        (str(resources() / "translations"), "inkstand"),
    ):
        translator = QTranslator()
        if translator.load(f"{name}_{language}", folder):
            application.installTranslator(translator)
            _worn.append(translator)
    phrases.translate_with(_find, number)


def spoken() -> str:
    """Return the language that is spoken now, one of `LANGUAGES`."""
    return _spoken[0]


def resolved(chosen: str) -> str:
    """Return which of `LANGUAGES` a choice means: "system" is the system's, if it is there."""
    return chosen if chosen in LANGUAGES else of_system(QLocale.system().uiLanguages())


def of_system(wanted: list[str]) -> str:
    """Return the first of a person's languages, best first, that there is a translation into.

    `wanted` are tags as "de-AT"; English if there is none.
    """
    known = (tag.replace("_", "-").split("-")[0] for tag in wanted)
    return next((language for language in known if language in LANGUAGES), "en")


def number(value: int) -> str:
    """Write a whole number as the window's language does."""
    return QLocale().toString(value)


def _find(sentence: str, plural: str, count: int) -> str:
    """Return a sentence of `sync` in the window's language; "" if it has none."""
    for translator in reversed(_worn):
        found = translator.translate(_SYNC, sentence, plural, count)
        if found:
            return found
    return ""

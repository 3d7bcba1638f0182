"""The language of a document's text, and how languages call themselves."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from sync.document.document import Document


def system_language() -> str:
    """Return the language that this system's person writes in (BCP 47); English if it says none."""
    system = QLocale.system()
    return "en-US" if system.language() is QLocale.Language.C else system.name().replace("_", "-")


def language_of(document: Document | None, usual: str = "") -> str:
    """Return the language of a document's text (BCP 47).

    Where nobody has said it is the person's `usual` one, "" being the system's.
    """
    return (document and document.language) or usual or system_language()


def language_name(tag: str) -> str:
    """Return how a language calls itself, with its country where that tells more.

    `tag` is written "en-GB" or "en_GB"; it is returned where Qt knows no name.
    """
    locale = QLocale(tag)
    if locale.language() in (QLocale.Language.C, QLocale.Language.AnyLanguage):
        return tag
    name = locale.nativeLanguageName() or tag
    # Qt names the country within the language for some ("British English"), not for others.
    known = locale.bcp47Name()
    alike = "-" in known and name == QLocale(known.split("-")[0]).nativeLanguageName()
    name = name[0].upper() + name[1:]
    return f"{name} ({locale.nativeTerritoryName()})" if alike else name

"""The document of the first start, which explains the program by being edited."""

from __future__ import annotations

from app.resources import resources
from sync.document.delta import Insert

_FOLDER = "welcome"
_LANGUAGES = {"en": "en-US", "de": "de-DE"}
"""Of the files, by the language that the window speaks."""


def read_welcome(spoken: str) -> tuple[str, list[Insert], str]:
    """Return title, contents and language (BCP 47) of the document."""
    from sync.document.views import from_markdown  # its library is wanted seldom

    spoken = spoken if spoken in _LANGUAGES else "en"
    text = (resources() / _FOLDER / f"{spoken}.md").read_text(encoding="utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    return title, from_markdown(text), _LANGUAGES[spoken]

"""What of a document is found: its text, its footnotes, and what images are said to show."""

from __future__ import annotations

from dataclasses import dataclass

from sync.document.delta import Insert
from sync.document.positions import EMBED
from sync.document.schema import FOOTNOTE, IMAGE, shown_embed


@dataclass(frozen=True, slots=True)
class Extract:
    """Text to look through. Places are code points."""

    text: str
    """The content, each embed one `EMBED`; behind it the words of each embed, on lines of
    their own."""
    notes: tuple[tuple[int, int], ...] = ()
    """Where in `text` the words of an embed begin, and where the embed is; in order."""


def extract(contents: list[Insert]) -> Extract:
    """Return what can be found of a document's contents."""
    parts: list[str] = []
    embedded: list[tuple[str, int]] = []
    at = 0
    for part in contents:
        if isinstance(part.content, str):
            parts.append(part.content.replace(EMBED, " "))
            at += len(part.content)
            continue
        match shown_embed(part.content, part.attributes):
            case (kind, str(words), _) if kind == FOOTNOTE:
                embedded.append((words, at))
            case (kind, _, {"alt": str(words)}) if kind == IMAGE:
                embedded.append((words, at))
        parts.append(EMBED)
        at += 1
    notes = []
    for words, place in embedded:
        notes.append((at + 1, place))
        parts.append("\n" + words)
        at += 1 + len(words)
    return Extract("".join(parts), tuple(notes))

"""What is said of an image that stands in the text."""

from __future__ import annotations

from dataclasses import dataclass

from app.editor.commands.selection import Selection
from app.editor.mirror import OBJECT, embed_attributes, embed_of, split_runs
from sync.document import schema
from sync.document.delta import Attributes, Delta, Retain


@dataclass(frozen=True)
class ImageHere:
    """An image, where it stands (UTF-16 units), and what is said of it."""

    at: int
    said: Attributes


def image_at(selection: Selection) -> ImageHere | None:
    """Return the image behind the selection's start, else the one before its end."""
    places = [selection.start, selection.end - 1]
    for at in places:
        offset = at - selection.first_start
        if not 0 <= offset < selection.paragraph.length - 1:
            continue
        _, tail = split_runs(selection.paragraph.runs, offset)
        text, key = tail[0]
        embed = embed_of(key) if text[0] == OBJECT else None
        shown = schema.shown_embed(embed, embed_attributes(key)) if embed else None
        if shown is not None and shown[0] == schema.IMAGE:
            return ImageHere(at, shown[2])
    return None


def set_image(here: ImageHere, changes: Attributes) -> Delta | None:
    """Change what is said of an image (None: no more); None if nothing changes."""
    changed = {n: value for n, value in changes.items() if here.said.get(n) != value}
    return [Retain(here.at), Retain(1, changed)] if changed else None

"""What is said of an image that stands in the text."""

from __future__ import annotations

from dataclasses import dataclass

from app.editor.commands.selection import Selection
from app.editor.mirror import OBJECT, Run, embed_attributes, embed_of, split_runs
from sync.document import schema
from sync.document.delta import Attributes, Delta, Retain


@dataclass(frozen=True)
class ImageHere:
    """An image, where it stands (UTF-16 units), and what is said of it."""

    at: int
    said: Attributes


def image_at(selection: Selection) -> ImageHere | None:
    """Return the image behind the selection's start, else the one before its end."""
    runs = selection.paragraph.runs
    _, behind = split_runs(runs, selection.start - selection.first_start)
    if behind and (said := _said_of(behind[0])) is not None:
        return ImageHere(selection.start, said)
    end = selection.end - selection.first_start
    if end < selection.paragraph.length:
        before, _ = split_runs(runs, end)
        if before and (said := _said_of(before[-1])) is not None:
            return ImageHere(selection.end - 1, said)
    return None


def _said_of(run: Run) -> Attributes | None:
    """Return what is said of the image of which a run is made; None if it is none."""
    text, key = run
    embed = embed_of(key) if text[0] == OBJECT else None
    shown = schema.shown_embed(embed, embed_attributes(key)) if embed else None
    return shown[2] if shown is not None and shown[0] == schema.IMAGE else None


def set_image(here: ImageHere, changes: Attributes) -> Delta | None:
    """Change what is said of an image (None: no more); None if nothing changes."""
    changed = {n: value for n, value in changes.items() if here.said.get(n) != value}
    return [Retain(here.at), Retain(1, changed)] if changed else None

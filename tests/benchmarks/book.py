"""Documents of any size with a real editing history: the recorded paper, again and again."""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import islice

from pycrdt import Doc, Text

from sync.document.delta import Delta, Retain, delete
from sync.document.document import Document
from sync.types import Origin
from tests.end_to_end.paper import keystrokes

PAPER = 104_852
"""Characters that the paper has in the end."""
_FIRST = 0x1234_5670
"""Client id under which the paper is typed. It and those of the copies take five bytes each."""


@lru_cache(maxsize=1)
def _paper() -> bytes:
    """The state after all 259,778 keystrokes of the recording."""
    doc: Doc[object] = Doc(client_id=_FIRST)
    text = doc.get("content", type=Text)
    strokes = iter(keystrokes()[0])
    while some := list(islice(strokes, 100)):
        with doc.transaction():
            for stroke in some:
                if stroke.deleted:
                    del text[stroke.position : stroke.position + stroke.deleted]
                if stroke.inserted:
                    text.insert(stroke.position, stroke.inserted, {})
    written = doc.get_update()
    document = Document.load(written, client_id=_FIRST)
    document.apply(_formatting(document.text()), Origin.COMMAND)
    return document.encode_state()


def _formatting(text: str) -> Delta:
    """Return marks for 5% of a text, and headings."""
    rng = random.Random(1)
    delta: Delta = []
    at = 0
    while at < len(text) - 4000:
        step = rng.randint(200, 1500)
        newline = text.find("\n", at + step)
        if rng.random() < 0.2 and 0 <= newline < at + 4000:
            delta += [Retain(newline - at), Retain(1, {"header": rng.randint(1, 3)})]
            at = newline + 1
        else:
            length = rng.randint(10, 80)
            mark = rng.choice(["bold", "italic", "underline"])
            delta += [Retain(step), Retain(length, {mark: True})]
            at += step + length
    return delta


def _varuint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def book(size: int) -> Document:
    """Return a document of about `size` characters; 5% of it is formatted, with headings.

    A copy of the paper is the same update under another client id: the ids are written in five
    bytes that occur nowhere else in it.
    """
    document = Document(client_id=7)
    paper, first = _paper(), _varuint(_FIRST)
    for copy in range(max(1, round(size / PAPER))):
        document.apply_update(paper.replace(first, _varuint(_FIRST + copy)))
    if size < PAPER:
        document.apply(delete(0, document.length - size), Origin.COMMAND)
    return document

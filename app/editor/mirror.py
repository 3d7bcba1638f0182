"""What the QTextDocument shows, as plain values: the binding compares against it.

One `Paragraph` per QTextBlock. Texts are as shown (see `shown_text`), always as
long as in the CRDT in UTF-16 units, so indices agree. Attributes are kept as
keys: canonical JSON of those that are shown, "" for none. No Qt in here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert
from sync.document.positions import point_at_utf16, utf16_length

Run: TypeAlias = tuple[str, str]
"""Text as shown, and the key of its marks."""

OBJECT = "\ufffc"
"""Stands for an embed, in Qt and in a `Paragraph`; its key holds the embed's value."""

EMBED = "embed"
"""Name that an embed's value has in a key."""

_SHOWN = str.maketrans(
    {
        # Qt would make blocks of these (QTextCursor::insertText) or objects of U+FFFC.
        "\u2029": "\u2028",
        "\r": "\u240d",
        "\ufdd0": "\ufffd",
        "\ufdd1": "\ufffd",
        "\ufffc": "\ufffd",
        "\0": "\u2400",
    }
)


def shown_text(text: str) -> str:
    """Return `text` with characters that Qt would misread replaced by others of equal length."""
    return text.translate(_SHOWN)


@lru_cache(maxsize=4096)
def attributes_of(key: str) -> Attributes:
    """Return the attributes that a key stands for."""
    if not key:
        return {}
    attributes: dict[str, object] = json.loads(key)
    return attributes


def _key(attributes: Attributes) -> str:
    return json.dumps(attributes, sort_keys=True) if attributes else ""


def marks_key(attributes: Attributes, embed: Embed | None = None) -> str:
    """Return the key of inline attributes, and of the embed that bears them, if any."""
    if embed is None:
        return _key(schema.shown_marks(attributes))
    shown = schema.shown_embed(embed, attributes)
    marks = dict(shown[2] if shown else schema.shown_marks(attributes))
    marks[EMBED] = dict(embed.value)
    return _key(marks)


def block_key(attributes: Attributes) -> str:
    """Return the key of a paragraph's attributes."""
    return _key(schema.shown_block(attributes))


@lru_cache(maxsize=4096)
def text_marks_key(key: str) -> str:
    """Return the key without an embed: text typed behind one inherits its format in Qt."""
    attributes = attributes_of(key)
    if EMBED not in attributes:
        return key
    return _key(schema.shown_marks(attributes))


def embed_of(key: str) -> Embed | None:
    """Return the embed that a key holds."""
    value = attributes_of(key).get(EMBED)
    return Embed(value) if isinstance(value, dict) else None


def embed_attributes(key: str) -> Attributes:
    """Return what is said of the embed that a key holds, besides its value."""
    return {name: value for name, value in attributes_of(key).items() if name != EMBED}


@lru_cache(maxsize=4096)
def is_footnote(key: str) -> bool:
    """Whether a key is that of a footnote."""
    embed = embed_of(key)
    shown = schema.shown_embed(embed, {}) if embed else None
    return shown is not None and shown[0] == schema.FOOTNOTE


@dataclass(slots=True, eq=False)
class Paragraph:
    """One paragraph as shown; `length` is in UTF-16 units with its closing newline."""

    runs: list[Run]
    block: str
    length: int
    counts: tuple[int, int, int] | None = None
    """What writing/counting.py has counted here; None before it has."""

    @classmethod
    def of(cls, runs: Iterable[Run], block: str) -> Paragraph:
        """Join neighbours of equal marks and measure."""
        joined: list[Run] = []
        for text, key in runs:
            if not text:
                continue
            if joined and joined[-1][1] == key:
                joined[-1] = (joined[-1][0] + text, key)
            else:
                joined.append((text, key))
        return cls(joined, block, 1 + sum(utf16_length(text) for text, _ in joined))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Paragraph)
            and self.runs == other.runs
            and self.block == other.block
            and self.length == other.length
        )

    @property
    def text(self) -> str:
        """The text without the closing newline."""
        return "".join(text for text, _ in self.runs)

    def footnotes(self) -> list[str]:
        """Return the keys of its footnotes, in order."""
        return [
            key
            for text, key in self.runs
            if text[0] == OBJECT and is_footnote(key)
            for _ in range(len(text))
        ]


def split_runs(runs: Sequence[Run], offset: int) -> tuple[list[Run], list[Run]]:
    """Cut runs at `offset` UTF-16 units."""
    head: list[Run] = []
    for number, (text, key) in enumerate(runs):
        length = utf16_length(text)
        if offset >= length:
            head.append((text, key))
            offset -= length
            continue
        if not offset:
            return head, list(runs[number:])
        point = point_at_utf16(text, offset)
        return [*head, (text[:point], key)], [(text[point:], key), *runs[number + 1 :]]
    return head, []


ReplaceListener: TypeAlias = Callable[[Sequence[Paragraph], Sequence[Paragraph]], None]
"""Hears of paragraphs that were replaced, and by which."""


class Mirror:
    """The paragraphs of one document, joined by newlines.

    `terminated` says whether the CRDT has a closing newline behind the last
    paragraph. Qt always shows that paragraph and never counts its newline.
    """

    def __init__(self, contents: Iterable[Insert]) -> None:
        self.paragraphs: list[Paragraph] = []
        self.terminated = False
        runs: list[Run] = []
        for part in contents:
            if not isinstance(part.content, str):
                runs.append((OBJECT, marks_key(part.attributes, part.content)))
                continue
            pieces = shown_text(part.content).split("\n")
            key, block = marks_key(part.attributes), block_key(part.attributes)
            for piece in pieces[:-1]:
                runs.append((piece, key))
                self.paragraphs.append(Paragraph.of(runs, block))
                runs = []
            runs.append((pieces[-1], key))
        last = Paragraph.of(runs, "")
        if last.runs or not self.paragraphs:
            self.paragraphs.append(last)
        else:
            self.terminated = True
        self.length = sum(paragraph.length for paragraph in self.paragraphs) - 1
        """UTF-16 units as Qt shows them: without the last paragraph's newline."""
        self._listeners: list[ReplaceListener] = []
        self.answers: dict[tuple[str, int, int], frozenset[str]] = {}
        """What was worked out of ranges (what, start, end in UTF-16 units), till one changes."""
        self.footnotes_moved = any(paragraph.footnotes() for paragraph in self.paragraphs)
        """Whether footnotes may bear wrong numbers; whoever numbers them says so here."""

    def replace(self, first: int, count: int, paragraphs: Sequence[Paragraph]) -> None:
        """Put `paragraphs` for `count` of them from `first`."""
        old = self.paragraphs[first : first + count]
        self.length += sum(p.length for p in paragraphs) - sum(p.length for p in old)
        self.paragraphs[first : first + count] = paragraphs
        self.answers.clear()
        for listener in self._listeners:
            listener(old, paragraphs)
        if not self.footnotes_moved:
            before = [key for paragraph in old for key in paragraph.footnotes()]
            after = [key for paragraph in paragraphs for key in paragraph.footnotes()]
            self.footnotes_moved = before != after

    def on_replace(self, listener: ReplaceListener) -> Callable[[], None]:
        """Call `listener(old, new)` whenever paragraphs are replaced; return how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def insert_text(self, number: int, offset: int, text: str, key: str) -> None:
        """Put text (no newline) into a paragraph at `offset` UTF-16 units."""
        paragraph = self.paragraphs[number]
        head, tail = split_runs(paragraph.runs, offset)
        self.replace(number, 1, [Paragraph.of([*head, (text, key), *tail], paragraph.block)])

    def split(self, number: int, offset: int, block: str) -> None:
        """Put a newline into a paragraph; `block` is what the newline says of the first half."""
        paragraph = self.paragraphs[number]
        head, tail = split_runs(paragraph.runs, offset)
        halves = [Paragraph.of(head, block), Paragraph.of(tail, paragraph.block)]
        self.replace(number, 1, halves)

    def delete(self, number: int, offset: int, length: int) -> None:
        """Take `length` UTF-16 units away; a paragraph that loses its newline joins the next."""
        head, _ = split_runs(self.paragraphs[number].runs, offset)
        last, rest = number, offset + length
        while rest >= self.paragraphs[last].length:
            rest -= self.paragraphs[last].length
            last += 1
        _, tail = split_runs(self.paragraphs[last].runs, rest)
        joined = Paragraph.of([*head, *tail], self.paragraphs[last].block)
        self.replace(number, last - number + 1, [joined])

    def format(self, number: int, offset: int, length: int, attributes: Attributes) -> int:
        """Change attributes (None: removed) on a range; return the last paragraph touched."""
        while length > 0 and number < len(self.paragraphs):
            paragraph = self.paragraphs[number]
            inside = min(length, paragraph.length - 1 - offset)
            head, rest = split_runs(paragraph.runs, offset)
            middle, tail = split_runs(rest, inside)
            changed = [(text, _changed_marks(key, attributes)) for text, key in middle]
            closes = length > inside
            block = _changed_block(paragraph.block, attributes) if closes else paragraph.block
            self.replace(number, 1, [Paragraph.of([*head, *changed, *tail], block)])
            length -= inside + closes
            offset = 0
            if length > 0:
                number += 1
        return min(number, len(self.paragraphs) - 1)


def _changed(key: str, attributes: Attributes) -> Attributes:
    merged = {**attributes_of(key), **attributes}
    return {name: value for name, value in merged.items() if value is not None}


def _changed_marks(key: str, attributes: Attributes) -> str:
    changes = {name: value for name, value in attributes.items() if name != EMBED}
    return marks_key(_changed(key, changes), embed_of(key))


def _changed_block(key: str, attributes: Attributes) -> str:
    return block_key(_changed(key, attributes))

"""The paragraph that is being typed in, and how what was typed in it is rewritten. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from app.editor.commands import Selection
from app.editor.mirror import Run, attributes_of, split_runs, text_marks_key
from sync.document import schema
from sync.document.delta import Attributes, Delete, Delta, Insert, Retain, compact
from sync.document.positions import utf16_length


@dataclass(frozen=True)
class Rewrite:
    """A change to what was typed, and how typing goes on."""

    delta: Delta
    caret: int
    """Where the caret is afterwards, in UTF-16 units of the new text."""

    marks: str | None = None
    """Key of the marks that text typed next gets; None: those that it would get anyway."""

    needs_boundary: bool = False
    """Whether a letter or digit typed right behind it shows that it was not meant."""


@dataclass(frozen=True)
class Line:
    """A paragraph with the caret in it. Indices are code points of `before`."""

    start: int
    """Where the paragraph begins, in UTF-16 units."""

    block: Attributes
    """The paragraph's attributes."""

    runs: list[Run]
    before: str
    """The text before the caret."""

    after: str
    """The text behind the caret, without the closing newline."""

    @classmethod
    def at_caret(cls, selection: Selection) -> Line:
        """Return the paragraph in which a selection starts."""
        paragraph = selection.paragraph
        head, tail = split_runs(paragraph.runs, selection.start - selection.first_start)
        return cls(
            selection.first_start,
            attributes_of(paragraph.block),
            paragraph.runs,
            "".join(text for text, _ in head),
            "".join(text for text, _ in tail),
        )

    def at(self, index: int) -> int:
        """Return the UTF-16 position in the document of an index in `before`."""
        return self.start + utf16_length(self.before[:index])

    def marks_at(self, index: int) -> str:
        """Return the key of the marks of a character."""
        for text, key in self.runs:
            if index < len(text):
                return key
            index -= len(text)
        return ""

    def has(self, mark: str, start: int, end: int) -> bool:
        """Whether a character between two indices bears a mark."""
        at = 0
        for text, key in self.runs:
            if at < end and start < at + len(text) and mark in attributes_of(key):
                return True
            at += len(text)
        return False

    def in_code(self, start: int, end: int) -> bool:
        """Whether a character between two indices is code, by its mark or its paragraph."""
        return schema.CODE_BLOCK in self.block or self.has(schema.CODE, start, end)

    def replaced(self, start: int, end: int, text: str) -> Rewrite:
        """Return the rewrite that puts `text` for the characters between two indices.

        What both have in common at their ends stays, and what comes in has the
        marks of the first character that goes.
        """
        old = self.before[start:end]
        while old and text and old[-1] == text[-1]:
            old, text, end = old[:-1], text[:-1], end - 1
        while old and text and old[0] == text[0]:
            old, text, start = old[1:], text[1:], start + 1
        delta: Delta = [Retain(self.at(start)), Delete(utf16_length(old))]
        if text:
            marks = attributes_of(text_marks_key(self.marks_at(start)))
            delta.append(Insert(text, marks))
        caret = self.at(len(self.before)) + utf16_length(text) - utf16_length(old)
        return Rewrite(compact(delta), caret)

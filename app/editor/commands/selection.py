"""What a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.editor.difference import Cell
from app.editor.mirror import (
    OBJECT,
    Mirror,
    Paragraph,
    Run,
    attributes_of,
    embed_attributes,
    embed_of,
    split_runs,
)
from sync.document import schema
from sync.document.delta import Insert

_KEPT = 16
"""Answers that are kept at most while nothing changes."""


@dataclass(frozen=True)
class Selection:
    """What is selected: from `start` to `end`, in paragraphs `first` to `last`.

    `first_start` is where the first of them begins.
    """

    mirror: Mirror
    start: int
    end: int
    first: int
    last: int
    first_start: int

    @property
    def is_caret(self) -> bool:
        """Whether nothing is selected."""
        return self.start == self.end

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs that the selection touches."""
        return self.mirror.paragraphs[self.first : self.last + 1]

    @property
    def paragraph(self) -> Paragraph:
        """The first of them."""
        return self.mirror.paragraphs[self.first]

    @property
    def before(self) -> Paragraph | None:
        """The paragraph before the first."""
        return self.mirror.paragraphs[self.first - 1] if self.first else None

    @property
    def after(self) -> Paragraph | None:
        """The paragraph behind the last."""
        behind = self.mirror.paragraphs[self.last + 1 : self.last + 2]
        return behind[0] if behind else None

    @property
    def in_code(self) -> bool:
        """Whether the first paragraph is a line of a code block."""
        return schema.CODE_BLOCK in attributes_of(self.paragraph.block)

    def pieces(self) -> Iterator[tuple[int, int, Paragraph]]:
        """Yield start and end of what is selected in each paragraph, without its newline."""
        at = self.first_start
        for paragraph in self.paragraphs:
            end = at + paragraph.length - 1
            yield max(at, self.start), min(end, self.end), paragraph
            at = end + 1

    def cells(self) -> Iterator[Cell]:
        """Yield what is selected: text, key, and whether it is a paragraph's newline."""
        for runs, paragraph, closes in self._runs():
            for text, key in runs:
                yield text, key, False
            if closes:
                yield "\n", paragraph.block, True

    def _runs(self) -> Iterator[tuple[list[Run], Paragraph, bool]]:
        """Yield each paragraph's selected runs, and whether its newline is selected."""
        at = self.first_start
        for start, end, paragraph in self.pieces():
            runs = paragraph.runs
            if end - start < paragraph.length - 1:
                _, rest = split_runs(runs, start - at)
                runs, _ = split_runs(rest, end - start)
            at += paragraph.length
            yield runs, paragraph, at <= self.end

    def inserts(self) -> list[Insert]:
        """Return what is selected as contents."""
        result: list[Insert] = []
        for text, key, closes in self.cells():
            embed = None if closes else embed_of(key)
            if embed is None:
                result.append(Insert(text, attributes_of(key)))
            else:
                result += [Insert(embed, embed_attributes(key))] * text.count(OBJECT)
        return result

    def mark_keys(self) -> frozenset[str]:
        """Return the keys of the selected runs of text that can bear marks.

        Each entry of the menus asks, so the answer is kept until the text changes.
        """
        answers = self.mirror.answers
        asked = "marks", self.start, self.end
        found = answers.get(asked)
        if found is None:
            if len(answers) > _KEPT:
                answers.clear()
            found = answers[asked] = frozenset(
                key
                for runs, paragraph, _ in self._runs()
                if schema.CODE_BLOCK not in attributes_of(paragraph.block)
                for _, key in runs
                if embed_of(key) is None
            )
        return found

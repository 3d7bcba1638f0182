from __future__ import annotations

import random

import pytest

from app.editor.mirror import Mirror
from app.outline.sections import end_of_section, headings, move_section
from sync.document.delta import Embed, Insert
from sync.document.document import Document
from sync.types import Origin


def book(*lines: str) -> Document:
    """ "# One" is a heading, "- x" a list item, anything else body text."""
    document = Document()
    contents: list[Insert] = []
    for line in lines:
        level = len(line) - len(line.lstrip("#"))
        if level:
            contents += [Insert(line.lstrip("# ")), Insert("\n", {"header": level})]
        elif line.startswith("- "):
            contents += [Insert(line[2:], {"bold": True}), Insert("\n", {"list": "bullet"})]
        else:
            contents += [Insert(line), Insert("\n")]
    document.apply(contents, Origin.COMMAND)
    return document


def lines(document: Document) -> list[str]:
    result: list[str] = []
    text = ""
    for part in document.contents():
        if not isinstance(part.content, str):
            text += "*"
            continue
        for piece in part.content.splitlines(keepends=True):
            text += piece.removesuffix("\n")
            if piece.endswith("\n"):
                level = int(str(part.attributes.get("header", 0)))
                prefix = "#" * level + " " if level else "- " * ("list" in part.attributes)
                result.append(prefix + text)
                text = ""
    return result


def move(document: Document, index: int, before: int) -> None:
    contents = document.contents()
    delta = move_section(contents, headings(Mirror(contents).paragraphs), index, before)
    if delta:
        document.apply(delta, Origin.COMMAND)


BOOK = ("before 😀", "# One", "a", "## Deeper 😀", "b", "# Two", "- c", "# Three", "d")


def test_headings_say_where_they_are() -> None:
    document = book(*BOOK)
    found = headings(Mirror(document.contents()).paragraphs)
    assert [(h.level, h.text, h.paragraph) for h in found] == [
        *((1, "One", 1), (2, "Deeper 😀", 3), (1, "Two", 5)),
        (1, "Three", 7),
    ]
    text = document.text().encode("utf-16-le")
    assert [text[2 * h.start :].decode("utf-16-le")[:3] for h in found] == [
        *("One", "Dee", "Two"),
        "Thr",
    ]
    assert end_of_section(found, 0, document.length) == found[2].start
    assert end_of_section(found, 1, document.length) == found[2].start
    assert end_of_section(found, 3, document.length) == document.length


@pytest.mark.parametrize(
    ("index", "before", "expected"),
    [
        (2, 0, "before 😀|# Two|- c|# One|a|## Deeper 😀|b|# Three|d"),
        (0, 3, "before 😀|# Two|- c|# One|a|## Deeper 😀|b|# Three|d"),
        (0, 4, "before 😀|# Two|- c|# Three|d|# One|a|## Deeper 😀|b"),
        (2, 4, "before 😀|# One|a|## Deeper 😀|b|# Three|d|# Two|- c"),
        (3, 0, "before 😀|# Three|d|# One|a|## Deeper 😀|b|# Two|- c"),
        (3, 2, "before 😀|# One|a|## Deeper 😀|b|# Three|d|# Two|- c"),
        (1, 0, "before 😀|## Deeper 😀|b|# One|a|# Two|- c|# Three|d"),
        (0, 0, "|".join(BOOK)),
        (0, 1, "|".join(BOOK)),
        (0, 2, "|".join(BOOK)),
        (3, 4, "|".join(BOOK)),
    ],
)
def test_a_section_moves(index: int, before: int, expected: str) -> None:
    document = book(*BOOK)
    move(document, index, before)
    assert lines(document) == expected.split("|")
    if expected != "|".join(BOOK):
        document.undo()
    assert lines(document) == list(BOOK)


def test_what_the_screen_does_not_show_moves_too() -> None:
    document = book("# One", "# Two")
    document.apply([Insert(Embed({"video": "x"}), {"from-a-later-version": 1})], Origin.COMMAND)
    move(document, 0, 2)
    assert document.contents() == [
        *(Insert("Two"), Insert("\n", {"header": 1})),
        Insert(Embed({"video": "x"}), {"from-a-later-version": 1}),
        *(Insert("One"), Insert("\n", {"header": 1})),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_any_move_keeps_every_line(seed: int) -> None:
    rng = random.Random(seed)
    kinds = ("# {}", "## {}", "### {}", "- {}", "{}", "{}😀")
    given = [rng.choice(kinds).format(number) for number in range(rng.randint(1, 12))]
    document = book(*given)
    for _ in range(5):
        count = sum(line.startswith("#") for line in given)
        if count:
            move(document, rng.randrange(count), rng.randint(0, count))
        assert sorted(lines(document)) == sorted(given)

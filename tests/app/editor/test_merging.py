"""The table of docs/merging.md, row by row: two people, each unaware of the other, then both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QTextCursor

from app.editor import commands
from sync.document.delta import Delta, Insert, compact
from sync.document.views import lines
from sync.types import Origin
from tests.app.editor.writers import Writer

ROWS = {
    cells[0]: cells
    for line in (Path(__file__).parents[3] / "docs" / "merging.md").read_text().splitlines()
    if line.startswith("| ") and "`" in line
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}

Action = Callable[["Hand"], None]


class Hand:
    """One person's hand on one editor; places are named by the words that stand there."""

    def __init__(self, client_id: int) -> None:
        self.writer = Writer(client_id)
        self.editor = self.writer.editor

    def _find(self, words: str) -> int:
        place = self.writer.qt.toPlainText().find(words)
        assert place >= 0
        return place

    def caret(self, position: int, anchor: int | None = None) -> None:
        cursor = self.editor.textCursor()
        cursor.setPosition(position if anchor is None else anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    def before(self, words: str) -> Hand:
        self.caret(self._find(words))
        return self

    def after(self, words: str) -> Hand:
        self.caret(self._find(words) + len(words))
        return self

    def select(self, words: str) -> Hand:
        start = self._find(words)
        self.caret(start + len(words), start)
        return self

    def press(self, key: Qt.Key, text: str = "") -> None:
        self.writer.key(key, Qt.KeyboardModifier.NoModifier, text)

    def write(self, text: str) -> None:
        for letter in text:
            self.press(Qt.Key.Key_unknown, letter)

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return, "\r")

    def backspace(self) -> None:
        self.press(Qt.Key.Key_Backspace, "\b")

    def delete(self) -> None:
        self.press(Qt.Key.Key_Delete, "\x7f")

    def move_to(self, position: int) -> None:
        selection = self.editor.selection()
        assert selection is not None
        inserts = selection.inserts()
        assert self.editor.run(lambda chosen: commands.move(chosen, position, inserts))

    def mark(self, name: str) -> None:
        self.editor.toggle_mark(name)

    def run(self, command: Callable[..., Delta | None], **options: object) -> None:
        assert self.editor.run(lambda selection: command(selection, **options))


def shown(contents: list[Insert]) -> str:
    """Contents in the notation of the table; how many spaces stand between words is not in it."""
    paragraphs = []
    for line in lines(compact(contents)):  # type: ignore[arg-type]  # inserts stay inserts
        block = dict(line.block)
        level = int(str(block.get("header", 0)))
        start = "→ " * int(str(block.get("indent", 0)))
        start += {"bullet": "- ", "ordered": "1. "}.get(str(block.get("list")), "")
        start += "#" * level + " " * bool(level)
        words = "".join(
            f"**{text}**" if "bold" in marks else str(text) for text, marks in line.pieces
        )
        paragraphs.append((start + " ".join(words.split())).strip())
    return " ".join(" ¶ ".join(paragraphs).split())


def merge(row: str, before: list[Insert], one: Action, other: Action) -> None:
    """Both do it at once; the row says what comes of it, in whichever order they meet."""
    _, start, _, _, after = ROWS[row]
    for first, second in ((1, 2), (2, 1)):  # whose client id is the smaller
        hands = [Hand(first), Hand(second)]
        documents = [hand.writer.document for hand in hands]
        documents[0].apply(list(before), Origin.COMMAND)
        documents[1].apply_update(documents[0].encode_state())
        assert f"`{shown(documents[0].contents())}`" == start
        one(hands[0])
        other(hands[1])
        mine, theirs = (document.encode_state() for document in documents)
        documents[0].apply_update(theirs)
        documents[1].apply_update(mine)
        for hand in hands:
            hand.writer.check()
            assert f"`{shown(hand.writer.document.contents())}`" == after
        assert documents[0].contents() == documents[1].contents()


@pytest.fixture(autouse=True)
def _qt(qapp: QCoreApplication) -> None:
    """Editors need an application."""


ONE_TWO = [Insert("one two\n")]
ONE_TWO_THREE = [Insert("one two three\n")]
TWO_PARAGRAPHS = [Insert("one\ntwo\n")]
ITEM = [Insert("one"), Insert("\n", {"list": "bullet"})]


def test_split_split() -> None:
    merge(
        "split / split",
        ONE_TWO_THREE,
        lambda one: one.after("one").enter(),
        lambda other: other.after("two").enter(),
    )


def test_split_split_at_the_same_place() -> None:
    merge(
        "split / split, same place",
        ONE_TWO,
        lambda one: one.after("one").enter(),
        lambda other: other.after("one").enter(),
    )


def test_split_type() -> None:
    merge(
        "split / type",
        ONE_TWO,
        lambda one: one.after("one").enter(),
        lambda other: other.after("two").write(" and"),
    )


def test_split_heading() -> None:
    merge(
        "split / heading",
        ONE_TWO,
        lambda one: one.after("one").enter(),
        lambda other: other.run(commands.set_header, level=1),
    )


def test_join_type() -> None:
    merge(
        "join / type",
        TWO_PARAGRAPHS,
        lambda one: one.before("two").backspace(),
        lambda other: other.after("one").write(" more"),
    )


def test_join_type_at_the_start_of_the_second() -> None:
    merge(
        "join / type, second",
        TWO_PARAGRAPHS,
        lambda one: one.before("two").backspace(),
        lambda other: other.before("two").write("more "),
    )


def test_move_type() -> None:
    merge(
        "move / type",
        ONE_TWO_THREE,
        lambda one: one.select("two ").move_to(0),
        lambda other: other.after("tw").write("XX"),
    )


def test_move_move() -> None:
    merge(
        "move / move",
        ONE_TWO_THREE,
        lambda one: one.select("two ").move_to(0),
        lambda other: other.select(" two").move_to(len("one two three")),
    )


def test_bold_bold() -> None:
    merge(
        "bold / bold",
        ONE_TWO_THREE,
        lambda one: one.select("one two").mark("bold"),
        lambda other: other.select("two three").mark("bold"),
    )


def test_bold_unbold() -> None:
    merge(
        "bold / unbold",
        [Insert("one two", {"bold": True}), Insert(" three\n")],
        lambda one: one.select("one ").mark("bold"),
        lambda other: other.select("one two three").mark("bold"),
    )


def test_bold_type() -> None:
    merge(
        "bold / type",
        ONE_TWO,
        lambda one: one.select("one two").mark("bold"),
        lambda other: other.after("one").write(" and"),
    )


def test_list_indent() -> None:
    merge(
        "list / indent",
        ITEM,
        lambda one: one.run(commands.toggle_list, kind="ordered"),
        lambda other: other.after("one").press(Qt.Key.Key_Tab, "\t"),
    )


def test_no_list_indent() -> None:
    merge(
        "no list / indent",
        ITEM,
        lambda one: one.run(commands.toggle_list, kind="bullet"),
        lambda other: other.after("one").press(Qt.Key.Key_Tab, "\t"),
    )


def test_delete_type() -> None:
    merge(
        "delete / type",
        ONE_TWO_THREE,
        lambda one: one.select("two ").delete(),
        lambda other: other.after("tw").write("XX"),
    )


def test_delete_paragraph_type() -> None:
    merge(
        "delete / type, paragraph",
        [Insert("one\ntwo\nthree\n")],
        lambda one: one.select("two\n").delete(),
        lambda other: other.after("tw").write("XX"),
    )


def test_delete_delete() -> None:
    merge(
        "delete / delete",
        ONE_TWO_THREE,
        lambda one: one.select("two ").delete(),
        lambda other: other.select("two ").delete(),
    )


def test_every_row_has_a_test() -> None:
    tests = Path(__file__).read_text()
    assert len(ROWS) >= 8
    assert [row for row in ROWS if f'"{row}",' not in tests] == []

"""The layout of the page: exact after any edits, still for the reader while it corrects itself."""

from __future__ import annotations

import random
from functools import partial
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QAccessible, QAccessibleTextInterface, QImage, QTextBlock, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextEdit
from pytestqt.qtbot import QtBot

from app.editor import commands
from sync.document.delta import Insert, format_range
from sync.types import Origin
from tests.app.editor.desk import CTRL, SHIFT, Desk
from tests.app.editor.pages import Page

WIDTH = 420.0

LONG = "words that fill more than a single line of a page as narrow as this one is, "


def paragraph(number: int) -> str:
    return f"Paragraph {number} has " + LONG * (number % 4) + "an end\n"


MANY = "".join(paragraph(number) for number in range(400))

Lines: TypeAlias = list[tuple[int, int, float, float, float]]


def lines_of(page: Page) -> list[tuple[QRectF, Lines]]:
    """Where each block and each of its lines is."""
    found = []
    for block in page.blocks():
        rect = page.binding.page.blockBoundingRect(block)
        layout = block.layout()
        lines = [layout.lineAt(number) for number in range(layout.lineCount())]
        found.append(
            (
                rect,
                [
                    (line.textStart(), line.textLength(), line.x(), line.y(), line.width())
                    for line in lines
                ],
            )
        )
    # Anew: what was laid out first may have moved what was asked for before.
    return [
        (page.binding.page.blockBoundingRect(block), lines)
        for block, (_, lines) in zip(page.blocks(), found, strict=True)
    ]


BLOCKS = (
    {},
    {"header": 2},
    {"list": "bullet"},
    {"list": "ordered", "indent": 1},
    {"blockquote": True},
    {"code-block": True},
    {"align": "center"},
    {"direction": "rtl", "align": "right"},
)

EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.floats(0, 0.3),
        st.sampled_from(["", "a", "שלום ", "😀", "two\nparagraphs", LONG, "\n" * 30]),
        st.sampled_from(BLOCKS),
        st.sampled_from(["type", "type", "format", "width", "look"]),
    ),
    max_size=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EDITS)
def test_edits_lead_to_what_a_fresh_layout_says(
    qapp: QApplication, edits: list[tuple[float, float, str, dict[str, object], str]]
) -> None:
    page = Page()
    page.document.apply([Insert("".join(map(paragraph, range(8))))], Origin.COMMAND)
    page.qt.setPageSize(QSizeF(WIDTH, -1))
    for place, part, text, block, kind in edits:
        length = page.qt.characterCount() - 1
        start = int(place * length)
        cursor = page.cursor(min(length, start + int(part * length)), start)
        if kind == "type":
            cursor.insertText(text)
        elif kind == "width":
            page.qt.setPageSize(QSizeF(WIDTH + 300 * part, -1))
        elif kind == "look":
            page.binding.page.settle(int(place * 400), 200)
        else:
            cursor.beginEditBlock()
            cursor.insertText(text)
            cursor.setBlockFormat(page.binding.style.block_format(""))
            cursor.endEditBlock()
            number = page.cursor(start).blockNumber()
            at = sum(p.length for p in page.binding.mirror.paragraphs[: number + 1]) - 1
            if at < page.document.length:
                page.document.apply(format_range(at, 1, block), Origin.COMMAND)
    page.check()
    fresh = Page(state=page.document.encode_state())
    fresh.qt.setPageSize(page.qt.pageSize())
    assert lines_of(page) == lines_of(fresh)
    assert page.binding.page.documentSize() == fresh.binding.page.documentSize()
    bottom = 0.0
    for block in page.blocks():  # each begins where the one before it ends
        assert page.binding.page.top_of(block) == bottom
        bottom += page.binding.page.height_of(block)
    assert bottom == page.binding.page.documentSize().height()


@pytest.fixture
def page(qapp: QApplication) -> Page:
    page = Page()
    page.document.apply([Insert(MANY)], Origin.COMMAND)
    page.qt.setPageSize(QSizeF(WIDTH, -1))
    return page


def test_what_is_hit_is_where_it_is_shown(page: Page) -> None:
    layout = page.binding.page
    for block in page.blocks()[::37]:
        rect = layout.blockBoundingRect(block)
        for number in range(block.layout().lineCount()):
            line = block.layout().lineAt(number)
            for offset in (line.textStart(), line.textStart() + line.textLength() // 2):
                x, _ = line.cursorToX(offset)
                point = rect.topLeft() + QPointF(x + 0.5, line.y() + line.height() / 2)
                assert layout.hitTest(point, Qt.HitTestAccuracy.FuzzyHit) == (
                    block.position() + offset
                )
                between = rect.topLeft() + QPointF(x + 0.5, line.y() + line.height() + 1)
                assert layout.hitTest(between, Qt.HitTestAccuracy.FuzzyHit) == (
                    block.position() + offset
                )


def test_outside_of_the_text(page: Page) -> None:
    layout = page.binding.page
    assert layout.hitTest(QPointF(-50, -50), Qt.HitTestAccuracy.FuzzyHit) == 0
    below = QPointF(3, layout.documentSize().height() + 99)
    end = page.qt.characterCount() - 1
    assert layout.hitTest(below, Qt.HitTestAccuracy.FuzzyHit) == end
    right = QPointF(WIDTH + 99, layout.blockBoundingRect(page.qt.firstBlock()).top() + 5)
    assert layout.hitTest(right, Qt.HitTestAccuracy.ExactHit) == -1
    assert layout.hitTest(right, Qt.HitTestAccuracy.FuzzyHit) > 0


def is_laid_out(block: QTextBlock) -> bool:
    return block.layout().lineCount() > 0


def test_what_nobody_sees_is_not_laid_out(qtbot: QtBot) -> None:
    desk = Desk(qtbot, MANY)
    blocks = desk.page.blocks()
    assert is_laid_out(blocks[0])
    assert not is_laid_out(blocks[200])
    desk.type("x")
    assert sum(map(is_laid_out, blocks)) < 60
    assert desk.editor.verticalScrollBar().maximum() > 10_000  # but their heights are guessed


def test_estimates_are_close(page: Page) -> None:
    guessed = page.binding.page.documentSize().height()
    lines_of(page)
    exact = page.binding.page.documentSize().height()
    assert abs(guessed - exact) < 0.1 * exact


class TestAWindow:
    @pytest.fixture
    def desk(self, qtbot: QtBot) -> Desk:
        desk = Desk(qtbot, MANY)
        bar = desk.editor.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 10_000)
        return desk

    def seen(self, desk: Desk) -> dict[int, int]:
        """Block number to place in the window, of those that are laid out in it."""
        page, bar = desk.page.binding.page, desk.editor.verticalScrollBar()
        found = {}
        block = page.block_at(bar.value())
        while block.isValid() and page.top_of(block) < bar.value() + desk.editor.height():
            found[block.blockNumber()] = page.top_of(block) - bar.value()
            block = block.next()
        return found

    def test_scrolling_up_into_the_unknown_moves_what_is_seen_as_far_as_asked(
        self, desk: Desk
    ) -> None:
        bar = desk.editor.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        for _ in range(40):
            before = self.seen(desk)
            bar.setValue(bar.value() - 60)
            after = self.seen(desk)
            both = before.keys() & after.keys()
            assert both
            assert all(after[number] == before[number] + 60 for number in both)

    def test_what_is_laid_out_in_advance_moves_nothing(self, qtbot: QtBot, desk: Desk) -> None:
        bar = desk.editor.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        before = self.seen(desk)
        page = desk.page.binding.page
        above = page.block_at(bar.value() - desk.editor.height())
        assert not is_laid_out(above)
        qtbot.waitUntil(lambda: is_laid_out(above))
        qtbot.waitUntil(lambda: not page.ahead_wanted)
        assert self.seen(desk) == before

    def test_the_end_is_the_end(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_End, CTRL)
        bar = desk.editor.verticalScrollBar()
        rect = desk.editor.cursorRect()
        assert desk.editor.viewport().rect().contains(rect)
        bar.setValue(bar.maximum())
        QApplication.processEvents()
        assert bar.value() == bar.maximum()
        last = desk.page.qt.lastBlock()
        bottom = desk.page.binding.page.blockBoundingRect(last).bottom() - bar.value()
        assert 0 < bottom < desk.editor.viewport().height()

    def test_a_page_down_and_up_goes_on_where_it_was(self, desk: Desk) -> None:
        for _ in range(5):
            desk.key(Qt.Key.Key_PageDown)
        far = desk.editor.textCursor().position()
        assert far > 1000
        assert desk.editor.viewport().rect().intersects(desk.editor.cursorRect())
        for _ in range(5):
            desk.key(Qt.Key.Key_PageUp)
        assert desk.editor.textCursor().blockNumber() < 5

    def test_down_and_up_keep_the_column(self, desk: Desk) -> None:
        desk.caret(14)
        left = desk.editor.cursorRect().left()
        for _ in range(30):
            desk.key(Qt.Key.Key_Down)
        for _ in range(30):
            desk.key(Qt.Key.Key_Up)
        assert desk.editor.textCursor().position() == 14
        assert desk.editor.cursorRect().left() == left

    def test_home_and_end_stay_in_the_line(self, desk: Desk) -> None:
        desk.caret(len(paragraph(0)) + len(paragraph(1)) + 100)
        top = desk.editor.cursorRect().top()
        desk.key(Qt.Key.Key_Home)
        assert desk.editor.cursorRect().top() == top
        desk.key(Qt.Key.Key_End)
        assert desk.editor.cursorRect().top() == top

    def test_the_mouse_selects_what_it_passes(self, desk: Desk) -> None:
        viewport = desk.editor.viewport()
        block = desk.page.blocks()[2]
        start = desk.editor.cursorRect(desk.page.cursor(block.position() + 3)).center()
        end = desk.editor.cursorRect(desk.page.cursor(block.position() + 150)).center()
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(viewport, end)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
        assert desk.selected == (block.position() + 3, block.position() + 150)

    def test_another_width_keeps_what_is_looked_at(self, desk: Desk) -> None:
        bar = desk.editor.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        top = desk.editor.cursorForPosition(QPoint(0, 0))
        place = desk.editor.cursorRect(top).top()
        desk.editor.resize(560, 500)
        QApplication.processEvents()
        assert abs(desk.editor.cursorRect(top).top() - place) <= 1
        assert desk.editor.viewport().rect().contains(desk.editor.cursorRect(top).center())

    def test_a_change_repaints_its_paragraph_only(self, desk: Desk) -> None:
        repainted: list[QRectF] = []
        desk.caret(6)
        QApplication.processEvents()
        page = desk.page.binding.page
        page.update[QRectF].connect(repainted.append)
        desk.type("x")
        assert repainted
        block = desk.page.qt.firstBlock()
        assert all(rect.height() < page.height_of(block) + 100 for rect in repainted)

    def test_find_and_select_all(self, desk: Desk) -> None:
        assert desk.editor.find("Paragraph 399 ")
        assert desk.editor.viewport().rect().contains(desk.editor.cursorRect())
        desk.key(Qt.Key.Key_A, CTRL)
        desk.editor.grab()
        assert desk.selected == (0, desk.page.qt.characterCount() - 1)
        desk.key(Qt.Key.Key_Left, SHIFT)
        assert desk.selected[0] == 0

    def test_the_input_method_knows_where_the_caret_is(self, desk: Desk) -> None:
        desk.caret(len(MANY) // 2)
        desk.compose("に")
        rect = desk.editor.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        assert desk.editor.viewport().rect().intersects(rect.toRect())
        desk.editor.grab()
        desk.compose("", "日")
        assert "日" in desk.text

    def test_a_screen_reader_finds_letters_where_they_are_painted(self, desk: Desk) -> None:
        bar = desk.editor.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        QApplication.processEvents()
        interface = QAccessible.queryAccessibleInterface(desk.editor)
        assert interface is not None
        text = interface.textInterface()
        assert isinstance(text, QAccessibleTextInterface)
        position = desk.editor.cursorForPosition(QPoint(60, 200)).position()
        shown = desk.editor.cursorRect(desk.page.cursor(position))
        where = desk.editor.viewport().mapFromGlobal(text.characterRect(position).center())
        assert abs(where.y() - shown.center().y()) < 8
        assert abs(where.x() - shown.left()) < 20
        point = desk.editor.viewport().mapToGlobal(shown.center())
        assert abs(text.offsetAtPoint(point) - position) <= 1


def test_marks_are_painted_where_they_are(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "one two\n")
    mark = QTextEdit.ExtraSelection()
    cursor = QTextCursor(desk.page.qt)
    cursor.setPosition(4)
    cursor.setPosition(7, QTextCursor.MoveMode.KeepAnchor)
    mark.cursor = cursor
    mark.format.setBackground(Qt.GlobalColor.red)
    desk.editor.set_layer("find", [mark])
    QApplication.processEvents()
    picture = desk.editor.viewport().grab().toImage()

    def red(position: int) -> bool:
        rect = desk.editor.cursorRect(desk.page.cursor(position))
        color = picture.pixelColor(rect.left() + 2, rect.top() + 2)
        return color == Qt.GlobalColor.red

    assert red(5)
    assert not red(1)


def test_what_is_on_the_screen_is_what_a_repaint_would_show(qtbot: QtBot) -> None:
    """Only the lines that changed are painted, so none may be forgotten."""
    desk = Desk(qtbot, "".join(map(paragraph, range(9))))
    QApplication.setCursorFlashTime(0)
    rng = random.Random(7)

    def screen() -> QImage:
        QApplication.processEvents()
        return desk.editor.screen().grabWindow(desk.editor.viewport().winId()).toImage()

    looks = (
        partial(commands.set_header, level=1),
        partial(commands.toggle_list, kind="ordered"),
        partial(commands.set_mark, name="bold", value=True),
        partial(commands.set_mark, name="background", value="#ffe58a"),
        commands.toggle_quote,
        commands.toggle_code_block,
    )
    for step in range(60):
        place = rng.randrange(desk.page.qt.characterCount() - 40)
        match rng.randrange(6):
            case 0:
                desk.caret(place + rng.randrange(30), place)
                desk.key(Qt.Key.Key_Backspace)
            case 1:
                desk.caret(place + rng.randrange(30), place)
                desk.editor.run(rng.choice(looks))
            case 2:
                desk.caret(place)
                desk.key(Qt.Key.Key_Return)
            case _:
                desk.caret(place)
                desk.type(rng.choice(["i", "WWWW ", "word"]))
        shown = screen()
        desk.editor.viewport().update()
        assert shown == screen(), step


def test_a_letter_repaints_its_line_and_what_moved(page: Page) -> None:
    repainted: list[QRectF] = []
    layout = page.binding.page
    for block in page.blocks()[:20]:
        layout.blockBoundingRect(block)
    block = page.blocks()[15]
    layout.update[QRectF].connect(repainted.append)
    page.cursor(block.position() + block.length() - 1).insertText("x")
    assert repainted[-1].height() < layout.height_of(block)
    assert repainted[-1].bottom() > layout.blockBoundingRect(block).bottom()

"""Others' carets on the page: painted where they are, and nothing else painted anew for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.presence import carets
from app.presence.carets import Carets
from app.presence.following import Following
from app.presence.room import Room
from sync.presence.states import PersonState, Selected, write_state
from sync.protocol.awareness import ClientState, encode_awareness
from tests.app.editor.desk import Desk

RED, PINK = QColor("#ff0000"), QColor("#ffc0cb")
TEXT = "".join(f"Paragraph {number} of a long page\n" for number in range(300))
BEN = 5


class Table:
    """An editor with somebody else in the document."""

    def __init__(self, bot: QtBot) -> None:
        self.desk = Desk(bot, TEXT)
        self.editor = self.desk.editor
        assert self.editor.binding is not None
        self.document = self.editor.binding.document
        self.room = Room(self.document)
        self.carets = Carets(
            self.editor,
            lambda guest: guest.name,
            lambda _: RED,
            lambda: QColor("#ffffff"),
            lambda _: PINK,
        )
        self.carets.show(self.editor.binding, self.room)
        self.following = Following(self.editor)
        self.following.show_room(self.room)
        self.clock = 0
        page = self.editor.binding.page  # to lay out what is ahead paints, too
        bot.waitUntil(lambda: not page.ahead_wanted)

    def ben_selects(self, anchor: int, head: int) -> None:
        self.clock += 1
        ends = (self.document.relative_position(place) for place in (anchor, head))
        state = PersonState("Ben", 0, Selected(*ends))
        self.room.receive(encode_awareness([ClientState(BEN, self.clock, write_state(state))]))

    def place(self, position: int) -> QRect:
        cursor = self.editor.textCursor()
        cursor.setPosition(position)
        return self.editor.cursorRect(cursor)

    def colour_at(self, point: QPoint) -> QColor:
        return self.editor.viewport().grab().toImage().pixelColor(point)


@pytest.fixture
def table(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    monkeypatch.setattr(carets, "SHOWN", 0.1)
    monkeypatch.setattr(carets, "FADING", 0.1)
    table = Table(qtbot)
    yield table
    table.room.close()


class Paints(QObject):
    """The rectangles that are painted of a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.rects: list[QRect] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if isinstance(event, QPaintEvent):
            self.rects += [QRect(rect) for rect in event.region()]
        return super().eventFilter(watched, event)


def test_a_caret_stands_where_it_is_and_moves_with_the_text(qtbot: QtBot, table: Table) -> None:
    before = table.editor.toPlainText()
    table.ben_selects(10, 10)
    qtbot.waitUntil(lambda: table.colour_at(table.place(10).center()) == RED)
    table.desk.caret(0)
    table.desk.type("typed here ")
    at = table.place(10 + len("typed here ")).center()
    qtbot.waitUntil(lambda: table.colour_at(at) == RED)
    assert table.editor.toPlainText() == "typed here " + before  # nothing of it is text


def test_what_is_selected_lies_behind_the_words(qtbot: QtBot, table: Table) -> None:
    table.ben_selects(3, 9)
    start, end = table.place(3), table.place(9)
    edge = QPoint((start.center().x() + end.center().x()) // 2, start.top() + 1)
    qtbot.waitUntil(lambda: table.colour_at(edge) == PINK)
    table.ben_selects(3, 3)
    qtbot.waitUntil(lambda: table.colour_at(edge) != PINK)


def test_only_the_lines_that_have_changed_are_painted(qtbot: QtBot, table: Table) -> None:
    table.ben_selects(10, 10)
    qtbot.waitUntil(lambda: table.carets.opacity(BEN) == 0.0)
    QApplication.processEvents()
    paints = Paints()
    table.editor.viewport().installEventFilter(paints)
    second = len("Paragraph 0 of a long page\n") + 5
    table.ben_selects(second, second)
    line = table.place(second)
    qtbot.waitUntil(lambda: bool(paints.rects))
    assert max(rect.bottom() for rect in paints.rects) <= line.bottom() + line.height()
    table.ben_selects(len(TEXT) // 2, len(TEXT) // 2)  # far below the window
    qtbot.waitUntil(lambda: table.carets.opacity(BEN) == 0.0)
    QApplication.processEvents()
    paints.rects.clear()
    table.ben_selects(len(TEXT) // 2 + 1, len(TEXT) // 2 + 1)
    qtbot.waitUntil(lambda: table.carets.opacity(BEN) == 0.0)
    QApplication.processEvents()
    assert paints.rects == []
    table.editor.viewport().removeEventFilter(paints)


def test_no_trace_stays_of_a_caret_that_came_into_view_by_scrolling(
    qtbot: QtBot, table: Table
) -> None:
    place = len(TEXT) // 2
    table.ben_selects(place, place)
    table.following.go_to(table.room.guests[0])
    at = table.place(place).center()
    qtbot.waitUntil(lambda: table.colour_at(at) == RED)
    screen = table.editor.viewport().screen()
    window = table.editor.window()

    def on_screen() -> QColor:
        where = table.editor.viewport().mapTo(window, at)
        return screen.grabWindow(window.winId()).toImage().pixelColor(where)

    qtbot.waitUntil(lambda: on_screen() == RED)
    table.ben_selects(place + 8, place + 8)
    qtbot.waitUntil(lambda: on_screen() != RED)


def test_a_name_fades_and_the_mouse_brings_it_back(qtbot: QtBot, table: Table) -> None:
    table.ben_selects(10, 10)
    assert table.carets.opacity(BEN) > 0.0
    qtbot.waitUntil(lambda: table.carets.opacity(BEN) == 0.0)
    qtbot.mouseMove(table.editor.viewport(), table.place(10).center())
    qtbot.waitUntil(lambda: table.carets.opacity(BEN) > 0.0)


def test_following_scrolls_along_until_the_reader_scrolls(qtbot: QtBot, table: Table) -> None:
    bar = table.editor.verticalScrollBar()
    ended: list[object] = []
    table.following.ended.connect(ended.append)
    table.ben_selects(0, 0)
    table.following.follow(BEN)
    table.ben_selects(len(TEXT) - 10, len(TEXT) - 10)
    assert bar.value() > 1000
    top = bar.value()
    for stop in (
        lambda: qtbot.keyClick(table.editor, Qt.Key.Key_PageUp),
        lambda: qtbot.mouseClick(table.editor.viewport(), Qt.MouseButton.LeftButton),
        lambda: bar.triggerAction(bar.SliderAction.SliderSingleStepSub),
    ):
        table.following.follow(BEN)
        stop()
        assert table.following.client is None
    assert len(ended) == 3
    table.ben_selects(0, 0)
    assert bar.value() > top / 2


def test_who_leaves_is_followed_no_longer(table: Table) -> None:
    table.ben_selects(0, 0)
    table.following.follow(BEN)
    table.room.forget_others()
    assert table.following.client is None


def test_a_caret_at_the_end_of_the_text_has_its_name_within_the_page(
    qtbot: QtBot, table: Table
) -> None:
    assert table.editor.binding is not None
    end = table.editor.document().characterCount() - 1
    table.ben_selects(end, end)
    table.following.go_to(table.room.guests[0])
    qtbot.waitUntil(lambda: table.colour_at(table.place(end).center()) == RED)
    assert table.editor.binding.page.caret_rect(end).topLeft() != QPointF()

"""Several windows on one profile, by keys: the same document in two, and the session at a start."""

from __future__ import annotations

import gc
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app import session
from app.editor.mirror import Mirror
from app.main_window import MainWindow
from app.session import WindowState
from sync.document.delta import insert
from sync.document.document import Document
from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import Origin
from tests.end_to_end.desk import PATIENCE, Desk, titles

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def go_to(desk: Desk, window: MainWindow) -> None:
    """As who clicks on a window."""
    window.come_to_front()
    wait(desk, window.isActiveWindow)
    window.editor.setFocus()


def wait(desk: Desk, condition: Callable[[], bool]) -> None:
    """Wait also when the desk's own window is gone."""
    desk.bot.waitUntil(condition, timeout=PATIENCE)


def another(desk: Desk, key: Qt.Key) -> MainWindow:
    """Open a window by Ctrl+Shift and a key."""
    before = set(desk.program.windows)
    QTest.keyClick(QApplication.focusWidget(), key, CTRL | SHIFT)
    (window,) = set(desk.program.windows) - before
    desk.wait(window.isActiveWindow)
    return window


def typing(window: MainWindow, text: str) -> None:
    QTest.keyClicks(window.editor, text)


def test_one_document_in_two_windows(desk: Desk) -> None:
    first = desk.window
    desk.type("from the first")
    second = another(desk, Qt.Key.Key_D)
    assert second.editor.toPlainText() == "from the first"
    assert second.editor.textCursor().position() == 14, "where one was in the window before"
    assert (first.windowTitle(), second.windowTitle()) == (
        "Untitled — Inkstand",
        "Untitled (2) — Inkstand",
    )
    typing(second, ", and the second")
    assert first.editor.toPlainText() == "from the first, and the second"
    go_to(desk, first)
    QTest.keyClick(first.editor, Qt.Key.Key_Z, CTRL)
    assert second.editor.toPlainText() == "from the first"
    assert second.opened is not None
    assert first.opened is not None
    assert second.opened.document is first.opened.document
    # Its list names it for all of them.
    QTest.keyClick(first.editor, Qt.Key.Key_F2)
    QTest.keyClicks(QApplication.focusWidget(), "Twice")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    desk.wait(lambda: second.windowTitle() == "Twice (2) — Inkstand")
    # Closing one leaves the other at work, and what it writes is kept.
    go_to(desk, first)
    QTest.keyClick(first.editor, Qt.Key.Key_W, CTRL)
    assert desk.program.windows == [second]
    wait(desk, lambda: second.windowTitle() == "Twice — Inkstand")
    go_to(desk, second)
    typing(second, "!")
    opened = second.opened
    wait(desk, lambda: not opened.replica.unsaved)
    document, _ = build_document(desk.store.load(opened.document_id))
    assert document.text() == "from the first!\n"


def test_a_window_of_its_own_and_the_ways_between_windows(desk: Desk) -> None:
    first = desk.window
    desk.type("one")
    second = another(desk, Qt.Key.Key_N)
    assert second.opened is None
    assert second.windowTitle() == "Inkstand"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, CTRL)
    desk.wait(lambda: second.opened is not None and second.editor.hasFocus())
    typing(second, "two")
    assert (first.editor.toPlainText(), second.editor.toPlainText()) == ("one", "two")
    desk.wait(lambda: len(titles(first)) == len(titles(second)) == 2)
    QTest.keyClick(second.editor, Qt.Key.Key_F6, CTRL)
    desk.wait(first.isActiveWindow)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_W, ALT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions()[-2:]]
    assert texts == ["&1 Untitled", "&2 Untitled"]
    assert [action.isChecked() for action in menu.actions()[-2:]] == [True, False]
    QTest.keyClick(menu, Qt.Key.Key_2)
    desk.wait(second.isActiveWindow)


def test_a_composition_ends_with_its_window(desk: Desk) -> None:
    """What others write has waited for it, and comes into the window that stays."""
    first = desk.window
    desk.type("words")
    second = another(desk, Qt.Key.Key_D)
    assert first.opened is not None
    live = first.opened.live
    friend = Document.load(live.document.encode_state())
    before = friend.state_vector()
    friend.apply(insert(0, "others' "), Origin.COMMAND)
    QApplication.sendEvent(second.editor, QInputMethodEvent("comp", []))
    assert live.composing
    live.receive(friend.update_since(before))
    assert "others'" not in first.editor.toPlainText()
    second.close()
    assert first.editor.toPlainText() == "others' wordscomp"


def test_a_document_begins_with_its_margin(desk: Desk) -> None:
    desk.type("\r".join(map(str, range(60))))
    assert desk.window.opened is not None
    long = desk.window.opened.document_id
    window = another(desk, Qt.Key.Key_N)
    window._state.places.clear()  # as who sees the document for the first time
    window.documents.open(long)
    assert window.editor.verticalScrollBar().maximum() > 100
    assert window.editor.verticalScrollBar().value() == 0


def test_random_writing_in_two_windows(desk: Desk) -> None:
    """Keys in both by turns, with undo: after each both show just what the document holds."""
    first = desk.window
    desk.type("some words\n\nand more of them\n")
    windows = [first, another(desk, Qt.Key.Key_D)]
    rng = random.Random(6)
    keys: list[tuple[Qt.Key, Qt.KeyboardModifier]] = [
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Backspace, CTRL),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Down, SHIFT),
        (Qt.Key.Key_Left, CTRL | SHIFT),
        (Qt.Key.Key_B, CTRL),
        (Qt.Key.Key_1, CTRL | ALT),
        (Qt.Key.Key_8, CTRL | SHIFT),
        (Qt.Key.Key_Z, CTRL),
        (Qt.Key.Key_Z, CTRL | SHIFT),
    ]
    assert first.opened is not None
    document = first.opened.document
    for turn in range(60):
        window = windows[turn % 2]
        go_to(desk, window)
        for _ in range(rng.randint(1, 6)):
            if rng.random() < 0.5:
                typing(window, rng.choice(["a ", "# ", "word", '"so" ', "- ", "**b** "]))
            else:
                QTest.keyClick(window.editor, *rng.choice(keys))
        QApplication.processEvents()
        expected = Mirror(document.contents())
        for shown in windows:
            assert shown.opened is not None
            assert shown.opened.binding.mirror.paragraphs == expected.paragraphs
            count = len(expected.paragraphs)
            assert shown.opened.qt.blockCount() == count
            assert all(map(shown.opened.binding.canvas.looks_right, range(count)))
    while document.undo_history.can_undo:
        rng.choice(windows).editor.undo()
    assert [window.editor.toPlainText() for window in windows] == ["", ""]


def test_the_session_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    first = desk.window
    for number in range(120):
        typing(first, f"{number}\r")
    second = another(desk, Qt.Key.Key_N)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, CTRL)
    typing(second, "the second")
    second.resize(700, 480)
    QTest.keyClick(second.editor, Qt.Key.Key_F9)
    QTest.keyClick(second.editor, Qt.Key.Key_O, CTRL | SHIFT)
    QTest.keyClick(second.editor, Qt.Key.Key_Home)
    go_to(desk, first)
    QTest.keyClick(first.editor, Qt.Key.Key_Home, CTRL)
    for _ in range(50):
        QTest.keyClick(first.editor, Qt.Key.Key_Down)
    bar = first.editor.verticalScrollBar()
    bar.setValue(bar.value() + 60)
    place = first.editor.place()
    assert place.top > 0
    QTest.keyClick(first.editor, Qt.Key.Key_Q, CTRL)
    assert not desk.program.windows
    desk.close()

    again = Desk(qtbot, tmp_path)
    second, first = again.program.windows
    assert again.window is first, "which was in front"
    assert first.editor.place() == place
    assert (second.width(), second.height()) == (700, 480)
    assert (second.sidebar.isVisible(), second.outline.isVisible()) == (False, True)
    assert (first.sidebar.isVisible(), first.outline.isVisible()) == (True, False)
    assert second.editor.toPlainText() == "the second"
    assert second.editor.textCursor().position() == 0
    # One window is closed, the other the last: only that one comes again.
    second.close()
    again.close()
    last = Desk(qtbot, tmp_path)
    assert len(last.program.windows) == 1
    assert last.window.editor.place() == place
    last.close()


TYPIST = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from app.network import Network
from app.program import Program
from app.settings import Settings
from sync.client.credentials import Credentials
from sync.store.store import Store

application = QApplication([])
store = Store.open(Path(sys.argv[1]))
network = Network(store, Credentials(store.profile_id))
program = Program(store, network, Settings(store.data_dir))
program.begin()
QTest.qWaitForWindowExposed(program.windows[0])
QTest.keyClicks(program.windows[0].editor, "some words")
program.new_window(program.windows[0].opened.document_id)
application.exec()
"""


def test_kill_9_does_not_lose_the_session(qtbot: QtBot, tmp_path: Path) -> None:
    editor = subprocess.Popen([sys.executable, "-c", TYPIST, str(tmp_path)])
    path = tmp_path / session.FILE

    def is_written() -> bool:
        return [
            place.position for state in session.read(path) for place in state.places.values()
        ] == [10, 10]

    try:
        qtbot.waitUntil(is_written, timeout=60_000)
    finally:
        editor.send_signal(signal.SIGKILL)
        editor.wait(30)
    desk = Desk(qtbot, tmp_path)
    assert [window.editor.toPlainText() for window in desk.program.windows] == ["some words"] * 2
    assert [window.editor.textCursor().position() for window in desk.program.windows] == [10, 10]
    desk.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-40],
        lambda data: b"\xff" + data,
        lambda data: b"[" * 100_000,
        lambda data: b'{"windows": {"a": 1}}',
        lambda data: b" " * session.MAX_BYTES + data,
        lambda data: b"",
    ],
)
def test_a_broken_session_is_none(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = tmp_path / session.FILE
    path.write_bytes(session.encode([WindowState("one")]))
    assert session.read(path) == [WindowState("one")]
    path.write_bytes(spoil(path.read_bytes()))
    assert session.read(path) == []


def test_a_window_with_nonsense_in_it_opens_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    with Store.open(tmp_path):
        pass
    (tmp_path / session.FILE).write_text(
        '{"windows": [{"document": "gone", "geometry": "AAAA", "columns": [1, "x", 3], '
        '"places": {"gone": [1, 2], "a": [-1, -2, -3, true], "b": [9, 9, 9, 9]}}, 7, '
        '{"geometry": "!", "sidebar": "no", "outline": 1, "places": []}]}'
    )
    first, second = session.read(tmp_path / session.FILE)
    assert (first.columns, list(first.places)) == ([], ["b"])
    assert second == WindowState()
    desk = Desk(qtbot, tmp_path)
    assert [window.opened for window in desk.program.windows] == [None, None]
    desk.close()


def test_a_closed_window_leaves_nothing(desk: Desk) -> None:
    for _ in range(3):
        window = desk.program.new_window()
        desk.wait(window.isActiveWindow)
        window.close()
        del window
    desk.wait(lambda: len(desk.program.windows) == 1)

    def left() -> int:
        gc.collect()
        return sum(isinstance(one, MainWindow) for one in gc.get_objects())

    desk.wait(lambda: left() == 1)
    # What the program tells its windows of reaches nobody who is gone.
    desk.network.progress.emit(1, 2)
    desk.program.shelf.arranged.emit(None)

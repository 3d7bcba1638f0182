"""Images, dividers and footnotes on the page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import commands
from app.editor.embeds import MAX_RATIO
from sync.document.delta import Embed, Insert
from tests.app.editor.desk import CTRL, Desk
from tests.app.editor.pages import STYLE

HASH = "sha256:" + 64 * "a"
DIVIDER = Embed({"divider": True})


def footnote(text: str) -> Insert:
    return Insert(Embed({"footnote": text}))


class Album(QObject):
    """An image source whose pictures come late."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.pictures: dict[str, QPixmap] = {}
        self.asked: set[str] = set()

    def size(self, value: str) -> QSizeF | None:
        picture = self.pictures.get(value)
        return QSizeF(picture.size()) if picture else None

    def pixmap(self, value: str) -> QPixmap | None:
        self.asked.add(value)
        return self.pictures.get(value)

    def take(self, value: str, width: int, height: int) -> None:
        picture = QPixmap(width, height)
        picture.fill(QColor("red"))
        self.pictures[value] = picture
        self.changed.emit(value)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


@pytest.fixture
def album(desk: Desk) -> Album:
    album = Album()
    desk.page.binding.use_images(album)
    return album


def painted(desk: Desk) -> QImage:
    QApplication.processEvents()
    return desk.editor.viewport().grab().toImage()


def count(image: QImage, colour: str) -> int:
    wanted = QColor(colour).rgb()
    return sum(
        image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height())
    )


def height(desk: Desk) -> float:
    QApplication.processEvents()
    return desk.page.qt.documentLayout().blockBoundingRect(desk.page.qt.firstBlock()).height()


class TestImages:
    def test_one_that_is_there_is_shown_in_its_size(self, desk: Desk, album: Album) -> None:
        album.take(HASH, 40, 30)
        desk.put(Insert(Embed({"image": HASH})), Insert("\n"))
        assert count(painted(desk), "red") == 40 * 30

    def test_one_that_comes_later_takes_its_place(self, desk: Desk, album: Album) -> None:
        desk.put(Insert(Embed({"image": HASH}), {"alt": "a hill"}), Insert("\n"))
        before = painted(desk)
        assert count(before, "red") == 0
        assert count(before, STYLE.quiet.name()) > 500
        own: list[bytes] = []
        desk.page.document.on_update(lambda update, _: own.append(update))
        album.take(HASH, 40, 30)
        assert count(painted(desk), "red") == 40 * 30
        assert own == []
        desk.page.check()

    def test_a_large_one_is_no_wider_than_the_page(self, desk: Desk, album: Album) -> None:
        album.take(HASH, 4000, 1000)
        desk.put(Insert(Embed({"image": HASH})), Insert("\n"))
        width = desk.editor.viewport().width()
        assert width / 5 < height(desk) < width / 2
        desk.editor.resize(400, 500)
        assert height(desk) < desk.editor.viewport().width() / 2

    def test_a_tower_is_cut_down(self, desk: Desk, album: Album) -> None:
        album.take(HASH, 100, 9000)
        desk.put(Insert(Embed({"image": HASH})), Insert("\n"))
        assert height(desk) <= MAX_RATIO * desk.editor.viewport().width() * 1.6

    def test_a_size_of_its_own_counts(self, desk: Desk, album: Album) -> None:
        album.take(HASH, 40, 30)
        desk.put(Insert(Embed({"image": HASH}), {"width": "80", "height": 60}), Insert("\n"))
        assert abs(count(painted(desk), "red") - 80 * 60) < 80 * 60 / 20

    @pytest.mark.parametrize(
        "value",
        ["https://example.org/a.png", "file:///etc/passwd", "data:image/png;base64,AAAA", 5],
    )
    def test_an_address_is_a_box_and_never_asked_for(
        self, desk: Desk, album: Album, value: object
    ) -> None:
        desk.put(Insert(Embed({"image": value}), {"alt": "a hill"}), Insert("\n"))
        assert count(painted(desk), STYLE.quiet.name()) > 100
        assert album.asked == set()

    def test_its_attributes_survive_copy_and_move(self, desk: Desk) -> None:
        image = Insert(Embed({"image": HASH}), {"alt": "a hill", "width": 40})
        desk.put(Insert("ab"), image, Insert("\n"))
        desk.caret(3, 2)
        desk.editor._move_selection(0)
        assert desk.contents == [image, Insert("ab\n")]


class TestDividers:
    def test_it_stands_in_a_paragraph_of_its_own(self, desk: Desk) -> None:
        desk.type("ab")
        desk.caret(1)
        assert desk.editor.run(commands.insert_divider)
        desk.type("x")
        assert desk.contents == [Insert("a\n"), Insert(DIVIDER), Insert("\nxb\n")]

    def test_it_goes_across_the_page(self, desk: Desk) -> None:
        desk.put(Insert(DIVIDER), Insert("\n"))
        image = painted(desk)
        paper = image.pixel(2, 2)
        rows = [
            sum(image.pixel(x, y) != paper for x in range(image.width()))
            for y in range(image.height())
        ]
        assert max(rows) > 0.9 * image.width()

    def test_backspace_takes_it_away(self, desk: Desk) -> None:
        desk.put(Insert(DIVIDER), Insert("\na\n"))
        desk.caret(1)
        desk.key(Qt.Key.Key_Backspace)
        assert desk.contents == [Insert("\na\n")]


class TestFootnotes:
    def test_they_are_counted_in_order(self, desk: Desk) -> None:
        desk.put(Insert("a"), footnote("x"), Insert("b\nc"), footnote("x"), Insert("\n"))
        assert desk.text
        assert desk.page.footnote_numbers() == [1, 2]
        desk.caret(0)
        assert desk.editor.run(lambda chosen: commands.insert_footnote(chosen, "new"))
        assert desk.text
        assert desk.page.footnote_numbers() == [1, 2, 3]
        desk.key(Qt.Key.Key_Backspace)
        assert desk.text
        assert desk.page.footnote_numbers() == [1, 2]

    def test_those_of_others_too(self, desk: Desk) -> None:
        desk.put(Insert("a"), footnote("x"), Insert("\n"))
        desk.put(footnote("y"), footnote("z"))
        assert desk.text
        assert desk.page.footnote_numbers() == [1, 2, 3]

    def test_the_words_are_shown_as_a_tool_tip_and_as_nothing_but_words(self, desk: Desk) -> None:
        desk.put(footnote("<img src='http://example.org/x.png'> & more"), Insert("\n"))
        tip = desk.page.cursor(1).charFormat().toolTip()
        assert "&lt;img" in tip
        assert "&amp; more" in tip

    def test_other_words_replace_it(self, desk: Desk) -> None:
        desk.put(Insert("a"), footnote("x"), Insert("\n"))
        desk.caret(1)
        assert desk.editor.run(lambda chosen: commands.set_footnote(chosen, "better"))
        assert desk.contents[1] == footnote("better")
        desk.caret(1)
        assert desk.editor.run(lambda chosen: commands.set_footnote(chosen, " "))
        assert desk.contents == [Insert("a\n")]

    def test_letters_typed_beside_it_are_letters(self, desk: Desk) -> None:
        desk.put(footnote("x"), Insert("\n"))
        desk.caret(1)
        desk.type("ab")
        assert desk.contents == [footnote("x"), Insert("ab\n")]
        assert desk.page.cursor(2).charFormat().objectType() == 0


def test_what_this_version_does_not_know_is_kept_and_shown_as_a_box(desk: Desk) -> None:
    table = Insert(Embed({"table": {"rows": [1, 2]}}))
    desk.put(table, Insert("\n"))
    assert count(painted(desk), STYLE.quiet.name()) > 100
    desk.caret(1)
    desk.type("x")
    assert desk.contents == [table, Insert("x\n")]
    desk.caret(1, 0)
    desk.key(Qt.Key.Key_X, CTRL)
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.contents[0] == table

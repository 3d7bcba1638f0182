"""Links under keys and mouse, in a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from app.dialogs.link import LinkDialog, OpenLinkDialog
from app.languages import system_language
from app.links import Links
from app.settings import Settings
from sync.document.delta import Insert, insert
from sync.types import Origin
from tests.app.editor.desk import CTRL, SHIFT
from tests.app.editor.desk import Desk as Paper
from tests.app.editor.pages import Page
from tests.end_to_end.desk import Desk

TARGET = "https://example.org/a"
LINKED = [Insert("see "), Insert("this", {"link": TARGET}), Insert(" too\n")]


class LinkPaper(Paper):
    """An editor whose links are followed into a list."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.opened: list[str] = []
        self.links = Links(self.editor, lambda url: self.opened.append(url.toString()))

    def write(self, *parts: Insert) -> None:
        self.page.document.apply(list(parts), Origin.COMMAND)

    def dialog(self, kind: type[QDialog]) -> QDialog:
        """The dialog of a kind that is open."""
        found = [dialog for dialog in self.editor.findChildren(kind) if dialog.isVisible()]
        assert len(found) == 1
        return found[0]

    def point(self, position: int) -> QPoint:
        """A point of the viewport within a character."""
        return self.editor.cursorRect(self.page.cursor(position)).center() + QPoint(3, 0)

    def menu_at(self, position: int) -> QMenu:
        menu = QMenu(self.editor)
        for extend in self.editor.menu_extensions:
            extend(menu, position)
        return menu

    def choose(self, menu: QMenu, title: str) -> None:
        next(one for one in menu.actions() if one.text().replace("&", "") == title).trigger()


@pytest.fixture
def paper(qtbot: QtBot) -> LinkPaper:
    return LinkPaper(qtbot)


class TestMaking:
    def fill(self, paper: LinkPaper, address: str, text: str | None = None) -> LinkDialog:
        dialog = paper.dialog(LinkDialog)
        assert isinstance(dialog, LinkDialog)
        dialog.address.selectAll()
        paper.bot.keyClicks(dialog.address, address)
        if text is not None:
            dialog.text.selectAll()
            paper.bot.keyClicks(dialog.text, text)
        paper.bot.keyClick(dialog.address, Qt.Key.Key_Return)
        return dialog

    def test_a_selection_becomes_a_link_and_keeps_its_formats(self, paper: LinkPaper) -> None:
        paper.write(Insert("a "), Insert("b", {"bold": True}), Insert("c\n"))
        paper.caret(4, 2)
        paper.links.edit()
        self.fill(paper, "example.org")
        link = {"link": "https://example.org"}
        assert paper.contents == [
            Insert("a "),
            Insert("b", {"bold": True, **link}),
            Insert("c", link),
            Insert("\n"),
        ]
        paper.type("d")
        assert paper.contents[-1] == Insert("d\n")
        paper.key(Qt.Key.Key_Z, CTRL)
        paper.key(Qt.Key.Key_Z, CTRL)
        assert paper.contents == [Insert("a "), Insert("b", {"bold": True}), Insert("c\n")]

    def test_without_a_selection_the_text_is_put_in(self, paper: LinkPaper) -> None:
        paper.type("at ")
        paper.links.edit()
        self.fill(paper, "ada@example.org")
        assert paper.contents == [
            Insert("at "),
            Insert("ada@example.org", {"link": "mailto:ada@example.org"}),
            Insert("\n"),
        ]

    def test_paragraphs_get_the_link_and_keep_their_text(self, paper: LinkPaper) -> None:
        paper.write(Insert("one\ntwo\n"))
        paper.caret(7, 0)
        paper.links.edit()
        dialog = paper.dialog(LinkDialog)
        assert isinstance(dialog, LinkDialog)
        assert not dialog.text.isEnabled()
        self.fill(paper, TARGET)
        assert paper.contents == [Insert("one\ntwo", {"link": TARGET}), Insert("\n")]

    def test_a_bad_address_is_said_and_nothing_changes(self, paper: LinkPaper) -> None:
        paper.type("word")
        paper.caret(4, 0)
        paper.links.edit()
        dialog = self.fill(paper, "javascript:alert(1)")
        assert "http, https, mailto" in dialog.message.text()
        assert dialog.isVisible()
        paper.bot.keyClick(dialog, Qt.Key.Key_Escape)
        assert paper.contents == [Insert("word\n")]

    def test_the_dialog_says_where_a_lookalike_leads(self, paper: LinkPaper) -> None:
        paper.links.edit()
        dialog = paper.dialog(LinkDialog)
        assert isinstance(dialog, LinkDialog)
        dialog.address.setText("ex\u0430mple.org")
        dialog.address.textEdited.emit("")
        assert "xn--exmple-4nf.org" in dialog.message.text()

    def test_a_link_at_the_caret_is_changed_whole(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        paper.caret(6)
        paper.links.edit()
        dialog = paper.dialog(LinkDialog)
        assert isinstance(dialog, LinkDialog)
        assert (dialog.address.text(), dialog.text.text()) == (TARGET, "this")
        self.fill(paper, "https://example.com", "that")
        assert paper.contents == [
            Insert("see "),
            Insert("that", {"link": "https://example.com"}),
            Insert(" too\n"),
        ]

    def test_a_link_is_removed_by_key(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        paper.caret(6)
        paper.links.edit()
        dialog = paper.dialog(LinkDialog)
        assert isinstance(dialog, LinkDialog)
        assert dialog.remove is not None
        paper.bot.keyClick(dialog.remove, Qt.Key.Key_Space)
        assert paper.contents == [Insert("see this too\n")]

    def test_others_write_while_the_dialog_is_open(self, paper: LinkPaper) -> None:
        paper.write(Insert("see this too\n"))
        paper.caret(8, 4)
        paper.links.edit()
        other = Page(state=paper.page.document.encode_state())
        for place, text in ((8, "\U0001f600"), (4, "é"), (0, "XY\n")):
            other.document.apply(insert(place, text), Origin.COMMAND)
        paper.page.document.apply_update(other.document.encode_state())
        self.fill(paper, TARGET)
        assert Insert("this", {"link": TARGET}) in paper.contents

    def test_a_pasted_address_links_what_is_selected(self, paper: LinkPaper) -> None:
        paper.type("see this too")
        paper.caret(8, 4)
        QGuiApplication.clipboard().setText(f" {TARGET}\n")
        paper.key(Qt.Key.Key_V, CTRL)
        assert paper.contents == LINKED
        paper.key(Qt.Key.Key_Z, CTRL)
        assert paper.contents == [Insert("see this too\n")]

    @pytest.mark.parametrize("text", ["javascript:alert(1)", "word", "https://a.b c"])
    def test_what_is_no_address_is_pasted_as_it_is(self, paper: LinkPaper, text: str) -> None:
        paper.type("this")
        paper.caret(4, 0)
        mime = QMimeData()
        mime.setText(text)
        paper.editor.insertFromMimeData(mime)
        assert paper.contents == [Insert(f"{text}\n")]


class TestFollowing:
    def test_ctrl_and_click_ask_and_then_open(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        viewport = paper.editor.viewport()
        paper.bot.mouseClick(viewport, Qt.MouseButton.LeftButton, CTRL, paper.point(5))
        dialog = paper.dialog(OpenLinkDialog)
        assert isinstance(dialog, OpenLinkDialog)
        assert dialog.address.toPlainText() == TARGET
        assert paper.opened == []
        paper.bot.keyClick(dialog, Qt.Key.Key_Return)
        assert paper.opened == [TARGET]

    def test_a_click_without_ctrl_only_moves_the_caret(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        viewport = paper.editor.viewport()
        paper.bot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=paper.point(5))
        assert not paper.editor.findChildren(OpenLinkDialog)
        assert paper.editor.textCursor().position() in (5, 6)

    def test_ctrl_and_click_beside_a_link_open_nothing(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        viewport = paper.editor.viewport()
        for point in (paper.point(1), paper.point(10), QPoint(600, 400)):
            paper.bot.mouseClick(viewport, Qt.MouseButton.LeftButton, CTRL, point)
        assert not paper.editor.findChildren(OpenLinkDialog)

    def test_cancel_and_copy_open_nothing(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        paper.caret(6)
        for key in ("cancel", "copy"):
            paper.links.open()
            dialog = paper.dialog(OpenLinkDialog)
            assert isinstance(dialog, OpenLinkDialog)
            if key == "copy":
                paper.bot.keyClick(dialog.copy_button, Qt.Key.Key_Space)
            else:
                paper.bot.keyClick(dialog, Qt.Key.Key_Escape)
        assert QGuiApplication.clipboard().text() == TARGET
        assert paper.opened == []

    def test_a_lookalike_is_shown_as_what_it_is(self, paper: LinkPaper) -> None:
        paper.links.follow("https://ex\u0430mple.org/")
        dialog = paper.dialog(OpenLinkDialog)
        assert isinstance(dialog, OpenLinkDialog)
        assert dialog.address.toPlainText() == "https://xn--exmple-4nf.org/"
        assert "xn--" in dialog.warning.text()

    def test_an_unsafe_scheme_is_never_followed(self, paper: LinkPaper) -> None:
        paper.write(Insert("x", {"link": "javascript:alert(1)"}), Insert("\n"))
        paper.caret(1)
        paper.links.open()
        paper.links.follow("file:///etc/passwd")
        assert not paper.editor.findChildren(OpenLinkDialog)

    def test_a_reader_may_follow_but_not_change(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        paper.editor.setReadOnly(True)
        paper.links.edit()
        assert not paper.editor.findChildren(LinkDialog)
        paper.links.follow(TARGET)
        assert paper.dialog(OpenLinkDialog)

    def test_the_hand_shows_with_ctrl_over_a_link(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        shape = paper.editor.viewport().cursor
        for point, ctrl, expected in (
            (paper.point(5), True, Qt.CursorShape.PointingHandCursor),
            (paper.point(1), True, Qt.CursorShape.IBeamCursor),
            (paper.point(5), False, Qt.CursorShape.IBeamCursor),
        ):
            modifier = CTRL if ctrl else Qt.KeyboardModifier.NoModifier
            move(paper, point, modifier)
            assert shape().shape() == expected

    def test_hovering_shows_the_target_and_takes_no_html(self, paper: LinkPaper) -> None:
        paper.write(Insert("x" * 9, {"link": "https://example.org/<b>"}), Insert("\n"))
        point = paper.point(3)
        where = paper.editor.viewport().mapToGlobal(point)
        QApplication.sendEvent(
            paper.editor.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, where)
        )
        assert "https://example.org/%3Cb%3E" in QToolTip.text()


def move(paper: LinkPaper, point: QPoint, modifier: Qt.KeyboardModifier) -> None:
    where = paper.editor.viewport().mapToGlobal(point).toPointF()
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        point.toPointF(),
        where,
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        modifier,
    )
    QApplication.sendEvent(paper.editor.viewport(), event)


class TestContextMenu:
    def test_it_offers_what_a_link_can_do(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        paper.choose(paper.menu_at(6), "Copy link address")
        assert QGuiApplication.clipboard().text() == TARGET
        paper.choose(paper.menu_at(6), "Open link…")
        assert paper.dialog(OpenLinkDialog)
        paper.choose(paper.menu_at(6), "Edit link…")
        assert paper.dialog(LinkDialog)
        paper.choose(paper.menu_at(6), "Remove link")
        assert paper.contents == [Insert("see this too\n")]

    def test_elsewhere_it_offers_nothing(self, paper: LinkPaper) -> None:
        paper.write(*LINKED)
        assert paper.menu_at(2).actions() == []


def test_what_is_typed_right_behind_a_link_does_not_belong_to_it(paper: LinkPaper) -> None:
    paper.write(*LINKED)
    paper.caret(8)
    paper.type("x")
    assert paper.contents == [LINKED[0], LINKED[1], Insert("x too\n")]
    paper.caret(6)
    paper.type("y")
    assert paper.contents[1] == Insert("thyis", {"link": TARGET})


class TestWindow:
    @pytest.fixture
    def desk(self, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
        desk = Desk(qtbot, tmp_path)
        desk.focus()
        yield desk
        desk.close()

    def contents(self, desk: Desk) -> list[Insert]:
        assert desk.window.opened is not None
        return desk.window.opened.document.contents()

    def test_markdown_and_punctuation_are_on_and_can_be_turned_off(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        edit = desk.window.actions_.edit
        edit.languages["en"].trigger()
        desk.type('# "A" **b**\n')
        assert self.contents(desk)[0] == Insert("“A” ")
        edit.markdown.trigger()
        edit.punctuation.trigger()
        desk.type('# "A" **b**')
        assert self.contents(desk)[-1] == Insert('# "A" **b**\n')
        settings = desk.window.settings
        settings.save()
        again = Settings(tmp_path)
        assert not again.markdown_typing
        assert not again.smart_punctuation

    def test_the_language_of_the_document_is_chosen_in_the_menu(self, desk: Desk) -> None:
        edit = desk.window.actions_.edit
        assert edit.languages[None].isChecked()
        edit.languages["de"].trigger()
        assert edit.languages["de"].isChecked()
        assert edit.languages["de"].text() == "Deutsch"
        assert desk.window.opened is not None
        assert desk.window.opened.document.language == "de"
        desk.wait(lambda: desk.window.spelling.wanted == "de")
        desk.type('"a"')
        assert desk.text == "„a“"
        edit.languages[None].trigger()
        assert desk.window.documents.language == system_language()

    def test_ctrl_k_asks_for_a_link(self, desk: Desk) -> None:
        desk.type("word")
        desk.key(Qt.Key.Key_A, CTRL)
        desk.key(Qt.Key.Key_K, CTRL)
        dialog = next(one for one in desk.window.findChildren(LinkDialog) if one.isVisible())
        desk.bot.keyClicks(dialog.address, "example.org")
        desk.bot.keyClick(dialog.address, Qt.Key.Key_Return)
        assert self.contents(desk)[0] == Insert("word", {"link": "https://example.org"})
        assert desk.window.actions_.format.open_link.isEnabled()
        desk.key(Qt.Key.Key_K, CTRL | SHIFT)
        assert any(one.isVisible() for one in desk.window.findChildren(OpenLinkDialog))

"""Every format of the schema, from the CRDT to the screen and from the keyboard to the CRDT."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextListFormat
from pytestqt.qtbot import QtBot

from app.editor import commands
from app.editor.formats import Style
from app.editor.layout.markers import check_box
from sync.document.delta import Insert
from sync.types import Origin
from tests.app.editor.desk import CTRL, SHIFT, Desk
from tests.app.editor.pages import STYLE, Page

RED = {"color": "#ff0000"}


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def shown(desk: Desk, position: int = 1) -> QTextCharFormat:
    return desk.page.cursor(position).charFormat()


class TestMarks:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("bold", True),
            ("italic", True),
            ("underline", True),
            ("strike", True),
            ("code", True),
            ("link", "https://example.org"),
            ("color", "#ff0000"),
            ("background", "#ffff00"),
            ("script", "super"),
            ("script", "sub"),
        ],
    )
    def test_each_goes_to_the_crdt_and_comes_back(
        self, desk: Desk, name: str, value: object
    ) -> None:
        desk.type("word")
        desk.caret(4, 0)
        plain = shown(desk)
        desk.editor.set_mark(name, value)
        assert desk.contents == [Insert("word", {name: value}), Insert("\n")]
        assert shown(desk) != plain
        assert desk.editor.mark_is_on(name, value)
        desk.editor.toggle_mark(name, value)
        assert desk.contents == [Insert("word\n")]
        assert shown(desk) == plain

    def test_each_looks_as_it_is_called(self, desk: Desk) -> None:
        marks = ["bold", "italic", "underline", "strike", "code"]
        desk.put(*(Insert("x", {mark: True}) for mark in marks))
        looks = [shown(desk, position) for position in range(1, 6)]
        assert looks[0].fontWeight() == QFont.Weight.Bold
        assert looks[1].fontItalic()
        assert looks[2].fontUnderline()
        assert looks[3].fontStrikeOut()
        assert looks[4].fontFixedPitch()
        desk.put(Insert("x", {"script": "super"}), Insert("x", {"color": "#ff0000"}))
        alignment = QTextCharFormat.VerticalAlignment.AlignSuperScript
        assert shown(desk, 1).verticalAlignment() is alignment
        assert shown(desk, 2).foreground().color().hslHue() == 0

    @pytest.mark.parametrize("value", ["javascript:alert(1)", "file:///etc/passwd", 5, None])
    def test_an_unsafe_link_is_plain_text(self, desk: Desk, value: object) -> None:
        desk.put(Insert("word", {"link": value}), Insert("\n"))
        assert not shown(desk).isAnchor()
        assert desk.editor.link_at(1) is None
        desk.caret(4, 0)
        assert not desk.editor.run(lambda chosen: commands.set_link(chosen, str(value)))

    def test_what_is_typed_behind_a_link_is_no_link(self, desk: Desk) -> None:
        link = {"link": "https://example.org", "bold": True}
        desk.put(Insert("here", link), Insert("\n"))
        desk.caret(2)
        desk.type("x")
        desk.key(Qt.Key.Key_End)
        desk.type(" and")
        assert desk.contents == [
            Insert("hexre", link),
            Insert(" and", {"bold": True}),
            Insert("\n"),
        ]

    def test_a_link_is_changed_where_the_caret_stands_in_it(self, desk: Desk) -> None:
        desk.put(Insert("a "), Insert("here", {"link": "https://a.org"}), Insert(" b\n"))
        desk.caret(4)
        assert desk.editor.run(lambda chosen: commands.set_link(chosen, "https://b.org"))
        assert desk.contents[1] == Insert("here", {"link": "https://b.org"})
        assert desk.editor.run(lambda chosen: commands.set_link(chosen, None))
        assert desk.contents == [Insert("a here b\n")]

    def test_colours_of_others_stay_legible(self) -> None:
        black, white = QColor("black"), QColor("white")
        dark = Style("serif", 12, QColor("#dcd9d2"), QColor("blue"), QColor("gray"))
        assert STYLE.legible(white).lightnessF() < 0.6
        assert dark.legible(black).lightnessF() > 0.55

    def test_clearing_takes_marks_and_leaves_links(self, desk: Desk) -> None:
        desk.put(
            Insert("one", {"bold": True, "color": "#ff0000", "link": "https://a.org"}),
            Insert(" two", {"italic": True}),
            Insert("\n", {"header": 1}),
        )
        desk.caret(5, 0)
        desk.editor.clear_format()
        assert desk.contents == [
            Insert("one", {"link": "https://a.org"}),
            Insert(" t"),
            Insert("wo", {"italic": True}),
            Insert("\n", {"header": 1}),
        ]
        desk.caret(7)
        desk.editor.clear_format()
        assert desk.contents[-1] == Insert("\n")


class TestParagraphs:
    @pytest.mark.parametrize("level", range(1, 7))
    def test_headings_are_larger_or_bold(self, desk: Desk, level: int) -> None:
        desk.type("Title")
        assert desk.editor.run(lambda chosen: commands.set_header(chosen, level))
        assert desk.contents == [Insert("Title"), Insert("\n", {"header": level})]
        assert shown(desk).fontWeight() == QFont.Weight.Bold
        assert desk.page.qt.firstBlock().blockFormat().headingLevel() == level

    def test_nine_levels_and_no_more(self, desk: Desk) -> None:
        desk.type("item")
        desk.editor.run(lambda chosen: commands.toggle_list(chosen, "ordered"))
        for level in range(1, 9):
            desk.key(Qt.Key.Key_Tab)
            assert desk.contents[-1].attributes["indent"] == level
        assert not desk.editor.can(lambda chosen: commands.indent(chosen, 1))
        for _ in range(8):
            desk.key(Qt.Key.Key_Backtab, SHIFT)
        assert desk.contents[-1].attributes == {"list": "ordered"}

    def test_a_paragraph_is_one_kind_at_a_time(self, desk: Desk) -> None:
        desk.type("x")
        for command, attributes in (
            (commands.toggle_quote, {"blockquote": True}),
            (lambda chosen: commands.toggle_list(chosen, "bullet"), {"list": "bullet"}),
            (lambda chosen: commands.set_header(chosen, 2), {"header": 2}),
            (commands.toggle_code_block, {"code-block": True}),
            (commands.toggle_quote, {"blockquote": True}),
            (commands.toggle_quote, {}),
        ):
            assert desk.editor.run(command)
            assert desk.contents[-1].attributes == attributes

    @pytest.mark.parametrize(
        ("align", "flag"),
        [
            ("center", Qt.AlignmentFlag.AlignHCenter),
            ("right", Qt.AlignmentFlag.AlignRight),
            ("justify", Qt.AlignmentFlag.AlignJustify),
        ],
    )
    def test_alignment(self, desk: Desk, align: str, flag: Qt.AlignmentFlag) -> None:
        desk.type("x")
        assert desk.editor.run(lambda chosen: commands.set_align(chosen, align))
        assert desk.contents[-1].attributes == {"align": align}
        assert desk.page.qt.firstBlock().blockFormat().alignment() & flag
        assert desk.editor.run(lambda chosen: commands.set_align(chosen, None))
        assert desk.contents == [Insert("x\n")]

    def test_direction_follows_the_text_unless_it_is_set(self, desk: Desk) -> None:
        desk.put(Insert("שלום\nhello\nhello"), Insert("\n", {"direction": "rtl"}))
        assert desk.text
        directions = [block.textDirection().name for block in desk.page.blocks()]
        assert directions == ["RightToLeft", "LeftToRight", "RightToLeft"]
        desk.caret(6)
        assert desk.editor.run(commands.toggle_direction)
        assert desk.page.blocks()[1].textDirection() is Qt.LayoutDirection.RightToLeft


class TestCheckLists:
    @pytest.fixture
    def desk(self, qtbot: QtBot) -> Desk:
        desk = Desk(qtbot)
        desk.put(
            *(Insert("milk"), Insert("\n", {"list": "unchecked"})),
            *(Insert("bread"), Insert("\n", {"list": "checked"})),
        )
        return desk

    def kinds(self, desk: Desk) -> list[object]:
        return [part.attributes["list"] for part in desk.contents if part.content == "\n"]

    def test_a_click_on_the_box_toggles_it_and_leaves_the_caret(self, desk: Desk) -> None:
        assert desk.text
        desk.caret(7)
        box = check_box(desk.page.binding.page, desk.page.blocks()[0])
        assert box is not None
        desk.click(box.center().toPoint())
        assert self.kinds(desk) == ["checked", "checked"]
        assert desk.selected == (7, 7)
        desk.click(box.center().toPoint())
        assert self.kinds(desk) == ["unchecked", "checked"]
        desk.key(Qt.Key.Key_Z, CTRL)
        assert self.kinds(desk) == ["checked", "checked"]

    def test_a_click_on_the_words_does_not(self, desk: Desk) -> None:
        assert desk.text
        desk.click(desk.editor.cursorRect(desk.page.cursor(2)).center())
        assert self.kinds(desk) == ["unchecked", "checked"]
        assert desk.selected == (2, 2)

    def test_a_reader_cannot_check(self, desk: Desk) -> None:
        assert desk.text
        desk.editor.setReadOnly(True)
        box = check_box(desk.page.binding.page, desk.page.blocks()[0])
        assert box is not None
        desk.click(box.center().toPoint())
        assert self.kinds(desk) == ["unchecked", "checked"]

    def test_ctrl_enter_toggles_by_keyboard(self, desk: Desk) -> None:
        desk.caret(1)
        desk.key(Qt.Key.Key_Return, CTRL)
        assert self.kinds(desk) == ["checked", "checked"]
        desk.caret(9, 1)
        desk.key(Qt.Key.Key_Return, CTRL)
        assert self.kinds(desk) == ["unchecked", "unchecked"]

    def test_checked_words_are_muted(self, desk: Desk) -> None:
        assert desk.text
        assert shown(desk, 7).foreground().color() == STYLE.muted
        assert shown(desk, 2).foreground().color() == STYLE.ink

    def test_what_follows_a_checked_item_is_not_checked(self, desk: Desk) -> None:
        desk.caret(10)
        desk.key(Qt.Key.Key_Return)
        desk.type("jam")
        assert self.kinds(desk) == ["unchecked", "checked", "unchecked"]

    def test_the_box_is_no_bullet_of_qt(self, desk: Desk) -> None:
        assert desk.text
        text_list = desk.page.blocks()[0].textList()
        assert text_list is not None
        assert text_list.format().style() is QTextListFormat.Style.ListStyleUndefined


class TestCode:
    @pytest.fixture
    def desk(self, qtbot: QtBot) -> Desk:
        desk = Desk(qtbot)
        desk.put(Insert("if x:"), Insert("\n", {"code-block": True}), Insert("end\n"))
        desk.caret(5)
        return desk

    def test_enter_keeps_the_block_and_tab_goes_in(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Return)
        desk.key(Qt.Key.Key_Tab)
        desk.type("y")
        code = {"code-block": True}
        assert desk.contents == [
            *(Insert("if x:"), Insert("\n", code), Insert("\ty"), Insert("\n", code)),
            Insert("end\n"),
        ]
        assert shown(desk).fontFixedPitch()

    def test_tab_and_backtab_move_several_lines(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Return)
        desk.type("y")
        desk.caret(7, 0)
        desk.key(Qt.Key.Key_Tab)
        assert desk.text == "\tif x:\n\ty\nend\n"
        desk.caret(9, 0)
        desk.key(Qt.Key.Key_Backtab, SHIFT)
        assert desk.text == "if x:\ny\nend\n"

    def test_no_marks_inside(self, desk: Desk) -> None:
        desk.caret(5, 0)
        desk.editor.toggle_mark("bold")
        desk.caret(5)
        desk.editor.toggle_mark("italic")
        desk.type("z")
        assert desk.contents[0] == Insert("if x:z")

    def test_marks_around_it_can_be_taken_away_again(self, desk: Desk) -> None:
        desk.caret(9, 0)
        desk.editor.toggle_mark("bold")
        assert desk.contents[2] == Insert("end", {"bold": True})
        desk.editor.toggle_mark("bold")
        assert desk.contents[2] == Insert("end\n")

    def test_marks_of_others_are_not_shown(self, desk: Desk) -> None:
        desk.put(Insert("x", {"bold": True}))
        assert desk.text
        assert shown(desk).fontWeight() == QFont.Weight.Normal

    def test_text_that_becomes_code_loses_its_marks(self, desk: Desk) -> None:
        desk.put(Insert("bold", {"bold": True}), Insert("\n"))
        desk.caret(2)
        assert desk.editor.run(commands.toggle_code_block)
        assert desk.contents[0] == Insert("bold")

    def test_what_is_pasted_is_code(self, desk: Desk) -> None:
        desk.editor.replace_selection([Insert("a", {"bold": True}), Insert("\nb")])
        assert desk.text == "if x:a\nb\nend\n"
        assert [part.attributes for part in desk.contents if part.content == "\n"] == [
            {"code-block": True},
            {"code-block": True},
        ]

    def test_ctrl_enter_goes_on_behind_it(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Return, CTRL)
        desk.type("text")
        assert desk.contents == [
            Insert("if x:"),
            Insert("\n", {"code-block": True}),
            Insert("text\nend\n"),
        ]

    def test_a_second_empty_line_leaves_it(self, desk: Desk) -> None:
        for _ in range(3):
            desk.key(Qt.Key.Key_Return)
        desk.type("text")
        assert desk.contents[-1] == Insert("text\nend\n")

    def test_its_lines_are_closer_than_what_follows(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Return)
        assert desk.text
        margins = [block.blockFormat().bottomMargin() for block in desk.page.blocks()]
        assert margins[0] == 0 < margins[1]


class TestQuotes:
    def test_enter_goes_on_and_an_empty_one_leaves(self, desk: Desk) -> None:
        desk.type("said")
        desk.editor.run(commands.toggle_quote)
        desk.key(Qt.Key.Key_Return)
        desk.type("so")
        desk.key(Qt.Key.Key_Return)
        desk.key(Qt.Key.Key_Return)
        desk.type("text")
        assert desk.contents == [
            *(Insert("said"), Insert("\n", {"blockquote": True})),
            *(Insert("so"), Insert("\n", {"blockquote": True})),
            Insert("text\n"),
        ]

    def test_backspace_at_its_start_leaves_it(self, desk: Desk) -> None:
        desk.put(Insert("a\nb"), Insert("\n", {"blockquote": True}))
        desk.caret(2)
        desk.key(Qt.Key.Key_Backspace)
        assert desk.contents == [Insert("a\nb\n")]


def test_enter_above_a_heading_leaves_the_heading_alone(desk: Desk) -> None:
    desk.put(Insert("Title"), Insert("\n", {"header": 1}))
    desk.caret(0)
    desk.key(Qt.Key.Key_Return)
    assert desk.contents == [Insert("\nTitle"), Insert("\n", {"header": 1})]
    assert desk.selected == (1, 1)


def test_everything_survives_another_style(qapp: QCoreApplication) -> None:
    page = Page()
    kinds = [{"list": "checked"}, {"code-block": True}, {"blockquote": True}, {"header": 1}, {}]
    delta = [part for kind in kinds for part in (Insert("x", RED), Insert("\n", kind))]
    page.document.apply(delta, Origin.COMMAND)
    page.binding.restyle(
        Style("DejaVu Sans", 20, QColor("white"), QColor("cyan"), QColor("gray"), 120)
    )
    page.check()

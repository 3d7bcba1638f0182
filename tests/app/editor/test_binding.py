from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextListFormat

from app.editor import commands, lists
from app.editor.commands import Selection
from sync.document.delta import Delete, Delta, Embed, Insert, Retain, delete, format_range, insert
from sync.document.document import Document
from sync.types import Origin
from tests.app.editor.pages import Page


@pytest.fixture
def page(qapp: QCoreApplication) -> Page:
    document = Document()
    document.apply(insert(0, "One word here\nTwo\nThree\n"), Origin.COMMAND)
    return Page(state=document.encode_state())


def operations(page: Page) -> list[Delta]:
    """Every delta that reaches the CRDT from now on, without the retain to its place."""
    heard: list[Delta] = []

    def note(delta: Delta, _: Origin) -> None:
        first = delta[0]
        skips = isinstance(first, Retain) and not first.attributes
        heard.append(delta[1:] if skips else delta)

    page.document.on_change(note)
    return heard


def select(page: Page, start: int, end: int) -> Selection:
    first, last = page.qt.findBlock(start), page.qt.findBlock(end)
    return Selection(
        page.binding.mirror, start, end, first.blockNumber(), last.blockNumber(), first.position()
    )


def run(page: Page, delta: Delta | None) -> None:
    assert delta
    page.document.apply(delta, Origin.COMMAND)


class TestSmallestOperations:
    def test_a_letter_is_one_insert(self, page: Page) -> None:
        heard = operations(page)
        page.cursor(3).insertText("x")
        assert heard == [[Insert("x")]]

    def test_bold_on_three_characters_is_one_format(self, page: Page) -> None:
        heard = operations(page)
        run(page, commands.toggle_mark(select(page, 4, 7), "bold"))
        assert heard == [[Retain(3, {"bold": True})]]

    def test_bold_over_paragraphs_is_one_format_too(self, page: Page) -> None:
        heard = operations(page)
        run(page, commands.toggle_mark(select(page, 9, 16), "bold"))
        assert heard == [[Retain(7, {"bold": True})]]
        page.check()

    def test_bold_goes_around_code(self, page: Page) -> None:
        page.document.apply(format_range(17, 1, {"code-block": True}), Origin.COMMAND)
        heard = operations(page)
        run(page, commands.toggle_mark(select(page, 9, 20), "bold"))
        bold = {"bold": True}
        assert heard == [[Retain(4, bold), Retain(5), Retain(2, bold)]]

    def test_a_list_toggle_touches_only_newlines(self, page: Page) -> None:
        heard = operations(page)
        run(page, commands.toggle_list(select(page, 2, 15), "bullet"))
        kind = {"list": "bullet"}
        assert heard == [[Retain(1, kind), Retain(3), Retain(1, kind)]]

    def test_replacing_keeps_common_head_and_tail(self, page: Page) -> None:
        heard = operations(page)
        cursor = page.cursor(8, 4)
        cursor.insertText("world")
        changed = [step for delta in heard for step in delta if not isinstance(step, Retain)]
        deleted = sum(step.length for step in changed if isinstance(step, Delete))
        assert deleted <= 4
        assert page.document.text().startswith("One world")

    def test_pasting_over_a_selection_keeps_its_head_and_tail(self, page: Page) -> None:
        heard = operations(page)
        run(page, commands.replace(select(page, 0, 13), [Insert("One small word here")]))
        assert heard == [[Insert("small ")]]
        assert page.document.text().startswith("One small word here\n")

    def test_pasting_the_same_in_bold_only_formats(self, page: Page) -> None:
        heard = operations(page)
        run(page, commands.replace(select(page, 4, 8), [Insert("word", {"bold": True})]))
        assert heard == [[Retain(4, {"bold": True})]]

    def test_pasting_paragraphs_keeps_the_newlines_that_were_there(self, page: Page) -> None:
        heard = operations(page)
        run(page, commands.replace(select(page, 9, 20), [Insert("here\nTwo and a half\nTh")]))
        assert heard == [[Insert(" and a half")]]

    def test_one_embed_is_not_taken_for_another(self, page: Page) -> None:
        first, second = Embed({"footnote": "a"}), Embed({"footnote": "b"})
        page.document.apply([Insert(first), Insert(second)], Origin.COMMAND)
        heard = operations(page)
        run(page, commands.replace(select(page, 0, 2), [Insert(second)]))
        assert heard == [[Delete(1)]]
        assert page.document.contents()[0].content == second
        page.check()

    def test_a_check_is_one_format_of_a_newline(self, page: Page) -> None:
        run(page, commands.toggle_list(select(page, 0, 22), "unchecked"))
        heard = operations(page)
        run(page, commands.toggle_checked(select(page, 14, 14)))
        assert heard == [[Retain(1, {"list": "checked"})]]

    def test_asking_changes_nothing(self, page: Page) -> None:
        before, shown = page.document.state_vector(), page.binding.mirror.length
        selection = select(page, 2, 15)
        for ask in (
            commands.toggle_quote,
            commands.toggle_code_block,
            commands.clear_format,
            commands.new_paragraph,
            commands.insert_divider,
            lambda chosen: commands.toggle_list(chosen, "bullet"),
            lambda chosen: commands.toggle_mark(chosen, "bold"),
            lambda chosen: commands.insert_footnote(chosen, "note"),
            lambda chosen: commands.replace(chosen, [Insert("x")]),
        ):
            ask(selection)
        assert page.document.state_vector() == before
        assert page.binding.mirror.length == shown

    def test_the_letter_typed_is_the_one_inserted(self, page: Page) -> None:
        page.document.apply(insert(0, "aaa"), Origin.COMMAND)
        heard: list[Delta] = []
        page.document.on_change(lambda delta, _: heard.append(delta))
        page.cursor(1).insertText("a")
        assert heard == [[Retain(1), Insert("a")]]

    def test_looking_writes_nothing(self, page: Page) -> None:
        before = page.document.state_vector()
        page.qt.markContentsDirty(0, page.qt.characterCount())
        QCoreApplication.processEvents()
        assert page.document.state_vector() == before

    def test_showing_what_others_wrote_writes_nothing(self, page: Page) -> None:
        own: list[bytes] = []
        page.document.on_update(lambda update, _: own.append(update))
        other = Page(state=page.document.encode_state())
        run(other, commands.toggle_list(select(other, 2, 15), "ordered"))
        other.cursor(5).insertText("é😀")
        other.cursor(16).deletePreviousChar()
        page.document.apply_update(other.document.encode_state())
        QCoreApplication.processEvents()
        page.check()
        assert own == []


class TestEndOfText:
    def test_an_empty_document_gets_its_newline_with_the_first_letter(
        self, qapp: QCoreApplication
    ) -> None:
        page = Page()
        page.cursor(0).insertText("a")
        assert page.document.text() == "a\n"
        page.check()

    def test_deleting_everything_keeps_the_last_newline(self, page: Page) -> None:
        page.cursor(page.qt.characterCount() - 1, 0).removeSelectedText()
        assert page.document.text() == "\n"
        page.check()

    def test_the_closing_newline_is_no_step_to_undo(self, qapp: QCoreApplication) -> None:
        page = Page()
        page.cursor(0).insertText("a")
        assert page.document.undo()
        assert page.document.text() == "\n"
        assert not page.document.undo_history.can_undo
        page.check()

    def test_qt_counts_one_too_many_at_the_ends(self, page: Page) -> None:
        told: list[tuple[int, int, int]] = []
        page.qt.contentsChange.connect(lambda *change: told.append(change))
        heard = operations(page)
        cursor = page.cursor(page.qt.characterCount() - 1, 0)
        cursor.insertText("all new")  # as a key over "select all" does
        assert max(max(change) for change in told) > page.binding.mirror.length
        assert page.document.text() == "all new\n"
        assert len(heard) == len([step for step in heard if step])
        page.check()

    @pytest.mark.parametrize("text", ["x", "x\n", "\n\n", "x\ny"])
    def test_a_peer_may_write_behind_the_last_newline(self, page: Page, text: str) -> None:
        page.document.apply(insert(page.document.length, text), Origin.COMMAND)
        page.check()

    def test_a_peer_may_delete_the_last_newline(self, page: Page) -> None:
        page.document.apply(delete(page.document.length - 1, 1), Origin.COMMAND)
        page.check()
        page.cursor(0).insertText("y")
        assert page.document.text().endswith("Three\n")
        page.check()


class TestQtFacts:
    @pytest.mark.parametrize(
        "text", ["a\u2028b", "a\u2029b", "a\ufffcb", "a\0b", "a\rb", "a\ufdd0b", "a\ufdd1b"]
    )
    def test_odd_characters_of_a_peer_survive_editing_beside_them(
        self, page: Page, text: str
    ) -> None:
        page.document.apply(insert(0, text), Origin.COMMAND)
        page.check()
        page.cursor(1).insertText("!")
        assert page.document.text().startswith(f"{text[0]}!{text[1:]}")
        page.check()

    def test_surrogate_pairs_keep_positions_apart(self, page: Page) -> None:
        page.cursor(0).insertText("😀😀")
        page.cursor(2).insertText("é")
        page.cursor(3).deleteChar()
        assert page.document.text().startswith("😀éOne")
        page.check()

    def test_joined_paragraphs_show_what_the_crdt_says(self, page: Page) -> None:
        page.document.apply(format_range(13, 1, {"header": 1}), Origin.COMMAND)
        page.cursor(14).deletePreviousChar()
        QCoreApplication.processEvents()
        page.check()

    def test_a_joined_paragraph_stays_what_the_first_one_was(self, page: Page) -> None:
        page.document.apply(format_range(17, 1, {"header": 1}), Origin.COMMAND)
        page.cursor(14).deletePreviousChar()
        page.check()
        assert [part.content for part in page.document.contents()] == ["One word hereTwo\nThree\n"]

    def test_an_empty_paragraph_gives_way_to_what_joins_it(self, page: Page) -> None:
        delta: Delta = [Insert("\n"), *format_range(13, 1, {"header": 1})]
        page.document.apply(delta, Origin.COMMAND)
        page.cursor(1).deletePreviousChar()
        page.check()
        assert page.document.contents()[1] == Insert("\n", {"header": 1})

    def test_list_and_block_formats_are_told_as_whole_blocks_and_write_nothing(
        self, page: Page
    ) -> None:
        told: list[tuple[int, int, int]] = []
        page.qt.contentsChange.connect(lambda *change: told.append(change))
        own: list[bytes] = []
        page.document.on_update(lambda update, _: own.append(update))
        page.cursor(2).createList(QTextListFormat.Style.ListDisc)
        block_format = QTextBlockFormat()
        block_format.setTopMargin(40)
        page.cursor(15).setBlockFormat(block_format)
        assert max(removed for _, removed, _ in told) >= len("Two\n")
        assert own == []

    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<b>bold</b> plain", "bold plain"),
            ("<p>one</p><p>two</p>", "one\ntwo"),
            ("<ul><li>item</li></ul>", "item"),
            ("a<img src='nothing.png'>b", "a\ufffdb"),
        ],
    )
    def test_what_insert_html_brings_is_text_and_looks_like_it(
        self, qapp: QCoreApplication, html: str, text: str
    ) -> None:
        page = Page()
        page.cursor(0).insertHtml(html)
        page.check()
        assert text in page.document.text()
        assert all(not part.attributes for part in page.document.contents())

    def test_all_paragraphs_that_changed_at_once_are_looked_over(self, page: Page) -> None:
        cursor = page.cursor(3)
        cursor.beginEditBlock()
        cursor.insertText("x")  # looks right
        cursor.setPosition(16)
        cursor.insertHtml("<b>b</b>")  # does not
        cursor.endEditBlock()
        page.check()
        assert page.document.text() == "Onex word here\nTbwo\nThree\n"

    def test_equal_footnotes_that_change_places_are_counted_anew(self, page: Page) -> None:
        note = Embed({"footnote": "same"})
        page.document.apply([Insert(note), Insert(note)], Origin.COMMAND)
        cursor = page.cursor(1, 0)
        fragment = cursor.selection()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        cursor.setPosition(1)
        cursor.insertFragment(fragment)
        cursor.endEditBlock()
        page.check()

    def test_a_table_from_outside_becomes_paragraphs(self, page: Page) -> None:
        page.cursor(3).insertHtml("<table><tr><td>x</td><td>y</td></tr></table>")
        page.check()
        assert not page.qt.rootFrame().childFrames()
        assert "x\ny" in page.document.text()

    def test_half_a_surrogate_pair_is_shown_and_kept_as_a_stand_in(self, page: Page) -> None:
        page.cursor(0).insertText("😀")
        page.cursor(1).deleteChar()
        page.check()
        assert page.document.text().startswith("\ufffdOne")

    @pytest.mark.parametrize("odd", ["\0", "\ufffc"])
    def test_odd_characters_typed_here_become_stand_ins(self, page: Page, odd: str) -> None:
        page.cursor(3).insertText(f"a{odd}b")
        page.check()
        assert odd not in page.document.text()
        assert len(page.document.text()) == len("One word here\nTwo\nThree\n") + 3

    def test_qt_goes_on_with_a_list_and_the_crdt_with_it(self, page: Page) -> None:
        page.document.apply(format_range(13, 1, {"list": "ordered"}), Origin.COMMAND)
        page.cursor(3).insertBlock()
        page.check()
        assert page.numbering()[:2] == ["ListDecimal 1.", "ListDecimal 2."]
        assert page.document.contents()[1] == Insert("\n", {"list": "ordered"})

    def test_cut_and_paste_of_rich_fragments_in_one_edit_block(self, page: Page) -> None:
        cursor = page.cursor(12, 2)
        fragment = cursor.selection()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertFragment(fragment)
        cursor.endEditBlock()
        QCoreApplication.processEvents()
        page.check()
        assert page.document.text() == "One\nTwo\nThreee word her\n"

    def test_an_embed_is_one_character(self, page: Page) -> None:
        page.document.apply(insert(3, Embed({"image": "sha256:1"})), Origin.COMMAND)
        page.check()
        page.cursor(4).insertText("!")
        page.cursor(3).insertText("?")
        kinds = [part.content for part in page.document.contents()]
        assert kinds[:3] == ["One?", Embed({"image": "sha256:1"}), "! word here\nTwo\nThree\n"]
        page.check()


class TestLists:
    def test_a_long_list_is_not_walked_for_each_item(
        self, qapp: QCoreApplication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = Page()
        items = [Insert("x"), Insert("\n", {"list": "ordered"})] * 500
        page.document.apply(items, Origin.COMMAND)
        asked: list[str] = []
        level_of = lists.list_level
        monkeypatch.setattr(
            lists, "list_level", lambda paragraph: (asked.append("?"), level_of(paragraph))[1]
        )
        run(page, commands.new_paragraph(select(page, 401, 401)))
        assert 0 < len(asked) < 20, len(asked)
        monkeypatch.undo()
        page.check()

    def test_numbers_go_on_around_a_deeper_level_and_start_anew_behind_text(
        self, qapp: QCoreApplication
    ) -> None:
        page = Page()
        kinds = ["ordered", "ordered", "ordered 1", "ordered", "", "ordered", "bullet", "ordered"]
        delta: Delta = []
        for kind in kinds:
            name, _, indent = kind.partition(" ")
            attributes: dict[str, object] = {"list": name} if name else {}
            if indent:
                attributes["indent"] = int(indent)
            delta += [Insert("x"), Insert("\n", attributes)]
        page.document.apply(delta, Origin.COMMAND)
        page.check()
        shown = [mark.split(" ")[-1] for mark in page.numbering()]
        assert shown[:6] == ["1.", "2.", "a.", "3.", "", "1."]
        assert shown[7] == "1."

    def test_a_loaded_document_is_numbered_as_an_edited_one(self, qapp: QCoreApplication) -> None:
        rng = random.Random(7)
        page = Page()
        for _ in range(40):
            attributes = rng.choice(
                [{}, {"list": "ordered"}, {"list": "bullet"}, {"list": "ordered", "indent": 1}]
            )
            place = rng.randint(0, page.document.length)
            page.document.apply([*insert(place, "x"), Insert("\n", attributes)], Origin.COMMAND)
        again = Page(state=page.document.encode_state())
        again.check()
        assert again.numbering() == page.numbering()

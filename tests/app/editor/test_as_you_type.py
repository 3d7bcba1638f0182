"""What is rewritten while it is typed: each trigger, each way back, and what is left alone."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor.as_you_type import AsYouType
from sync.document.delta import Embed, Insert, insert
from sync.types import Origin
from tests.app.editor.desk import CTRL, SHIFT, Desk
from tests.app.editor.pages import Page

LINK = "https://example.org/a_(b)"


class TypingDesk(Desk):
    """A desk where typing is watched; "\\n" typed is Enter."""

    def __init__(self, qtbot: QtBot, text: str = "") -> None:
        super().__init__(qtbot, text)
        self.language = "en"
        self.watch = AsYouType(self.editor, lambda: self.language)

    def type(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            if number:
                self.key(Qt.Key.Key_Return)
            for character in line:
                if ord(character) < 128:
                    self.bot.keyClicks(self.editor, character)
                else:  # QTest knows the keys of ASCII only; others come from an input method
                    event = QInputMethodEvent("", [])
                    event.setCommitString(character)
                    QApplication.sendEvent(self.editor, event)

    def undo(self) -> None:
        self.key(Qt.Key.Key_Z, CTRL)

    def backspace(self) -> None:
        self.key(Qt.Key.Key_Backspace)


@pytest.fixture
def desk(qtbot: QtBot) -> TypingDesk:
    return TypingDesk(qtbot)


BLOCKS = [
    *(("#" * level + " ", {"header": level}) for level in range(1, 7)),
    *((marker, {"list": "bullet"}) for marker in ("- ", "* ", "+ ")),
    *((marker, {"list": "ordered"}) for marker in ("1. ", "1) ")),
    *((marker, {"list": "unchecked"}) for marker in ("[] ", "[ ] ")),
    ("[x] ", {"list": "checked"}),
    ("> ", {"blockquote": True}),
    ("``` ", {"code-block": True}),
    ("```python ", {"code-block": "python"}),
]

INLINE = [
    ("**bold**", "bold", {"bold": True}),
    ("__bold__", "bold", {"bold": True}),
    ("*two words*", "two words", {"italic": True}),
    ("_two words_", "two words", {"italic": True}),
    ("***both***", "both", {"bold": True, "italic": True}),
    ("~~gone~~", "gone", {"strike": True}),
    ("`a_b*c`", "a_b*c", {"code": True}),
    (f"[words]({LINK})", "words", {"link": LINK}),
    ("**\u00e9\U0001f600\u4e2d**", "\u00e9\U0001f600\u4e2d", {"bold": True}),
]


class TestParagraphs:
    @pytest.mark.parametrize(("marker", "block"), BLOCKS)
    @pytest.mark.parametrize("way", ["undo", "backspace"])
    def test_a_marker_becomes_the_paragraph_and_comes_back(
        self, desk: TypingDesk, marker: str, block: dict, way: str
    ) -> None:
        desk.type(marker)
        assert desk.contents == [Insert("\n", block)]
        getattr(desk, way)()
        assert desk.contents == [Insert(f"{marker}\n")]
        desk.caret(len(marker))
        desk.type("x")
        assert desk.contents == [Insert(f"{marker}x\n")]

    def test_the_text_behind_the_marker_stays_and_others_paragraphs_too(self, qtbot: QtBot) -> None:
        desk = TypingDesk(qtbot, "one\ntwo\nthree\n")
        desk.caret(4)
        desk.type("## ")
        assert desk.contents == [
            Insert("one\ntwo"),
            Insert("\n", {"header": 2}),
            Insert("three\n"),
        ]
        assert desk.editor.textCursor().position() == 4
        desk.type("x")
        assert desk.text == "one\nxtwo\nthree\n"

    @pytest.mark.parametrize("marker", ["---", "***"])
    def test_enter_makes_a_divider(self, desk: TypingDesk, marker: str) -> None:
        desk.type(f"above\n{marker}\n")
        assert desk.contents == [
            Insert("above\n"),
            Insert(Embed({"divider": True})),
            Insert("\n\n"),
        ]
        desk.type("below")
        assert desk.text == "above\n\nbelow\n"
        desk.undo()
        desk.undo()
        assert desk.text == f"above\n{marker}\n\n"

    @pytest.mark.parametrize(("typed", "language"), [("```\n", True), ("```c++\n", "c++")])
    def test_enter_makes_a_code_block(self, desk: TypingDesk, typed: str, language: object) -> None:
        desk.type(typed)
        assert desk.contents == [Insert("\n", {"code-block": language})]
        desk.backspace()
        assert desk.text == f"{typed}\n"

    def test_a_check_list_from_a_bullet(self, desk: TypingDesk) -> None:
        desk.type("- [ ] milk")
        assert desk.contents == [Insert("milk"), Insert("\n", {"list": "unchecked"})]

    def test_a_heading_changes_its_level(self, desk: TypingDesk) -> None:
        desk.type("# ## x")
        assert desk.contents == [Insert("x"), Insert("\n", {"header": 2})]

    @pytest.mark.parametrize("typed", ["a # b", " # b", "####### b", "2. b", "-- b", "#b", "x---"])
    def test_what_is_no_marker_stays(self, desk: TypingDesk, typed: str) -> None:
        desk.watch.smart_punctuation = False
        desk.type(f"{typed}\n")
        assert desk.contents == [Insert(f"{typed}\n\n")]

    @pytest.mark.parametrize("first", ["> ", "- ", "1. ", "# "])
    def test_a_marker_in_another_paragraph_stays(self, desk: TypingDesk, first: str) -> None:
        desk.type(f"{first}> ")
        assert desk.text == "> \n"


class TestWords:
    @pytest.mark.parametrize(("typed", "text", "marks"), INLINE)
    @pytest.mark.parametrize("way", ["undo", "backspace"])
    def test_a_marker_becomes_a_mark_and_comes_back(
        self, desk: TypingDesk, typed: str, text: str, marks: dict, way: str
    ) -> None:
        desk.type(f"so ({typed}")
        assert desk.contents == [Insert("so ("), Insert(text, marks), Insert("\n")]
        getattr(desk, way)()
        assert desk.contents == [Insert(f"so ({typed}\n")]
        desk.caret(len(desk.page.qt.toPlainText().encode("utf-16-le")) // 2)
        desk.type(")")
        assert desk.contents == [Insert(f"so ({typed})\n")]

    @pytest.mark.parametrize(("typed", "text", "marks"), INLINE)
    def test_what_is_typed_behind_a_mark_does_not_bear_it(
        self, desk: TypingDesk, typed: str, text: str, marks: dict
    ) -> None:
        desk.type(f"{typed}) on")
        assert desk.contents == [Insert(text, marks), Insert(") on\n")]
        desk.undo()
        desk.undo()
        assert desk.contents == [Insert(f"{typed}\n")]

    @pytest.mark.parametrize(
        "typed",
        [
            *("snake_case_name", "a_b_", "2*3*4", "2**3**", "a ** b **", "* *", "**", "____"),
            *("\\*a*", "x`y`", "~a~", "[a](b)", "[a](javascript:alert)", "[](https://a.b)"),
            *("![a](https://example.org/a.png)", "_private_name", "[a](https://)"),
        ],
    )
    def test_what_is_no_marker_stays(self, desk: TypingDesk, typed: str) -> None:
        desk.type(f"x {typed}")
        assert desk.contents == [Insert(f"x {typed}\n")]

    def test_nested(self, desk: TypingDesk) -> None:
        desk.type("**a *b* c**")
        assert desk.contents == [
            Insert("a ", {"bold": True}),
            Insert("b", {"bold": True, "italic": True}),
            Insert(" c", {"bold": True}),
            Insert("\n"),
        ]

    def test_marks_of_the_text_around_go_on(self, desk: TypingDesk) -> None:
        desk.editor.toggle_mark("italic")
        desk.type("a **b** c")
        italic = {"italic": True}
        assert desk.contents == [
            Insert("a ", italic),
            Insert("b", {**italic, "bold": True}),
            Insert(" c", italic),
            Insert("\n"),
        ]


class TestCode:
    def test_nothing_is_rewritten_in_code(self, desk: TypingDesk) -> None:
        desk.type("a ")
        desk.editor.toggle_mark("code")
        typed = "**b** \"c\" 'd' e--f ... https://example.org g"
        desk.type(typed)
        assert desk.contents == [Insert("a "), Insert(typed, {"code": True}), Insert("\n")]

    def test_nothing_is_rewritten_in_a_code_block(self, desk: TypingDesk) -> None:
        desk.type("``` ")
        typed = '**b** "c" e--f ...'
        desk.type(typed)
        assert desk.contents == [Insert(typed), Insert("\n", {"code-block": True})]

    def test_nothing_is_rewritten_where_code_begins(self, desk: TypingDesk) -> None:
        desk.type('so `a--b "c"...` on')
        assert desk.contents == [
            Insert("so "),
            Insert('a--b "c"...', {"code": True}),
            Insert(" on\n"),
        ]

    def test_nothing_is_rewritten_in_an_address(self, desk: TypingDesk) -> None:
        desk.type("https://example.org/a--b...'c")
        assert desk.text == "https://example.org/a--b...'c\n"


class TestAddresses:
    @pytest.mark.parametrize(
        ("typed", "link", "target"),
        [
            ("https://example.org/a", "https://example.org/a", None),
            ("(www.example.org).", "www.example.org", "https://www.example.org"),
            ("ada@example.org,", "ada@example.org", "mailto:ada@example.org"),
            ("https://example.org/a_(b)!", LINK, None),
        ],
    )
    @pytest.mark.parametrize("end", [" ", "\n"])
    def test_a_typed_address_becomes_a_link(
        self, desk: TypingDesk, typed: str, link: str, target: str | None, end: str
    ) -> None:
        desk.type(f"see {typed}{end}")
        linked = Insert(link, {"link": target or link})
        assert linked in desk.contents
        assert desk.text == f"see {typed}{end}\n"
        if end == " ":
            desk.backspace()
            assert desk.contents == [Insert(f"see {typed} \n")]
            desk.type("on")
            assert desk.contents == [Insert(f"see {typed} on\n")]

    @pytest.mark.parametrize("typed", ["example.org ", "file:///etc ", "https:// ", "a@b "])
    def test_others_do_not(self, desk: TypingDesk, typed: str) -> None:
        desk.type(typed)
        assert desk.contents == [Insert(f"{typed}\n")]


QUOTED = {
    "en": "“Ada’s ‘book’ (“new”)”",
    "de": "„Ada’s ‚book‘ („new“)“",
    "de-CH": "«Ada’s ‹book› («new»)»",
    "fr": "«\u202fAda’s “book” («\u202fnew\u202f»)\u202f»",
    "fr-CA": "«\u00a0Ada’s “book” («\u00a0new\u00a0»)\u00a0»",
    "es": "“Ada’s ‘book’ (“new”)”",
    "it": "«Ada’s “book” («new»)»",
    "nl": "“Ada’s ‘book’ (“new”)”",
    "pl": "„Ada’s «book» („new”)”",
    "sv": "”Ada’s ’book’ (”new”)”",
    "fi": "”Ada’s ’book’ (”new”)”",
    "da": "“Ada’s ‘book’ (“new”)”",
    "nb": "«Ada’s ‘book’ («new»)»",
    "pt": "“Ada’s ‘book’ (“new”)”",
    "pt-PT": "«Ada’s “book” («new»)»",
    "ru": "«Ada’s „book“ («new»)»",
    "uk": "«Ada’s „book“ («new»)»",
    "cs": "„Ada’s ‚book‘ („new“)“",
    "hu": "„Ada’s »book« („new”)”",
    "zxx": '"Ada\'s \'book\' ("new")"',
}


class TestPunctuation:
    @pytest.mark.parametrize("language", QUOTED)
    def test_quotation_marks_are_those_of_the_language(
        self, desk: TypingDesk, language: str
    ) -> None:
        desk.language = language
        desk.type('"Ada\'s \'book\' ("new")"')
        assert desk.text == QUOTED[language] + "\n"

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("a--b", "a–b"),
            ("a -- b", "a – b"),
            ("a---b", "a—b"),
            ("wait...", "wait…"),
            ("a--\n", "a–\n"),
            ("---Hola", "—Hola"),
            ("-- a", "– a"),
            ("the '90s", "the ’90s"),
            ("rock 'n' roll", "rock ‘n’ roll"),
            # what is none
            ("ls --all", "ls --all"),
            ("--all", "--all"),
            ("a --> b", "a --> b"),
            ("<!-- b", "<!-- b"),
            ("a---- b", "a---- b"),
            ("a-b", "a-b"),
        ],
    )
    def test_dashes_dots_and_apostrophes(self, desk: TypingDesk, typed: str, expected: str) -> None:
        desk.type(typed)
        assert desk.text == f"{expected}\n"

    @pytest.mark.parametrize(
        ("language", "typed", "expected"),
        [
            ("fr", "Oui !", "Oui\u202f!"),
            ("fr", "Il dit : non", "Il dit\u00a0: non"),
            ("fr", "Oui!", "Oui!"),
            ("fr", '" Oui "', "«\u202fOui\u202f»"),
            ("fr-CA", "Oui !", "Oui !"),
            ("en", "Yes !", "Yes !"),
            ("de", "'Hans's'", "‚Hans’s‘"),
            ("de-AT", '"a"', "„a“"),
            ("pt_BR", '"a"', "“a”"),
        ],
    )
    def test_what_only_some_languages_do(
        self, desk: TypingDesk, language: str, typed: str, expected: str
    ) -> None:
        desk.language = language
        desk.type(typed)
        assert desk.text == f"{expected}\n"

    @pytest.mark.parametrize("way", ["undo", "backspace"])
    @pytest.mark.parametrize("language", QUOTED)
    @pytest.mark.parametrize("typed", ['x "', "x '", "it'", "a -- ", "a---b", "x..."])
    def test_each_comes_back_as_it_was_typed(
        self, desk: TypingDesk, typed: str, language: str, way: str
    ) -> None:
        desk.language = language
        desk.type(typed)
        if language == "zxx" and typed[-1] in "\"'":
            assert desk.text == f"{typed}\n"
            return
        assert desk.text != f"{typed}\n"
        getattr(desk, way)()
        assert desk.text == f"{typed}\n"

    def test_marks_stay(self, desk: TypingDesk) -> None:
        desk.editor.toggle_mark("bold")
        desk.type('"a"')
        assert desk.contents == [Insert("“a”", {"bold": True}), Insert("\n")]


class TestWhen:
    def test_switched_off(self, desk: TypingDesk) -> None:
        desk.watch.markdown = desk.watch.smart_punctuation = False
        typed = '# **a** "b" -- https://example.org ...\n---\n'
        desk.type(typed)
        assert desk.contents == [Insert(f"{typed}\n")]

    def test_backspace_later_is_a_backspace(self, desk: TypingDesk) -> None:
        desk.type("**a**b")
        desk.backspace()
        desk.backspace()
        assert desk.text == "\n"

    def test_backspace_after_the_caret_has_moved_is_a_backspace(self, desk: TypingDesk) -> None:
        desk.type("say **a**")
        desk.key(Qt.Key.Key_Left)
        desk.backspace()
        assert desk.text == "saya\n"

    def test_redo_formats_again(self, desk: TypingDesk) -> None:
        desk.type("**a**")
        desk.undo()
        desk.key(Qt.Key.Key_Z, CTRL | SHIFT)
        assert desk.contents == [Insert("a", {"bold": True}), Insert("\n")]

    def test_a_conversion_is_a_small_change(self, desk: TypingDesk) -> None:
        desk.type("long words **and more*")
        heard: list = []
        desk.page.document.on_change(lambda delta, origin: heard.append((origin, len(delta))))
        desk.type("*")
        # Typed, then: over, marker away, mark, marker away.
        assert heard == [(Origin.VIEW, 2), (Origin.COMMAND, 4)]

    def test_an_input_method_at_work_is_left_alone(self, desk: TypingDesk) -> None:
        desk.type("**a*")
        QApplication.sendEvent(desk.editor, QInputMethodEvent("*", []))
        assert desk.text == "**a*\n"
        done = QInputMethodEvent("", [])
        done.setCommitString("*")
        QApplication.sendEvent(desk.editor, done)
        assert desk.contents == [Insert("a", {"bold": True}), Insert("\n")]

    @pytest.mark.parametrize("index", [0, 3, 7])
    def test_backspace_takes_back_though_others_write(self, desk: TypingDesk, index: int) -> None:
        desk.type("say **now**")
        other = Page(state=desk.page.document.encode_state())
        other.document.apply(insert(index, "XY"), Origin.COMMAND)
        desk.page.document.apply_update(other.document.encode_state())
        desk.backspace()
        assert desk.text.replace("XY", "") == "say **now**\n"
        assert all(not part.attributes for part in desk.contents)


PIECES = [
    *("# ", "- ", "1. ", "> ", "[ ] ", "``` ", "```py\n", "---\n", "**", "*", "_", "__", "`", "~~"),
    *('"', "'", "--", "---", "...", " ", "\n", "a", "word", "https://example.org ", "[a](", ")"),
    *("é", "😀", "(", "!", ":", "x@example.org"),
]
HANDS = [*PIECES, "<left>", "<others>"]
RESTLESS = [*HANDS, "<undo>", "<redo>", "\b"]


def write_something(desk: TypingDesk, rng: random.Random, pieces: list[str]) -> int:
    """Type pieces at random; return how many letters others have put in."""
    desk.language = rng.choice(list(QUOTED))
    others = 0
    for _ in range(60):
        match rng.choice(pieces):
            case "\b":
                desk.backspace()
            case "<left>":
                desk.key(Qt.Key.Key_Left)
            case "<undo>":
                desk.undo()
            case "<redo>":
                desk.key(Qt.Key.Key_Z, CTRL | SHIFT)
            case "<others>":
                other = Page(state=desk.page.document.encode_state())
                block = other.qt.findBlockByNumber(rng.randrange(other.qt.blockCount()))
                other.cursor(block.position()).insertText("Ω")
                desk.page.document.apply_update(other.document.encode_state())
                others += 1
            case piece:
                desk.type(piece)
        _ = desk.text  # page and document agree
    return others


def undo_all(desk: TypingDesk) -> None:
    for _ in range(1_000):
        if not desk.page.document.undo_history.can_undo:
            return
        desk.undo()
        _ = desk.text
    raise AssertionError("there is no end to undoing")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_typed_undo_leads_back_to_nothing(qtbot: QtBot, seed: int) -> None:
    desk = TypingDesk(qtbot)
    others = write_something(desk, random.Random(seed), HANDS)
    undo_all(desk)
    assert desk.text.strip("\n") == "Ω" * others


@pytest.mark.parametrize("seed", range(12))
def test_undo_and_redo_may_come_between(qtbot: QtBot, seed: int) -> None:
    desk = TypingDesk(qtbot)
    write_something(desk, random.Random(seed), RESTLESS)
    undo_all(desk)


@pytest.mark.parametrize("seed", range(6))
def test_switched_off_the_text_is_what_was_typed(qtbot: QtBot, seed: int) -> None:
    rng = random.Random(seed)
    desk = TypingDesk(qtbot)
    desk.watch.markdown = desk.watch.smart_punctuation = False
    typed = "".join(rng.choice(PIECES) for _ in range(60))
    desk.type(typed)
    assert desk.contents == [Insert(f"{typed}\n")]

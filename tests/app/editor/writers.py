"""Writers at random: hands on real editors, a program beside them, a peer without manners."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPointF, Qt
from PySide6.QtGui import QDropEvent, QInputMethodEvent, QKeyEvent, QTextCursor

from app.editor import clipboard, commands
from app.editor.commands import Selection
from app.editor.editor import Editor
from sync.document.delta import Delta, Embed, delete, format_range, insert
from sync.document.document import Document
from sync.types import Origin
from tests.app.editor.pages import Page

TEXTS = [
    *("a", "bc", " ", "word ", "é", "中文", "日本語", "😀", "👩🏽‍🚀", "שלום", "مرحبا", "हिन्दी"),
    *("e\u0301", "\u2028", "ไทย", "𝔘", "🇩🇪"),
]
HOSTILE = ["\0", "\u2029", "\ufffc", "\r", "\ufdd0", "\ufdd1", "x\ny", "\n\n", "a\ufffc\0b"]
IMAGE = Embed({"image": "sha256:" + 64 * "0"})
EMBEDS = [
    IMAGE,
    Embed({"image": "http://example.org/x.png"}),
    Embed({"image": "javascript:1"}),
    Embed({"divider": True}),
    Embed({"footnote": "one"}),
    Embed({"footnote": "two"}),
    Embed({"table": {"rows": [1, 2]}}),
]
INLINE: list[dict[str, object]] = [
    {"bold": True},
    {"bold": None},
    {"italic": True},
    {"underline": True},
    {"strike": True},
    {"code": True},
    {"code": None},
    {"link": "https://example.org"},
    {"link": "javascript:alert(1)"},
    {"link": None},
    {"color": "#ff0000"},
    {"background": "rgb(1, 2, 3)"},
    {"background": 5},
    {"script": "super"},
    {"script": "sub"},
    {"alt": "words", "width": 40, "height": "30"},
    {"alt": None},
    {"embed": 1},
    {"unheard-of": 1},
]
BLOCKS: list[dict[str, object]] = [
    {"header": 1},
    {"header": None},
    {"header": 9},
    {"list": "bullet"},
    {"list": "ordered"},
    {"list": "ordered", "indent": 1},
    {"list": "checked"},
    {"list": "unchecked", "indent": 8},
    {"list": None, "indent": None},
    {"blockquote": True},
    {"code-block": True},
    {"code-block": "python", "list": "ordered"},
    {"code-block": None},
    {"align": "right"},
    {"direction": "rtl"},
    {"direction": None, "align": None},
]
HTML = [
    "<b>bold</b> plain",
    "<p>one</p><p>two</p>",
    "<h1>head</h1><ul><li>item</li></ul>",
    "<table><tr><td>x</td><td>y</td></tr></table>",
    "<img src='nothing.png'>",
    "<hr>",
]

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYS = [
    *[(Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")] * 4,
    (Qt.Key.Key_Return, SHIFT, "\r"),
    (Qt.Key.Key_Return, CTRL, "\r"),
    *[(Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, "\b")] * 4,
    (Qt.Key.Key_Backspace, CTRL, "\b"),
    *[(Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "\x7f")] * 2,
    (Qt.Key.Key_Delete, CTRL, "\x7f"),
    (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier, "\t"),
    (Qt.Key.Key_Backtab, SHIFT, ""),
    (Qt.Key.Key_K, CTRL, "\x0b"),
]


class Drop(QDropEvent):
    """A drop that says where it was dragged from, as only a real drag could."""

    def __init__(self, source: QObject, place: QPointF, mime: QMimeData) -> None:
        moves = Qt.DropAction.MoveAction
        button = Qt.MouseButton.LeftButton
        super().__init__(place, moves, mime, button, Qt.KeyboardModifier.NoModifier)
        self.setDropAction(moves)
        self._source = source

    def source(self) -> QObject:
        return self._source


class Writer(Page):
    """A page with an editor on it. Others' updates wait in `inbox`, in the order they came."""

    def __init__(self, client_id: int | None = None, beside: Writer | None = None) -> None:
        super().__init__(client_id, beside=beside)
        self.editor = Editor()
        self.editor.resize(500, 300)
        self.editor.show_binding(self.binding)
        self.inbox: list[bytes] = []

    def receive(self, count: int) -> None:
        """Take updates in, unless a composition makes them wait, as the window does it."""
        if self.editor.composing:
            return
        some, self.inbox = self.inbox[:count], self.inbox[count:]
        for update in some:
            self.document.apply_update(update)

    # Hands

    def write(self, rng: random.Random, others: list[Writer]) -> None:
        """Do one thing."""
        if rng.random() < 0.7:
            self.select_something(rng)
        act: Callable[[random.Random], None] = rng.choices(
            [
                self.type,
                self.press,
                self.compose,
                self.command,
                self.paste,
                self.undo_or_redo,
                self.program,
                lambda rng: self.drag(rng, rng.choice([self, *others])),
            ],
            [30, 25, 10, 35, 8, 8, 8, 8],
        )[0]
        act(rng)

    def snap(self, position: int) -> int:
        """The nearest position that is not inside a surrogate pair."""
        low = self.qt.characterAt(position)
        return position - 1 if position and "\udc00" <= (low or " ") <= "\udfff" else position

    def select_something(self, rng: random.Random) -> None:
        end = self.qt.characterCount() - 1
        start = rng.choice([0, end, rng.randint(0, end), rng.randint(0, end)])
        stop = start + rng.choice([0, 0, 1, 3, rng.randint(0, end - start)])
        ends = [self.snap(start), self.snap(min(stop, end))]
        rng.shuffle(ends)
        cursor = self.editor.textCursor()
        cursor.setPosition(ends[0])
        cursor.setPosition(ends[1], QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)
        QCoreApplication.sendEvent(self.editor, event)

    def type(self, rng: random.Random) -> None:
        for _ in range(rng.randint(1, 3)):
            self.key(Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, rng.choice(TEXTS))

    def press(self, rng: random.Random) -> None:
        self.key(*rng.choice(KEYS))

    def compose(self, rng: random.Random) -> None:
        """Compose on, or commit; a composition may stay open over many steps."""
        event = QInputMethodEvent(rng.choice(["に", "にほ", "", ""]), [])
        if rng.random() < 0.6:
            event.setCommitString(rng.choice(TEXTS))
        QCoreApplication.sendEvent(self.editor, event)

    def end_composition(self) -> None:
        QCoreApplication.sendEvent(self.editor, QInputMethodEvent())

    def command(self, rng: random.Random) -> None:
        rng.choice(COMMANDS)(self.editor, rng)

    def paste(self, rng: random.Random) -> None:
        selection = self.editor.selection()
        assert selection is not None
        mime = QMimeData()
        match rng.randrange(3):
            case 0:
                mime.setText(rng.choice(TEXTS) + rng.choice(HOSTILE) + rng.choice(TEXTS))
            case 1:  # over what was copied, or beside it
                mime = clipboard.copy(selection)
            case _:
                mime = clipboard.copy(selection)
                self.select_something(rng)
        self.editor.insertFromMimeData(mime)

    def drag(self, rng: random.Random, source: Writer) -> None:
        """Drop what is selected in `source` (perhaps this one) here, to be moved."""
        selection = source.editor.selection()
        assert selection is not None
        if selection.is_caret:
            return
        mime = source.editor.createMimeDataFromSelection()
        place = QPointF(rng.randint(0, 400), rng.randint(0, 280))
        event = Drop(source.editor.viewport(), place, mime)
        self.editor.dropEvent(event)  # sent, it would want a real drag before it
        if event.isAccepted() and event.dropAction() is Qt.DropAction.MoveAction:
            source.editor.textCursor().removeSelectedText()  # as Qt does after a move

    def undo_or_redo(self, rng: random.Random) -> None:
        if rng.random() < 0.6:
            self.editor.undo()
        else:
            self.editor.redo()

    def program(self, rng: random.Random) -> None:
        """What code that knows nothing of the binding does to a QTextDocument."""
        if self.editor.composing:
            return
        cursor = self.editor.textCursor()
        match rng.randrange(8):
            case 0:
                cursor.removeSelectedText()
            case 1:
                cursor.insertBlock()
            case 2:
                cursor.beginEditBlock()
                cursor.insertText(rng.choice(TEXTS))
                cursor.deletePreviousChar()
                cursor.insertText(rng.choice(TEXTS))
                cursor.endEditBlock()
            case 3:
                fragment = cursor.selection()
                cursor.beginEditBlock()
                cursor.removeSelectedText()
                cursor.setPosition(self.snap(rng.randint(0, self.qt.characterCount() - 1)))
                cursor.insertFragment(fragment)
                cursor.endEditBlock()
            case 4:
                cursor.insertText(rng.choice(HOSTILE))
            case 5 | 6:
                cursor.insertHtml(rng.choice(HTML))
            case _:
                cursor.insertText(rng.choice(TEXTS))


def _embed(editor: Editor, rng: random.Random) -> None:
    editor.insert_embed(rng.choice(EMBEDS), rng.choice([{}, {"alt": "a", "width": 50}]))


def _mark(editor: Editor, rng: random.Random) -> None:
    name, value = rng.choice(list(rng.choice(INLINE[:15]).items()))
    if value is True:
        editor.toggle_mark(name)
    else:
        editor.set_mark(name, value)


def _run(command: Callable[..., Delta | None], **options: list[object]) -> Callable[..., object]:
    """A command whose options are drawn."""

    def run(editor: Editor, rng: random.Random) -> None:
        drawn = {name: rng.choice(choices) for name, choices in options.items()}
        chosen: Callable[[Selection], Delta | None] = partial(command, **drawn)
        composing = editor.composing  # ended before the command runs, so the caret moves
        if editor.can(chosen):
            assert editor.run(chosen) or composing

    return run


COMMANDS: list[Callable[[Editor, random.Random], object]] = [
    _mark,
    _mark,
    _mark,
    _embed,
    lambda editor, _: editor.clear_format(),
    _run(commands.set_header, level=[0, 1, 3, 6]),
    _run(commands.toggle_list, kind=["bullet", "ordered", "unchecked"]),
    _run(commands.toggle_list, kind=["bullet", "ordered", "unchecked"]),
    _run(commands.indent, step=[1, 1, -1]),
    _run(commands.toggle_checked),
    _run(commands.toggle_quote),
    _run(commands.toggle_code_block),
    _run(commands.set_align, align=["center", "right", "justify", None]),
    _run(commands.toggle_direction),
    _run(commands.set_link, target=["https://example.org", "http://a.b", None, "file:///x"]),
    _run(commands.insert_divider),
    _run(commands.insert_footnote, text=["note", "another"]),
    _run(commands.set_footnote, text=["better", ""]),
]


def write_raw(document: Document, rng: random.Random) -> None:
    """A peer that knows nothing of our manners; it may even delete the last newline."""
    start = rng.choice([0, document.length])
    match rng.randrange(6):
        case 0 if document.length and rng.random() < 0.3:
            document.apply(delete(0, document.length), Origin.COMMAND)
        case 1 if document.text().endswith("\n"):
            document.apply(delete(document.length - 1, 1), Origin.COMMAND)
        case 2 if document.length:
            document.apply(
                format_range(0, document.length, rng.choice(BLOCKS + INLINE)), Origin.COMMAND
            )
        case 3:
            attributes = rng.choice(BLOCKS + INLINE)
            document.apply(insert(start, rng.choice(EMBEDS), attributes), Origin.COMMAND)
        case _:
            text = rng.choice(HOSTILE + TEXTS)
            document.apply(insert(start, text, rng.choice(BLOCKS + INLINE)), Origin.COMMAND)

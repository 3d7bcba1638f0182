"""Rewrites what was typed while it is typed: Markdown, addresses, punctuation.

What was typed stands in the document as it was typed; each rewrite is one step
of its own behind it. So Ctrl+Z, and Backspace right behind a rewrite, give back
exactly what was typed.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from app.editor import addresses, autoformat, commands, punctuation
from app.editor.editor import Editor
from app.editor.line import Line, Rewrite
from sync.document.delta import Delta
from sync.types import LOCAL_ORIGINS, Origin

_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class AsYouType(QObject):
    """Watches what is typed into an editor."""

    def __init__(self, editor: Editor, language: Callable[[], str]) -> None:
        """Serve `editor`; `language` says the document's language as a BCP 47 tag."""
        super().__init__(editor)
        self.markdown = True
        """Whether Markdown becomes formats, and addresses links."""
        self.smart_punctuation = True
        """Whether quotes, dashes and dots become those of the language."""
        self._editor = editor
        self._language = language
        # Where the caret stands behind the rewrite that was the last local change; else None.
        self._behind: QTextCursor | None = None
        self._needs_boundary = False
        self._stop_listening: Callable[[], None] | None = None
        editor.typed_text.connect(self._typed)
        editor.input_filters.append(self._key)

    # What is typed

    def _typed(self, text: str) -> None:
        """Rewrite what the last typed character completes."""
        line = self._line()
        if line is None or not line.before.endswith(text[-1]):
            return
        if self.markdown:
            rewrite = autoformat.on_character(line)
            if rewrite is None and text[-1] == " ":
                rewrite = addresses.on_space(line)
            if rewrite is not None:
                self._apply(rewrite)
                return
        if self.smart_punctuation:
            rewrite = punctuation.on_character(line, self._language())
            if rewrite is not None:
                self._apply(rewrite)

    def _key(self, event: QKeyEvent) -> bool:
        """Take a rewrite back on Backspace, finish a paragraph on Enter."""
        plain = not event.modifiers() & ~_KEYPAD
        if event.key() == Qt.Key.Key_Backspace and plain and self._is_right_behind():
            self._editor.undo()
            return True
        if event.key() in _ENTER and plain:
            return self._enter()
        types = not event.modifiers() & ~(_KEYPAD | Qt.KeyboardModifier.ShiftModifier)
        letter = event.text()[:1] if types else ""
        if self._needs_boundary and letter.isalnum() and self._is_right_behind():
            self._editor.undo()  # _private_name: it was no emphasis
        return False

    def _enter(self) -> bool:
        """Rewrite what Enter completes; whether Enter itself has been done."""
        line = self._line()
        if line is None or not line.before:
            return False
        ended = line.before + "\n"
        if self.markdown and not line.after:
            rewrite = autoformat.on_enter(line)
            if rewrite is not None:
                self._editor.run(commands.new_paragraph)
                self._apply(rewrite)
                return True
        rewrite = None
        if self.markdown:
            rewrite = addresses.on_space(_with(line, ended))
        if rewrite is None and self.smart_punctuation:
            rewrite = punctuation.on_enter(line)
        if rewrite is not None:
            self._apply(rewrite)
        return False

    def _line(self) -> Line | None:
        """Return the paragraph with the caret; None where nothing may be rewritten."""
        editor = self._editor
        if editor.composing or editor.isReadOnly() or editor.textCursor().hasSelection():
            return None
        selection = editor.selection()
        return None if selection is None else Line.at_caret(selection)

    # Rewriting, and taking it back

    def _apply(self, rewrite: Rewrite) -> None:
        editor = self._editor
        binding = editor.binding
        assert binding is not None
        self._forget()
        editor.run(lambda _: rewrite.delta, (rewrite.caret, rewrite.caret))
        cursor = editor.textCursor()
        if rewrite.marks is not None:
            block = binding.mirror.paragraphs[cursor.blockNumber()].block
            editor.setCurrentCharFormat(binding.style.char_format(rewrite.marks, block))
        editor.ensureCursorVisible()
        self._behind = QTextCursor(cursor)
        self._behind.setKeepPositionOnInsert(True)  # as the caret: others write behind it
        self._needs_boundary = rewrite.needs_boundary
        self._stop_listening = binding.document.on_change(self._changed)

    def _is_right_behind(self) -> bool:
        """Whether the last local change was a rewrite, and the caret is where that left it."""
        cursor = self._editor.textCursor()
        return (
            self._behind is not None
            and self._behind.document() is cursor.document()
            and not self._editor.composing
            and not cursor.hasSelection()
            and cursor.position() == self._behind.position()
        )

    def _changed(self, _: Delta, origin: Origin) -> None:
        if origin in LOCAL_ORIGINS:
            self._forget()

    def _forget(self) -> None:
        self._behind = None
        self._needs_boundary = False
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None


def _with(line: Line, before: str) -> Line:
    """Return the line as if `before` stood before the caret."""
    return Line(line.start, line.block, line.runs, before, line.after)

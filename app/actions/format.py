"""The Format menu: marks of the selected text, kinds of the selected paragraphs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions.base import Menu
from app.editor import commands
from sync.document import schema

if TYPE_CHECKING:
    from app.main_window import MainWindow


class FormatActions(Menu):
    """Checked where the selection has the format; each is one step to undo."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        editor = window.editor
        keys = QKeySequence.StandardKey
        self.marks = {
            name: self.toggle(title, key, partial(editor.toggle_mark, name))
            for name, title, key in (
                (schema.BOLD, self.tr("&Bold"), keys.Bold),
                (schema.ITALIC, self.tr("&Italic"), keys.Italic),
                (schema.UNDERLINE, self.tr("&Underline"), keys.Underline),
            )
        }
        self.headings = [
            self.toggle(
                self.tr("Heading %n", "", level) if level else self.tr("Body text"),
                f"Ctrl+Alt+{level}",
                partial(editor.run, partial(commands.set_header, level=level)),
            )
            for level in range(schema.MAX_HEADER + 1)
        ]
        self.group(self.headings)
        self.lists = {
            kind: self.toggle(
                title, key, partial(editor.run, partial(commands.toggle_list, kind=kind))
            )
            for kind, title, key in (
                (schema.BULLET, self.tr("B&ullet list"), "Ctrl+Shift+8"),
                (schema.ORDERED, self.tr("&Numbered list"), "Ctrl+Shift+7"),
            )
        }
        self.indent = self.add(
            self.tr("In&dent"), "Ctrl+]", lambda: editor.run(lambda s: commands.indent(s, 1))
        )
        self.outdent = self.add(
            self.tr("&Outdent"), "Ctrl+[", lambda: editor.run(lambda s: commands.indent(s, -1))
        )
        self.title = self.tr("F&ormat")
        self.entries = [
            *(*self.marks.values(), None, *self.headings, None),
            *(*self.lists.values(), self.indent, self.outdent),
        ]

    def refresh(self) -> None:
        """Follow the selection and the role."""
        editor = self.window.editor
        selection = editor.selection()
        writable = selection is not None and not editor.isReadOnly()
        for action in (*self.marks.values(), *self.headings, *self.lists.values()):
            action.setEnabled(writable)
        in_list = False
        if selection is not None:
            for name, action in self.marks.items():
                action.setChecked(editor.mark_is_on(name))
            self.headings[commands.header_level(selection)].setChecked(True)
            kind = commands.list_kind(selection)
            in_list = kind is not None
            for name, action in self.lists.items():
                action.setChecked(name == kind)
        self.indent.setEnabled(writable and in_list)
        self.outdent.setEnabled(writable and in_list)

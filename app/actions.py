"""Everything that menus, toolbar and shortcuts can do, in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.editor import commands
from sync.document import schema

if TYPE_CHECKING:
    from app.main_window import MainWindow

_Key = QKeySequence.StandardKey | str | None


class Actions(QObject):
    """The window's actions; `refresh` brings them in step with what is selected."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        editor = window.editor
        keys = QKeySequence.StandardKey
        self.new = self._add(self.tr("&New document"), keys.New, window.new_document)
        self.import_file = self._add(self.tr("&Import…"), keys.Open, window.import_file)
        self.export_file = self._add(self.tr("&Export…"), "Ctrl+Shift+E", window.export_file)
        self.rename = self._add(self.tr("&Rename"), "F2", window.sidebar.rename_current)
        self.quit = self._add(self.tr("&Quit"), "Ctrl+Q", window.close)
        self.undo = self._add(self.tr("&Undo"), keys.Undo, editor.undo)
        self.redo = self._add(self.tr("&Redo"), keys.Redo, editor.redo)
        self.cut = self._add(self.tr("Cu&t"), keys.Cut, editor.cut)
        self.copy = self._add(self.tr("&Copy"), keys.Copy, editor.copy)
        self.paste = self._add(self.tr("&Paste"), keys.Paste, editor.paste)
        self.paste_plain = self._add(
            self.tr("Paste as plain &text"), "Ctrl+Shift+V", editor.paste_plain
        )
        self.select_all = self._add(self.tr("Select &all"), keys.SelectAll, editor.selectAll)

        self.marks = {
            name: self._toggle(title, key, partial(editor.toggle_mark, name))
            for name, title, key in (
                (schema.BOLD, self.tr("&Bold"), keys.Bold),
                (schema.ITALIC, self.tr("&Italic"), keys.Italic),
                (schema.UNDERLINE, self.tr("&Underline"), keys.Underline),
            )
        }
        self.headings = [
            self._toggle(
                self.tr("Heading %n", "", level) if level else self.tr("Body text"),
                f"Ctrl+Alt+{level}",
                partial(editor.run, partial(commands.set_header, level=level)),
            )
            for level in range(schema.MAX_HEADER + 1)
        ]
        group = QActionGroup(self)
        for action in self.headings:
            group.addAction(action)
        self.lists = {
            kind: self._toggle(
                title, key, partial(editor.run, partial(commands.toggle_list, kind=kind))
            )
            for kind, title, key in (
                (schema.BULLET, self.tr("B&ullet list"), "Ctrl+Shift+8"),
                (schema.ORDERED, self.tr("&Numbered list"), "Ctrl+Shift+7"),
            )
        }
        self.indent = self._add(
            self.tr("In&dent"), "Ctrl+]", lambda: editor.run(lambda s: commands.indent(s, 1))
        )
        self.outdent = self._add(
            self.tr("&Outdent"), "Ctrl+[", lambda: editor.run(lambda s: commands.indent(s, -1))
        )

        self.zoom_in = self._add(self.tr("Zoom &in"), keys.ZoomIn, lambda: window.zoom(10))
        self.zoom_out = self._add(self.tr("Zoom &out"), keys.ZoomOut, lambda: window.zoom(-10))
        self.zoom_reset = self._add(self.tr("&Normal size"), "Ctrl+0", lambda: window.zoom(None))
        self.themes = {
            name: self._toggle(title, None, partial(window.choose_theme, name))
            for name, title in (
                ("system", self.tr("Colours of the &system")),
                ("light", self.tr("&Light")),
                ("dark", self.tr("&Dark")),
            )
        }
        themes = QActionGroup(self)
        for action in self.themes.values():
            themes.addAction(action)

        self.sign_in = self._add(self.tr("&Sign in to a relay…"), None, window.sign_in)
        self.sign_out = self._add(self.tr("Sign &out"), None, window.sign_out)
        self.retry = self._add(self.tr("&Retry now"), "F5", window.network.retry_now)
        self.about = self._add(self.tr("&About Inkstand"), None, window.show_about)
        self._fill_menus()

    def _add(self, title: str, key: _Key, run: Callable[[], object]) -> QAction:
        action = QAction(title, self._window)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda: run())
        return action

    def _toggle(self, title: str, key: _Key, run: Callable[[], object]) -> QAction:
        action = self._add(title, key, run)
        action.setCheckable(True)
        return action

    def _fill_menus(self) -> None:
        bar = self._window.menuBar()
        for title, entries in (
            (
                self.tr("&File"),
                [self.new, self.rename, None, self.import_file, self.export_file, None, self.quit],
            ),
            (
                self.tr("&Edit"),
                [
                    *(self.undo, self.redo, None, self.cut, self.copy, self.paste),
                    *(self.paste_plain, None, self.select_all),
                ],
            ),
            (
                self.tr("F&ormat"),
                [
                    *(*self.marks.values(), None, *self.headings, None),
                    *(*self.lists.values(), self.indent, self.outdent),
                ],
            ),
            (
                self.tr("&View"),
                [
                    *(self.zoom_in, self.zoom_out, self.zoom_reset, None),
                    *self.themes.values(),
                ],
            ),
            (self.tr("&Account"), [self.sign_in, self.sign_out, None, self.retry]),
            (self.tr("&Help"), [self.about]),
        ):
            menu = bar.addMenu(title)
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                else:
                    menu.addAction(entry)

    def refresh(self) -> None:
        """Check and enable what the selection, the role and the sign-in allow."""
        editor = self._window.editor
        selection = editor.selection()
        has_document = selection is not None
        writable = has_document and not editor.isReadOnly()
        for action in (self.export_file, self.rename, self.select_all):
            action.setEnabled(has_document)
        for action in (
            *(*self.marks.values(), *self.headings, *self.lists.values()),
            *(self.paste, self.paste_plain),
        ):
            action.setEnabled(writable)
        selected = editor.textCursor().hasSelection()
        self.copy.setEnabled(selected)
        self.cut.setEnabled(selected and writable)
        history = editor.binding.document.undo_history if editor.binding else None
        self.undo.setEnabled(writable and history is not None and history.can_undo)
        self.redo.setEnabled(writable and history is not None and history.can_redo)
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

"""The Format menu: marks of the selected text, kinds of the selected paragraphs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QColor, QIcon, QKeySequence, QPixmap

from app.actions.base import Menu, SubMenu, all_actions, plain
from app.editor import commands
from app.editor.editor import Editor
from sync.document import schema

if TYPE_CHECKING:
    from app.main_window import MainWindow

INKS = ("#b3362c", "#a0620d", "#2f7d4f", "#1f6f8b", "#3f5fb0", "#7d4a9c")
"""Colours of letters, readable on light and dark pages alike."""
MARKERS = ("#fff1a8", "#ffd9b3", "#cdeec8", "#c9e6f5", "#dcd9f7", "#f7d4e3")
"""Colours behind letters; the letters on them are dark on every page."""


class FormatActions(Menu):
    """Checked where the selection has the format; each is one step to undo."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._editor = window.editor
        self.marks = self._make_marks(window.editor)
        self.scripts = {
            value: self.toggle(title, key, partial(window.editor.toggle_mark, schema.SCRIPT, value))
            for value, title, key in (
                (schema.SUPER, self.tr("Su&perscript"), "Ctrl+."),
                (schema.SUB, self.tr("Su&bscript"), "Ctrl+Shift+B"),
            )
        }
        self.inks = self._make_colours(schema.COLOR, INKS, self._ink_names())
        self.markers = self._make_colours(schema.BACKGROUND, MARKERS, self._marker_names())
        self.clear = self.add(
            self.tr("&Clear formatting"), "Ctrl+\\; Ctrl+Space", window.editor.clear_format
        )
        self.link = self.add(self.tr("Lin&k…"), "Ctrl+K", window.links.edit)
        self.open_link = self.add(self.tr("O&pen link…"), "Ctrl+Shift+K", window.links.open)
        self._make_paragraphs(window.editor)
        self.title = self.tr("F&ormat")
        more = [self.marks[schema.STRIKE], self.marks[schema.CODE], *self.scripts.values()]
        self.entries = [
            *(self.marks[name] for name in (schema.BOLD, schema.ITALIC, schema.UNDERLINE)),
            SubMenu(self.tr("&More marks"), more),
            SubMenu(self.tr("&Text colour"), self.inks.values()),
            SubMenu(self.tr("Hi&ghlight"), self.markers.values()),
            *(self.clear, None),
            *(self.link, self.open_link, None),
            SubMenu(self.tr("&Heading"), self.headings),
            *(*self.lists.values(), self.check, None),
            *(self.quote, self.code_block, None),
            *(self.indent, self.outdent),
            SubMenu(self.tr("&Alignment"), [*self.alignments.values(), None, self.direction]),
        ]

    def _make_marks(self, editor: Editor) -> dict[str, QAction]:
        keys = QKeySequence.StandardKey
        return {
            name: self.toggle(title, key, partial(editor.toggle_mark, name))
            for name, title, key in (
                (schema.BOLD, self.tr("&Bold"), keys.Bold),
                (schema.ITALIC, self.tr("&Italic"), keys.Italic),
                (schema.UNDERLINE, self.tr("&Underline"), keys.Underline),
                (schema.STRIKE, self.tr("&Strikethrough"), "Ctrl+Shift+X"),
                (schema.CODE, self.tr("&Code"), "Ctrl+E"),
            )
        }

    def _ink_names(self) -> list[str]:
        return [
            *(self.tr("Red"), self.tr("Ochre"), self.tr("Green")),
            *(self.tr("Teal"), self.tr("Blue"), self.tr("Purple")),
        ]

    def _marker_names(self) -> list[str]:
        return [
            *(self.tr("Yellow"), self.tr("Orange"), self.tr("Green")),
            *(self.tr("Blue"), self.tr("Lilac"), self.tr("Pink")),
        ]

    def _make_colours(
        self, mark: str, colours: tuple[str, ...], names: list[str]
    ) -> dict[str | None, QAction]:
        none = self.toggle(self.tr("None"), None, partial(self._editor.set_mark, mark, None))
        actions: dict[str | None, QAction] = {None: none}
        for colour, name in zip(colours, names, strict=True):
            run = partial(self._editor.set_mark, mark, colour)
            actions[colour] = self.toggle(name, None, run)
            actions[colour].setIcon(_swatch(colour))
        self.group(actions.values())
        return actions

    def _make_paragraphs(self, editor: Editor) -> None:
        self.headings = [
            self.toggle(
                self.tr("Heading %1").replace("%1", str(level)) if level else self.tr("Body text"),
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
                (schema.BULLET, self.tr("Bu&llet list"), "Ctrl+Shift+8"),
                (schema.ORDERED, self.tr("&Numbered list"), "Ctrl+Shift+7"),
                (schema.UNCHECKED, self.tr("Check li&st"), "Ctrl+Shift+9"),
            )
        }
        # Ctrl+Enter does it too, where there is something to check.
        self.check = self.add(
            self.tr("Check or uncheck"), None, partial(editor.run, commands.toggle_checked)
        )
        self.quote = self.toggle(
            self.tr("&Quote"), "Ctrl+Shift+.", partial(editor.run, commands.toggle_quote)
        )
        self.code_block = self.toggle(
            self.tr("Co&de block"), "Ctrl+Alt+C", partial(editor.run, commands.toggle_code_block)
        )
        self.indent = self.add(
            self.tr("Ind&ent"),
            "Ctrl+]; Ctrl+M",
            partial(editor.run, partial(commands.indent, step=1)),
        )
        self.outdent = self.add(
            self.tr("Outdent"),
            "Ctrl+[; Ctrl+Shift+M",
            partial(editor.run, partial(commands.indent, step=-1)),
        )
        self.alignments = {
            value: self.toggle(
                title, key, partial(editor.run, partial(commands.set_align, align=value))
            )
            for value, title, key in (
                (None, self.tr("&As the text runs"), "Ctrl+Shift+L"),
                (schema.CENTER, self.tr("&Centred"), "Ctrl+Shift+C"),
                (schema.RIGHT, self.tr("&Right"), "Ctrl+Shift+R"),
                (schema.JUSTIFY, self.tr("&Justified"), "Ctrl+Shift+J"),
            )
        }
        self.group(self.alignments.values())
        self.direction = self.toggle(
            self.tr("Right to &left"), None, partial(editor.run, commands.toggle_direction)
        )

    @property
    def writing(self) -> list[QAction]:
        """Everything but following a link."""
        return [action for action in all_actions(self.entries) if action is not self.open_link]

    @property
    def toolbar(self) -> list[Mapping[str, QAction]]:
        """The few that have a button, by the names of their icons, in groups."""
        marks = (schema.BOLD, schema.ITALIC, schema.UNDERLINE)
        return [
            {name: self.marks[name] for name in marks},
            {
                "bullet": self.lists[schema.BULLET],
                "ordered": self.lists[schema.ORDERED],
                "check-list": self.lists[schema.UNCHECKED],
                "quote": self.quote,
            },
        ]

    def paragraph_kind(self) -> list[str]:
        """Return what the paragraph of the caret is, in words: "Heading 2", or "Quote", …"""
        kinds = (*self.headings, *self.lists.values(), self.quote, self.code_block)
        checked = [action for action in kinds if action.isChecked()]
        if len(checked) > 1 and checked[0] is self.headings[0]:
            del checked[0]  # body text in a list
        return [plain(action.text()) for action in checked]

    def refresh(self) -> None:
        """Follow the selection and the role."""
        editor = self._editor
        selection = editor.selection()
        writable = selection is not None and not editor.isReadOnly()
        in_code = selection is not None and commands.has_block(selection, schema.CODE_BLOCK)
        inline = (
            *(*self.marks.values(), *self.scripts.values()),
            *(*self.inks.values(), *self.markers.values(), self.clear),
        )
        for action in inline:
            action.setEnabled(writable and not in_code)
        for action in (
            *(*self.headings, *self.lists.values(), self.quote, self.code_block),
            *(*self.alignments.values(), self.direction, self.indent, self.outdent),
        ):
            action.setEnabled(writable)
        self.link.setEnabled(writable and not in_code)
        self.open_link.setEnabled(self.window.links.current() is not None)
        self.check.setEnabled(False)
        if selection is None:
            return
        for name, action in self.marks.items():
            action.setChecked(editor.mark_is_on(name))
        for value, action in self.scripts.items():
            action.setChecked(editor.mark_is_on(schema.SCRIPT, value))
        for mark, actions in ((schema.COLOR, self.inks), (schema.BACKGROUND, self.markers)):
            colour = commands.mark_value(selection, mark)
            found = colour if isinstance(colour, str) and colour in actions else None
            actions[found].setChecked(True)
        self.headings[commands.header_level(selection)].setChecked(True)
        kind = commands.list_kind(selection)
        for name, action in self.lists.items():
            action.setChecked(name == kind)
        self.check.setEnabled(writable and kind == schema.UNCHECKED)
        self.quote.setChecked(commands.has_block(selection, schema.BLOCKQUOTE))
        self.code_block.setChecked(in_code)
        self.alignments[commands.alignment(selection)].setChecked(True)
        self.direction.setChecked(commands.is_right_to_left(selection))


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(16, 16)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)

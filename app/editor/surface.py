"""Shows one bound document, runs commands on it and keeps the reader's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication, QFrame, QTextEdit, QWidget

from app.editor import commands, formats
from app.editor.binding import Binding
from app.editor.commands import Selection
from app.editor.layout.lines import EDGE
from app.editor.layout.markers import check_box
from app.editor.place import Place, ReadersPlace
from app.rest import note_key
from sync.document import schema
from sync.document.delta import Delta, Insert
from sync.foreground import FOREGROUND
from sync.types import Origin

TOP, BOTTOM = 48, 160
"""Pixels above the first and below the last line."""

_REST, _SLICE, _PAUSE = 120, 0.003, 4
"""Milliseconds without a change before the next pages are laid out; seconds that this may take
at once; milliseconds between two such slices."""

MIN_MARGIN = 28
"""Pixels left and right of the text at least."""

Command: TypeAlias = Callable[[Selection], Delta | None]
"""What `commands` are once all but the selection is given."""


class Surface(QTextEdit):
    """A QTextEdit of a bound document; what keys and mouse mean is the `Editor`'s business."""

    selection_changed = Signal()
    """Caret, selection or what they stand in has changed: ask the commands again."""

    typed_text = Signal(str)
    """What a key or an input method has put in as plain text; it is in the CRDT already."""

    composition_ended = Signal()
    """The input method is done: remote changes that waited may come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.binding: Binding | None = None
        self.composing = False
        """Whether an input method is in the middle of a word: Qt must not be touched then."""
        self.room_below = 0.0
        """Part of the window's height that stays free below the last line; `lay_out` uses it."""
        self._layers: dict[str, list[QTextEdit.ExtraSelection]] = {}
        self._place = ReadersPlace(self)
        self._settling = self._resizing = False
        self._size_timer = self._timer(0, self._report_size)
        self._ahead_timer = self._timer(_REST, self._lay_out_ahead)
        # What is selected, as far as Qt has told: while something typed is on its way to the
        # CRDT, that is what was selected before it.
        self._known = (0, 0)
        self._wanted: tuple[int, int] | None = None
        """What the command under way wants to be selected after it, if not the usual."""
        self._preedit = ""
        self._composed_at: QTextCursor | None = None
        self._rescued = ""
        """A composition that a change from elsewhere broke off, to be put in after it."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(False)
        self.setAccessibleName(self.tr("Text"))
        self.cursorPositionChanged.connect(self._caret_moved)
        self.selectionChanged.connect(self._caret_moved)
        self.viewport().setMouseTracking(True)
        self.show_binding(None)

    # What is shown

    def show_binding(self, binding: Binding | None) -> None:
        """Show a document, its caret at the top."""
        self.end_composition()
        if self.binding is not None:
            self.binding.patched.disconnect(self._patched)
            self.binding.about_to_patch.disconnect(self._keep_place)
            self.binding.wrote.disconnect(self._wrote)
            self.binding.page.corrected.disconnect(self._page_corrected)
        self.binding = binding
        self._layers.clear()
        self.setExtraSelections([])
        if binding is None:
            self.setReadOnly(True)
            # A page of its own: emptying the one that was shown would be an edit, and be saved.
            self.setDocument(QTextDocument(self))
        else:
            self.setReadOnly(False)
            self.setDocument(binding.qt)
            binding.about_to_patch.connect(self._keep_place)
            binding.patched.connect(self._patched)
            binding.wrote.connect(self._wrote)
            binding.page.corrected.connect(self._page_corrected)
            self.lay_out()
            self._use_formats_here()
            self.verticalScrollBar().setValue(0)  # Qt shows the caret, not the margin above it
        self._caret_moved()

    def lay_out(self) -> None:
        """Keep the text a readable width, in the middle of the window; after a new style, too."""
        width = 0
        if self.binding is not None:
            style = self.binding.style
            width = int(style.size * self.logicalDpiX() / 72 * style.width)
        margin = max(MIN_MARGIN, (self.width() - width) // 2)
        bar = self.verticalScrollBar().sizeHint().width()
        self.setViewportMargins(margin - EDGE, 0, margin - EDGE - bar, 0)
        if self.binding is not None:
            self.binding.page.set_margins(TOP, max(BOTTOM, int(self.room_below * self.height())))

    def _settle(self) -> None:
        """Lay out what is in the window, and scroll so that what was there stays where it was."""
        if self.binding is None or self._settling:
            return
        bar = self.verticalScrollBar()
        self._settling = True
        for _ in range(4):
            top = bar.value()
            moved = self.binding.page.settle(top, self.viewport().height())
            bar.setValue(top + moved)
            if bar.value() == top:
                break
        self._settling = False
        if self.binding.page.ahead_wanted:
            self._ahead_timer.start(_REST)

    def _timer(self, milliseconds: int, run: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(run)
        return timer

    def _report_size(self) -> None:
        if self.binding is not None:
            self.binding.page.report_size()

    def _lay_out_ahead(self) -> None:
        """Lay out what the reader may come to next, with pauses in which keys are served."""
        if self.binding is not None:
            self.binding.page.lay_out_ahead(_SLICE)
            if self.binding.page.ahead_wanted:
                self._ahead_timer.start(_PAUSE)

    def _page_corrected(self, bottom: int, grown: int) -> None:
        """Scroll on if something above the window turned out to be higher than estimated."""
        self._size_timer.start()
        bar = self.verticalScrollBar()
        if bottom <= bar.value():
            was, self._settling = self._settling, True
            bar.setMaximum(max(0, bar.maximum() + grown))
            bar.setValue(bar.value() + grown)
            self._settling = was

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # Qt's name
        """Lay out what comes into the window."""
        super().scrollContentsBy(dx, dy)
        self._settle()

    # Commands

    def selection(self) -> Selection | None:
        """Return what is selected; None without a document."""
        if self.binding is None:
            return None
        cursor = self.textCursor()
        return self.selection_between(cursor.selectionStart(), cursor.selectionEnd())

    def selection_between(self, start: int, end: int) -> Selection | None:
        """Return what stands between two positions (UTF-16 units); None without a document."""
        if self.binding is None:
            return None
        first, last = self.document().findBlock(start), self.document().findBlock(end)
        return Selection(
            self.binding.mirror,
            start,
            end,
            first.blockNumber(),
            last.blockNumber(),
            first.position(),
        )

    def can(self, command: Command) -> bool:
        """Whether a command would do something to the selection."""
        selection = self.selection()
        return selection is not None and not self.isReadOnly() and bool(command(selection))

    def run(self, command: Command, select: tuple[int, int] | None = None) -> bool:
        """Apply a command to the selection; whether it did anything.

        `select`: anchor and position (UTF-16 units) of the caret after it; None: behind what
        was put in, and where it was after a format.
        """
        if self.isReadOnly():
            return False
        self.end_composition()
        selection = self.selection()
        return selection is not None and self.run_on(selection, command, select)

    def run_on(
        self, selection: Selection, command: Command, select: tuple[int, int] | None = None
    ) -> bool:
        """Apply a command to a selection of another's choice; see `run`."""
        if self.binding is None:
            return False
        self.binding.lead()
        self.binding.terminate()
        delta = command(selection)
        if not delta:
            return False
        self._wanted = select
        self.binding.document.apply(delta, Origin.COMMAND)
        self._wanted = None
        return True

    def replace_selection(self, inserts: Sequence[Insert]) -> bool:
        """Put contents in place of what is selected, the caret behind them."""
        selection = self.selection()
        if selection is None:
            return False
        end = selection.start + sum(part.length for part in inserts)
        done = self.run(lambda selected: commands.replace(selected, inserts), (end, end))
        if not done and not self.isReadOnly():  # it was there already
            self._place.select(end, end)
        return done

    def select(self, anchor: int, position: int) -> None:
        """Select what stands between two positions (UTF-16 units)."""
        self._place.select(anchor, position)

    def undo(self) -> None:
        """Take this person's last step back, and select what was selected before it."""
        if self.binding is not None and not self.isReadOnly():
            self.end_composition()
            self.binding.lead()
            self._select_again(self.binding.carets.undo())

    def redo(self) -> None:
        """Bring this person's last undone step again, and select what was selected after it."""
        if self.binding is not None and not self.isReadOnly():
            self.end_composition()
            self.binding.lead()
            self._select_again(self.binding.carets.redo())

    def _select_again(self, selected: tuple[int, int] | None) -> None:
        if selected is not None:
            self._place.select(*selected)
        self.ensureCursorVisible()

    # Where the person is

    def place(self) -> Place:
        """Return where the person is, for `return_to`."""
        caret = self.textCursor()
        line = self.cursorForPosition(self.viewport().rect().topLeft())
        top = self.cursorRect(line).top()
        return Place(caret.anchor(), caret.position(), line.position(), top)

    def return_to(self, place: Place) -> None:
        """Bring caret and scroll position back; the text may have become shorter."""
        self._place.select(place.anchor, place.position)
        self._place.scroll_to(place.top, place.offset)

    # What stands where

    def link_at(self, position: int) -> str | None:
        """Return the target of the link that the character at a position (UTF-16) bears."""
        selection = self.selection_between(position, position)
        return commands.link_at(selection) if selection else None

    def check_box_at(self, point: QPoint) -> QTextBlock | None:
        """Return the check list's paragraph whose box is under a point of the viewport."""
        if self.binding is None:
            return None
        page = self.binding.page
        place = QPointF(point) + QPointF(0, self.verticalScrollBar().value())
        block = page.block_at(place.y())
        box = check_box(page, block)
        return block if box and box.adjusted(-5, -5, 5, 5).contains(place) else None

    # Marks that are only for the eye

    def set_layer(self, name: str, selections: Sequence[QTextEdit.ExtraSelection]) -> None:
        """Show marks (search hits, spelling…) until the layer is set anew; empty takes it away.

        A layer that was set first is painted first, so later ones lie above it.
        """
        if selections:
            self._layers[name] = list(selections)
        elif self._layers.pop(name, None) is None:
            return
        self.setExtraSelections([one for layer in self._layers.values() for one in layer])

    # Input method

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Note whether a composition is running."""
        note_key()
        if self.isReadOnly() or self.binding is None:
            super().inputMethodEvent(event)
            return
        text = event.commitString()
        # Nothing may touch Qt's formats while it composes, not even a repair.
        self._set_composing(event.preeditString() or self._preedit)
        composed_in = (self._composed_at or self.textCursor()).block()
        super().inputMethodEvent(event)
        self._leave_no_preedit_in(composed_in)
        self._composed_at = self.textCursor() if event.preeditString() else None
        was = self.composing
        self._set_composing(event.preeditString())
        if text:
            self.typed_text.emit(text)
        if was and not self.composing:
            self.composition_ended.emit()
        self.viewport().update()

    def _leave_no_preedit_in(self, block: QTextBlock) -> None:
        """Clear away what Qt leaves of a composition where the caret is no more.

        Qt clears the paragraph that the caret is in (`QWidgetTextControl::inputMethodEvent`),
        which is another one if somebody has put it there, or if there was a newline in the
        midst of what was committed. The composition would be shown for ever, and all places
        behind it be wrong by its length.
        """
        if block == self.textCursor().block() or not block.isValid():
            return
        layout = block.layout()
        if layout.preeditAreaText():
            layout.setPreeditArea(-1, "")
            self.document().markContentsDirty(block.position(), block.length())

    def _set_composing(self, preedit: str) -> None:
        self._preedit = preedit
        self.composing = bool(preedit)
        if self.binding is not None:
            self.binding.hold_repairs(on=self.composing)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the lead among the pages that show the document."""
        if self.binding is not None:
            self.binding.lead()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A composition does not outlive the focus."""
        self.end_composition()
        super().focusOutEvent(event)

    def end_composition(self) -> None:
        """Commit what the input method holds: touching the text under it can crash Qt."""
        if not self.composing:
            return
        QGuiApplication.inputMethod().commit()
        if self.composing:  # it did not listen
            text = self._preedit
            QGuiApplication.inputMethod().reset()
            self._commit(text)

    def _commit(self, text: str) -> None:
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self, event)

    def _rescue_composition(self) -> None:
        """Break a composition off that a patch is about to disturb.

        The CRDT has the patch already, so nothing can be written before it. Whoever brings
        others' changes lets them wait while `composing`; this is for who does not.
        """
        if self.composing:
            self._rescued = self._preedit
            QGuiApplication.inputMethod().reset()
            self._commit("")

    def _bring_composition_back(self) -> None:
        text, self._rescued = self._rescued, ""
        if text:
            self._commit(text)

    # The reader's place

    @contextmanager
    def keeping_place(self) -> Iterator[None]:
        """Change how the page looks; what the reader looks at stays where it is."""
        self._place.note()
        self._resizing = True  # what comes of new margins
        yield
        self._resizing = False
        self._bring_back()

    def _bring_back(self) -> None:
        """All heights are guesses after a change of width or letters, until they are laid out."""
        for _ in range(3):
            self._place.bring_back()
            self._settle()
        self._place.bring_back()

    def _keep_place(self) -> None:
        self._rescue_composition()
        self._place.note()

    def _patched(self, delta: Delta, origin: Origin) -> None:
        """Put caret and scroll position where they belong after a patch."""
        if origin in (Origin.COMMAND, Origin.UNDO):
            if self._wanted is None:
                self._place.follow(delta)
            else:
                self._place.select(*self._wanted)
                self._wanted = None
            if origin is Origin.COMMAND and self.binding is not None:
                after = self._selected()
                self.binding.carets.note_own(delta, self._place.selected, after)
        else:
            self._place.keep(delta)
        self._bring_composition_back()
        self._caret_moved()

    def _wrote(self, delta: Delta) -> None:
        """Remember what was selected around something typed."""
        if self.binding is not None:
            self.binding.carets.note_own(delta, self._known, self._selected())

    def _selected(self) -> tuple[int, int]:
        cursor = self.textCursor()
        return cursor.anchor(), cursor.position()

    def _caret_moved(self) -> None:
        if self.binding is not None and self.binding.patching:
            return  # `_patched` comes here again when it is done
        self._known = self._selected()
        self._leave_link_behind()
        self.selection_changed.emit()

    def _leave_link_behind(self) -> None:
        """What is typed behind a link is not part of it."""
        cursor = self.textCursor()
        binding = self.binding
        if binding is None or cursor.hasSelection():
            return
        here = cursor.charFormat()
        if binding.mark_of(here, schema.LINK) is None:
            return
        if self.link_at(cursor.position()) != binding.mark_of(here, schema.LINK):
            marks = binding.changed_marks(here, schema.LINK, None)
            block = formats.read_block_key(cursor.block())
            self.setCurrentCharFormat(binding.style.char_format(marks, block))

    def _use_formats_here(self) -> None:
        """What is typed into an empty paragraph looks as the paragraph does."""
        selection = self.selection()
        if self.binding is not None and selection is not None and selection.paragraph.length == 1:
            self.setCurrentCharFormat(self.binding.style.char_format("", selection.paragraph.block))

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the text in the middle."""
        if self._resizing:  # it is the page's own, of new margins
            super().resizeEvent(event)
            return
        self._resizing = True
        self._place.note()
        self.lay_out()
        super().resizeEvent(event)
        self._bring_back()
        self._resizing = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and an invitation where there is none."""
        with FOREGROUND:
            self._settle()
            super().paintEvent(event)
        if self.binding is None or self.isReadOnly() or self.composing:
            return
        if len(self.binding.mirror.paragraphs) == 1 and self.binding.mirror.length == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            painter.setFont(self.currentCharFormat().font())
            caret = self.cursorRect()
            box = QRect(caret.left() + 2, caret.top(), self.viewport().width(), caret.height())
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter, self.tr("Write something you want to keep.")
            )

"""QTextDocument ⇄ Document: what is typed goes to the CRDT, what comes from it is shown.

Typing, deletion and input method arrive through `contentsChange`, whose range
is only a hint: the touched paragraphs are read again and compared with the
mirror. Commands, undo and remote edits change the document first and come
back as a delta, which is played on mirror and QTextDocument in lockstep.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCharFormat, QTextDocument

from app.editor import formats
from app.editor.canvas import Canvas
from app.editor.carets import CaretHistory
from app.editor.difference import difference
from app.editor.embeds import ImageSource
from app.editor.formats import Style
from app.editor.layout import PageLayout
from app.editor.mirror import Mirror, Paragraph, attributes_of, marks_key, text_marks_key
from app.editor.pages import Pages
from sync.document.delta import Delta, Retain, compact, insert
from sync.document.document import Document
from sync.types import LOCAL_ORIGINS, Origin

MORE_THAN_A_KEY = 3
"""UTF-16 units that one key removes and adds at most, as Qt tells it."""


class Binding(QObject):
    """Keeps one QTextDocument and one Document equal. Both belong to the GUI thread.

    `qt` is emptied and filled here, and gets a layout of its own: `page`. Others may be bound to
    the same document: `pages` knows all of them.
    """

    about_to_patch = Signal()
    """A change that was not typed will be on screen next: remember caret and scroll position."""

    patched = Signal(object, object)
    """(Delta, Origin): a change that was not typed here is on screen now.

    What was done on another page of the document comes as REMOTE.
    """

    wrote = Signal(object)
    """Delta: something typed has reached the CRDT; Qt has not told yet where the caret is."""

    typed = Signal()
    """Something typed has reached the CRDT."""

    def __init__(
        self,
        document: Document,
        qt: QTextDocument,
        style: Style,
        parent: QObject | None = None,
        pages: Pages | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.qt = qt
        self._pages = pages or Pages(document)
        self._typing = False
        self._composing = False
        self._stale: tuple[int, int] | None = None
        self._images: ImageSource | None = None
        self._images_changed: set[str] = set()
        # Changing formats while Qt tells of a change crashes it, so repairs wait a turn.
        self._repair_timer = _next_turn(self, self._repair_stale)
        self._image_timer = _next_turn(self, self._lay_out_images)
        qt.setUndoRedoEnabled(False)  # ours is the document's: own edits only
        # It makes a layout: without one there is no contentsChange, and setting it emits one.
        self.canvas = Canvas(qt, style, document.contents())
        qt.contentsChange.connect(self._read_view)
        self._stop_listening = document.on_change(self._show)
        self._pages.add(self)

    def close(self) -> None:
        """Let go of both documents."""
        self._stop_listening()
        self._pages.remove(self)
        self.qt.contentsChange.disconnect(self._read_view)
        self._repair_timer.stop()
        self._image_timer.stop()
        self._leave_images()

    @property
    def carets(self) -> CaretHistory:
        """What was selected around each undo step of the document."""
        return self._pages.carets

    def lead(self) -> None:
        """Say that the person is here: what is done next is this page's doing."""
        self._pages.lead(self)

    @property
    def composing(self) -> bool:
        """Whether an input method is in the middle of a word here."""
        return self._composing

    @property
    def patching(self) -> bool:
        """Whether page and mirror are being changed, one behind the other: ask neither now."""
        return self.canvas.busy

    @property
    def mirror(self) -> Mirror:
        """What is shown, as plain values."""
        return self.canvas.mirror

    @property
    def page(self) -> PageLayout:
        """Where on the page everything is."""
        return self.canvas.page

    @property
    def style(self) -> Style:
        """How it looks."""
        return self.canvas.style

    def restyle(self, style: Style) -> None:
        """Show everything in another style."""
        self._repair_stale()
        self.canvas.restyle(style)

    def hold_repairs(self, *, on: bool) -> None:
        """Let repairs wait: an input method is composing, and Qt must not be touched then."""
        self._composing = on
        if not on and self._stale is not None:
            self._repair_timer.start()

    # Images

    def use_images(self, source: ImageSource) -> None:
        """Take the pixels of images from `source`."""
        self._leave_images()
        self._images = source
        source.changed.connect(self._note_image)
        self.canvas.show_images_of(source)

    def _leave_images(self) -> None:
        if self._images is not None:
            self._images.changed.disconnect(self._note_image)
            self._images = None

    def _note_image(self, value: str) -> None:
        self._images_changed.add(value)
        self._image_timer.start()

    def _lay_out_images(self) -> None:
        values, self._images_changed = self._images_changed, set()
        self.canvas.lay_out_images(values)

    # Marks of what is typed next

    @staticmethod
    def marks_of(char_format: QTextCharFormat) -> str:
        """Return the key of the marks that text typed in this format gets."""
        return text_marks_key(char_format.property(formats.MARKS) or "")

    @classmethod
    def mark_of(cls, char_format: QTextCharFormat, name: str) -> object:
        """Return the value of a mark that text typed in this format gets; None if it does not."""
        return attributes_of(cls.marks_of(char_format)).get(name)

    @classmethod
    def changed_marks(cls, char_format: QTextCharFormat, name: str, value: object) -> str:
        """Return the key with a mark set to a value, or taken away (None)."""
        marks = {**attributes_of(cls.marks_of(char_format)), name: value}
        return marks_key({mark: value for mark, value in marks.items() if value is not None})

    # From the view to the document

    def _read_view(self, position: int, removed: int, added: int) -> None:
        if self.canvas.busy or not (removed or added):
            return
        found = self._touched(position, added)
        if found is None:  # the hint was too small (cut and insertFragment in one edit block)
            found = self._touched(0, self.qt.characterCount())
            assert found is not None
        first, old, new, start = found
        delta = compact(difference(old, new, max(0, position - start)))
        mirror = self.mirror
        mirror.replace(first, len(old), new)
        if removed + added > MORE_THAN_A_KEY and any(one.footnotes() for one in new):
            mirror.footnotes_moved = True  # one may stand where an equal one stood
        last = first + len(new) - 1
        if (
            len(old) != len(new)
            or mirror.footnotes_moved
            or formats.container(new[0].block) != formats.container(old[0].block)
            or not all(self.canvas.looks_right(number) for number in range(first, last + 1))
        ):
            self._note_stale(first, last, max(0, len(new) - len(old)))
        if not delta:
            return
        self.lead()
        self.terminate()
        delta = [Retain(start), *delta]
        self._typing = True
        try:
            self.document.apply(delta, Origin.VIEW)
        finally:
            self._typing = False
        self.wrote.emit(delta)
        self.typed.emit()

    def terminate(self) -> None:
        """Give a text its closing newline, if it has none yet: whoever edits it first does."""
        if not self.mirror.terminated:
            self.mirror.terminated = True
            closing = attributes_of(self.mirror.paragraphs[-1].block)
            end = self.document.length
            # Not VIEW: the newline is no step of its own that undo could take back.
            was, self.canvas.busy = self.canvas.busy, True
            self.document.apply(insert(end, "\n", closing), Origin.UNDO)
            self.canvas.busy = was

    def _touched(
        self, position: int, added: int
    ) -> tuple[int, list[Paragraph], list[Paragraph], int] | None:
        """Return the first touched block, its old and new paragraphs, and where it starts.

        None if the sizes do not add up, so more was changed than the hint says.
        """
        mirror = self.mirror
        end = min(position + added, self.qt.characterCount() - 1)
        block = self.qt.findBlock(min(position, end))
        first, start = block.blockNumber(), block.position()
        last = self.qt.findBlock(end).blockNumber()
        count = last - first + 1
        old_count = count + len(mirror.paragraphs) - self.qt.blockCount()
        if old_count < 1:
            return None
        new: list[Paragraph] = []
        for _ in range(count):
            new.append(formats.read_paragraph(block))
            block = block.next()
        old = mirror.paragraphs[first : first + old_count]
        grown = sum(p.length for p in new) - sum(p.length for p in old)
        if mirror.length + grown != self.qt.characterCount() - 1:
            return None
        return first, old, new, start

    def _note_stale(self, first: int, last: int, grown: int) -> None:
        """Have blocks looked over, next turn: Qt may have given them the wrong formats or list.

        `grown` blocks have been added, so those noted before may stand further down.
        """
        if self._stale is not None:
            first, last = min(first, self._stale[0]), max(last, self._stale[1] + grown)
        self._stale = first, last
        self._repair_timer.start()

    def _repair_stale(self) -> None:
        if self._stale is None or self._composing:
            return
        first, last = self._stale
        self._stale = None
        count = len(self.mirror.paragraphs)
        with self.canvas.patching():
            self.canvas.repair(min(first, count - 1), min(last, count - 1))

    # From the document to the view

    def _show(self, delta: Delta, origin: Origin) -> None:
        if self._typing or self.canvas.busy:
            return
        if not self._pages.leads(self) and origin in LOCAL_ORIGINS:
            origin = Origin.REMOTE  # done on another page
        self.about_to_patch.emit()
        self._repair_stale()  # its block numbers are those of before this change
        with self.canvas.patching():
            first, last = self.canvas.play(delta)
            self.canvas.repair(first, last)
        self.patched.emit(delta, origin)


def _next_turn(parent: QObject, run: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(0)
    timer.timeout.connect(run)
    return timer

"""Paints others' carets, their names and what they have selected over one editor's page.

The text is not touched. What is painted is found anew at each paint, among as many people as
there are and for the lines that are painted: so its cost does not grow with the document.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QTextBlock,
    QTextCharFormat,
)

from app.editor.binding import Binding
from app.editor.editor import Editor
from app.editor.layout import PageLayout
from app.editor.layout.painting import Selected
from app.presence.room import Guest, Room

WIDTH = 2.0
"""Pixels of a caret."""

_KNOB = 3.0
"""Pixels that the head of a caret is wider on each side: it can be pointed at, and is seen."""

SHOWN = 2.5
"""Seconds for which a name stands at a caret that has moved."""

FADING = 0.4
"""Seconds in which it fades then."""

_FRAME = 40
"""Milliseconds between two paints of names that fade."""

_NEAR = 7.0
"""Pixels around a caret within which the mouse brings the name."""


class Carets(QObject):
    """Shows the guests of the room that the editor's document is."""

    def __init__(
        self,
        editor: Editor,
        name_of: Callable[[Guest], str],
        colour: Callable[[int], QColor],
        letters: Callable[[], QColor],
        selection: Callable[[int], QColor],
    ) -> None:
        """The last three give the colours in the theme of the moment, by place in the palette."""
        super().__init__(editor)
        self._editor = editor
        self._name_of = name_of
        self._colour, self._letters, self._selection = colour, letters, selection
        self._binding: Binding | None = None
        self._room: Room | None = None
        self._until: dict[int, float] = {}
        """When (monotonic seconds) the names begin to fade that are shown at carets."""
        self._painted: dict[int, QRectF] = {}
        """What of the page each guest's caret and name took when they were painted last."""
        self._marked: dict[int, tuple[int, int]] = {}
        """What each guest's selection was then."""
        self._fade = QTimer(self)
        self._fade.setInterval(_FRAME)
        self._fade.timeout.connect(self._fade_names)
        # Behind the change that moved them: page and places agree by then.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self.refresh)
        editor.viewport().installEventFilter(self)

    def show(self, binding: Binding | None, room: Room | None) -> None:
        """Show the guests of a room on the page of a binding; None: of none."""
        if self._binding is not None:
            self._binding.page.guests = None
            self._binding.page.repaint(0, 1e9)
        if self._room is not None:
            self._room.carets_changed.disconnect(self._settle.start)
            self._room.active.disconnect(self._show_names)
        self._binding, self._room = binding, room
        self._until.clear()
        self._painted.clear()
        self._marked.clear()
        if binding is not None and room is not None:
            binding.page.guests = self
            room.carets_changed.connect(self._settle.start)
            room.active.connect(self._show_names)
            self.refresh()

    def show_name(self, client: int) -> None:
        """Show the name at a caret for a moment."""
        self._show_names({client})

    def opacity(self, client: int) -> float:
        """How visible the name at a caret is now, 0 to 1."""
        left = self._until.get(client, 0.0) + FADING - time.monotonic()
        return min(1.0, max(0.0, left / FADING))

    def _show_names(self, clients: set[int]) -> None:
        for client in clients:
            self._until[client] = time.monotonic() + SHOWN
        self._fade.start()
        self._settle.start()

    # Painting

    def selections(self, start: int, end: int) -> list[Selected]:
        """Return what others have selected between two positions (UTF-16 units)."""
        found: list[Selected] = []
        for guest in self._guests():
            first, last = guest.selected
            if first < last and first < end and last > start:
                look = QTextCharFormat()
                look.setBackground(QBrush(self._selection(guest.colour)))
                found.append((first, last, look))
        return found

    def paint(self, painter: QPainter, page: PageLayout, blocks: Sequence[QTextBlock]) -> None:
        """Paint the carets that are in these blocks, and names at them."""
        if not blocks:
            return
        start, end = blocks[0].position(), blocks[-1].position() + blocks[-1].length()
        here = [
            (guest, page.caret_rect(guest.caret))
            for guest in self._guests()
            if guest.caret is not None and start <= guest.caret < end
        ]
        if not here:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for guest, caret in here:
            colour = self._colour(guest.colour)
            painter.setBrush(colour)
            painter.drawRect(_line(caret))
            painter.drawRoundedRect(_knob(caret), 1.5, 1.5)
            # As it came into view; where it was painted before, `refresh` must know.
            if guest.client not in self._painted:
                self._painted[guest.client] = self._taken(page, guest, caret)
        for guest, caret in here:  # above all carets
            opacity = self.opacity(guest.client)
            if opacity:
                self._paint_flag(painter, page, guest, caret, opacity)
        painter.restore()

    def _paint_flag(
        self, painter: QPainter, page: PageLayout, guest: Guest, caret: QRectF, opacity: float
    ) -> None:
        flag = self._flag(page, guest, caret)
        painter.setOpacity(opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(guest.colour))
        painter.drawRoundedRect(flag, 3, 3)
        painter.setPen(self._letters())
        painter.setFont(self._font())
        painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, self._name_of(guest))
        painter.setOpacity(1.0)

    def _font(self) -> QFont:
        font = QFont(self._editor.font())
        font.setPointSizeF(max(7.0, 0.85 * font.pointSizeF()))
        return font

    def _flag(self, page: PageLayout, guest: Guest, caret: QRectF) -> QRectF:
        """Return the place of a name: above the caret, within the page."""
        metrics = QFontMetricsF(self._font())
        width = metrics.horizontalAdvance(self._name_of(guest)) + 10
        height = metrics.height() + 3
        left = round(caret.x()) - WIDTH / 2
        right = max(width, page.documentSize().width())
        return QRectF(min(left, right - width), caret.top() - height, width, height)

    # What has to be painted anew

    def refresh(self) -> None:
        """Have painted anew what is another place now than where it was painted, if in view."""
        if self._binding is None:
            return
        page = self._binding.page
        top = self._editor.verticalScrollBar().value()
        bottom = top + self._editor.viewport().height()
        seen: dict[int, QRectF] = {}
        marked: dict[int, tuple[int, int]] = {}
        for guest in self._guests():
            selected = guest.selected
            if selected[0] < selected[1]:
                marked[guest.client] = selected
            if guest.caret is not None and self._in_view(page, guest.caret, top, bottom):
                seen[guest.client] = self._taken(page, guest, page.caret_rect(guest.caret))
        for client in {*seen, *self._painted}:
            before, now = self._painted.get(client), seen.get(client)
            if before != now:
                for rect in (before, now):
                    if rect is not None:
                        page.repaint(rect.top(), rect.height())
        for client in {*marked, *self._marked}:
            for first, last in _differing(self._marked.get(client), marked.get(client)):
                self._repaint_between(page, first, last, top, bottom)
        self._painted, self._marked = seen, marked

    @staticmethod
    def _in_view(page: PageLayout, position: int, top: int, bottom: int) -> bool:
        block = page.document().findBlock(position)
        if not block.isValid():
            return False
        start = page.top_of(block)
        return start < bottom and start + page.height_of(block) > top

    def _taken(self, page: PageLayout, guest: Guest, caret: QRectF) -> QRectF:
        taken = _knob(caret).united(_line(caret))
        if self.opacity(guest.client):
            taken = taken.united(self._flag(page, guest, caret))
        return taken.adjusted(-1, -1, 1, 1)

    @staticmethod
    def _repaint_between(page: PageLayout, first: int, last: int, top: int, bottom: int) -> None:
        """Have the lines between two positions painted, as far as they are in view."""
        qt = page.document()
        end = qt.characterCount() - 1
        one, other = qt.findBlock(min(first, end)), qt.findBlock(min(last, end))
        upper = max(page.top_of(one), top)
        lower = min(page.top_of(other) + page.height_of(other), bottom)
        if upper < lower:
            page.repaint(upper, lower - upper)

    def _fade_names(self) -> None:
        now = time.monotonic()
        fading = [client for client, until in self._until.items() if until <= now]
        for client in fading:
            rect = self._painted.get(client)
            if rect is not None and self._binding is not None:
                self._binding.page.repaint(rect.top(), rect.height())
            if now >= self._until[client] + FADING:
                del self._until[client]
        if not self._until:
            self._fade.stop()
        if fading:
            self._settle.start()

    # The mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show a name while the mouse is at its caret."""
        if (
            event.type() is QEvent.Type.MouseMove
            and self._painted
            and isinstance(event, QMouseEvent)
        ):
            here = event.position() + QPointF(0, self._editor.verticalScrollBar().value())
            for client, rect in self._painted.items():
                if rect.adjusted(-_NEAR, 0, _NEAR, 0).contains(here):
                    self.show_name(client)
        return super().eventFilter(watched, event)

    def _guests(self) -> list[Guest]:
        return [] if self._room is None else self._room.guests


def _line(caret: QRectF) -> QRectF:
    return QRectF(round(caret.x()) - WIDTH / 2, caret.top(), WIDTH, caret.height())  # sharp


def _knob(caret: QRectF) -> QRectF:
    return QRectF(round(caret.x()) - _KNOB, caret.top() - _KNOB, 2 * _KNOB, 2 * _KNOB)


def _differing(
    before: tuple[int, int] | None, now: tuple[int, int] | None
) -> list[tuple[int, int]]:
    """Return the ranges that are selected in one of two states, and not in the other."""
    if before == now:
        return []
    if before is None or now is None:
        return [one for one in (before, now) if one is not None]
    ends = zip(before, now, strict=True)
    return [(min(one, other), max(one, other)) for one, other in ends if one != other]

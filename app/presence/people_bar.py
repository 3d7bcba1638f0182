"""Who is here, at the edge of the window: initials in their colours, names where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from app.announce import announce

MOST_SHOWN = 5
"""People with a button of their own; the others are in the menu behind "+3"."""

_WITH_NAMES = 2
"""As many as that have their names beside their initials."""

_CIRCLE = 20
"""Pixels."""

_LONGEST = 120
"""Pixels of a name."""

_MOST_NAMED = 3
"""People that are announced by name at once."""

_SAID_FOR = 6_000
"""Milliseconds for which something is said in the bar."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the bar shows them."""

    client: int
    """Yjs client id."""
    name: str
    colour: QColor
    letters: QColor
    followed: bool


def initials(name: str) -> str:
    """Return one or two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()] or name.split()
    first = words[0][0] if words else "?"
    last = words[-1][0] if len(words) > 1 else ""
    return (first + last).upper()


class PersonButton(QAbstractButton):
    """A person's initials; a click goes to their caret, the menu offers to follow them."""

    menu_wanted = Signal(object)
    """The place on the screen (QPoint) where the menu is to open."""

    def __init__(self, person: Person, with_name: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.person = person
        self._with_name = with_name
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(person.name)
        told = self.tr("%1 is here. Go to their caret").replace("%1", person.name)
        if person.followed:
            told = self.tr("%1 is here, and followed. Go to their caret").replace("%1", person.name)
        self.setAccessibleName(told)
        self.setToolTip(told)

    def sizeHint(self) -> QSize:
        """Return the size of circle and name."""
        width = _CIRCLE + 4
        if self._with_name:
            width += 6 + min(_LONGEST, self.fontMetrics().horizontalAdvance(self.person.name))
        return QSize(width, _CIRCLE + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint circle, initials and name."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - _CIRCLE - 2 if right_to_left else 2
        circle = QRectF(left, (self.height() - _CIRCLE) / 2, _CIRCLE, _CIRCLE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.person.colour)
        painter.drawEllipse(circle.adjusted(1, 1, -1, -1))
        if self.hasFocus() or self.person.followed:
            ring = self.palette().accent().color() if self.hasFocus() else self.person.colour
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ring, 1.5))
            painter.drawEllipse(circle.adjusted(-0.8, -0.8, 0.8, 0.8))
            painter.setPen(QPen(self.palette().window().color(), 1.2))
            painter.drawEllipse(circle.adjusted(0.8, 0.8, -0.8, -0.8))
        font = QFont(self.font())
        font.setPixelSize(9 if len(initials(self.person.name)) > 1 else 10)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.person.letters)
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, initials(self.person.name))
        if self._with_name:
            painter.setFont(self.font())
            painter.setPen(self.palette().windowText().color())
            room = self.rect().adjusted(0, 0, -_CIRCLE - 8, 0)
            if not right_to_left:
                room.translate(_CIRCLE + 8, 0)
            metrics = QFontMetrics(self.font())
            name = metrics.elidedText(self.person.name, Qt.TextElideMode.ElideRight, _LONGEST)
            side = Qt.AlignmentFlag.AlignRight if right_to_left else Qt.AlignmentFlag.AlignLeft
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | side, name)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with this person, also by the menu key."""
        self.menu_wanted.emit(event.globalPos())
        event.accept()


class PeopleBar(QWidget):
    """Empty while nobody else is here."""

    go_wanted = Signal(object)  # no int: a client id has up to 53 bits
    """Go to the caret of who is at this Yjs client."""

    follow_wanted = Signal(object)
    """Follow who is at this Yjs client; None: nobody."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Who is here"))
        self._people: Sequence[Person] = ()
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        # A narrow window cuts it off rather than being held open by it.
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.buttons: list[PersonButton] = []
        self.more = QPushButton()
        self.more.setObjectName("aside")
        self.more.clicked.connect(self.open_menu)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 10, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.note, 1)
        self._row.addWidget(self.more)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAID_FOR)
        self._timer.timeout.connect(self._show_note)
        self.show_people(())

    def show_people(self, people: Sequence[Person]) -> None:
        """Show who is here, in this order."""
        focused = next((b.person.client for b in self.buttons if b.hasFocus()), None)
        self._announce(self._people, people)
        self._people = people
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(person) for person in people[:MOST_SHOWN]]
        for before, following in pairwise((self.more, *self.buttons)):
            QWidget.setTabOrder(before, following)
        hidden = len(people) - len(self.buttons)
        self.more.setVisible(hidden > 0)
        self.more.setText(f"+{hidden}")
        self.more.setAccessibleName(self.tr("%Ln more people are here", "", hidden))
        self.more.setToolTip(self.more.accessibleName())
        for button in self.buttons:
            if button.person.client == focused:
                button.setFocus()
        self._show_note()

    def _announce(self, before: Sequence[Person], now: Sequence[Person]) -> None:
        """Let a screen reader say who has come and who has left."""
        was, there = ({person.client: person.name for person in one} for one in (before, now))
        for sentence, names in (
            (self.tr("%1: here now"), [there[client] for client in there.keys() - was.keys()]),
            (self.tr("%1: no longer here"), [was[client] for client in was.keys() - there.keys()]),
        ):
            if names:
                announce(self, sentence.replace("%1", ", ".join(sorted(names)[:_MOST_NAMED])))

    def _button(self, person: Person) -> PersonButton:
        button = PersonButton(person, len(self._people) <= _WITH_NAMES, self)
        button.clicked.connect(lambda: self.go_wanted.emit(person.client))
        button.menu_wanted.connect(lambda at: self._person_menu(person).popup(at))
        self._row.addWidget(button)
        button.show()
        return button

    def say(self, sentence: str) -> None:
        """Say something beside the people for a moment."""
        self.note.setText(sentence)
        self._timer.start()
        announce(self, sentence)

    def _show_note(self) -> None:
        if not self._timer.isActive():
            followed = next((one.name for one in self._people if one.followed), None)
            text = self.tr("Following %1: scroll or type to stop").replace("%1", followed or "")
            self.note.setText(text if followed is not None else "")

    # Menus

    def open_menu(self) -> None:
        """Offer everybody who is here, above the bar."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not self._people:
            menu.addAction(self.tr("Nobody else is here")).setEnabled(False)
        for person in self._people:
            menu.addMenu(self._person_menu(person, menu))
        menu.aboutToHide.connect(menu.deleteLater)
        at = self.mapToGlobal(self.rect().topRight())
        at.setX(at.x() - menu.sizeHint().width())
        at.setY(at.y() - menu.sizeHint().height())
        menu.popup(at)

    def _person_menu(self, person: Person, parent: QMenu | None = None) -> QMenu:
        menu = QMenu(person.name.replace("&", "&&"), parent or self)
        go = menu.addAction(self.tr("&Go to the caret"))
        go.triggered.connect(lambda: self.go_wanted.emit(person.client))
        follow = menu.addAction(self.tr("&Follow"))
        follow.setCheckable(True)
        follow.setChecked(person.followed)
        wanted = None if person.followed else person.client
        follow.triggered.connect(lambda: self.follow_wanted.emit(wanted))
        if parent is None:
            menu.aboutToHide.connect(menu.deleteLater)
        return menu

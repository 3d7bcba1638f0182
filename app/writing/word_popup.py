"""What a click on the words in the status line shows: all counts, and the goal for the day."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSpinBox, QWidget

from app.translation import number
from app.writing.counting import Counts
from app.writing.word_counter import WordCounter

MAX_GOAL = 100_000


class WordPopup(QFrame):
    """Closes with Escape or a click elsewhere; follows while one writes on."""

    def __init__(self, counter: WordCounter, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAccessibleName(self.tr("Words"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._counter = counter
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(18, 14, 18, 14)
        self._grid.setHorizontalSpacing(22)
        self._grid.setVerticalSpacing(7)
        for column, title in enumerate((self.tr("words"), self.tr("characters")), 1):
            label = QLabel(title)
            label.setObjectName("quiet")
            self._grid.addWidget(label, 0, column, Qt.AlignmentFlag.AlignRight)
        self._document = self._row(1, self.tr("Document"))
        self._selection = self._row(2, self.tr("Selection"))
        self._session = self._row(3, self.tr("This session"))
        self._today = self._row(4, self.tr("Today"))
        label = QLabel(self.tr("&Goal for the day"))
        self.goal = QSpinBox()
        self.goal.setAccessibleName(self.tr("Goal for the day, in words"))
        self.goal.setRange(0, MAX_GOAL)
        self.goal.setSingleStep(50)
        self.goal.setSpecialValueText(self.tr("none"))
        self.goal.setValue(counter.goal.goal)
        self.goal.valueChanged.connect(self._set_goal)
        label.setBuddy(self.goal)
        self._grid.addWidget(label, 5, 0)
        self._grid.addWidget(self.goal, 5, 1, 1, 2)
        counter.counted.connect(self._refresh)
        self._refresh()

    def show_above(self, widget: QWidget) -> None:
        """Open above a widget at the edge of the window, flush with that edge."""
        self.adjustSize()
        edge = widget.rect().topLeft() if self.isRightToLeft() else widget.rect().topRight()
        shift = 0 if self.isRightToLeft() else self.width()
        self.move(widget.mapToGlobal(edge) - QPoint(shift, self.height() + 6))
        self.show()
        self.goal.setFocus()

    def _row(self, row: int, title: str) -> tuple[QLabel, QLabel]:
        self._grid.addWidget(QLabel(title), row, 0)
        words, characters = QLabel(), QLabel()
        for column, label in enumerate((words, characters), 1):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(label, row, column)
        return words, characters

    def _refresh(self) -> None:
        counter = self._counter
        self._fill(self._document, counter.document)
        self._fill(self._selection, counter.selected)
        self._session[0].setText(number(counter.session))
        self._today[0].setText(number(counter.goal.written))

    @staticmethod
    def _fill(labels: tuple[QLabel, QLabel], counts: Counts | None) -> None:
        labels[0].setText("–" if counts is None else number(counts.words))
        labels[1].setText("–" if counts is None else number(counts.characters))

    def _set_goal(self, words: int) -> None:
        self._counter.goal.goal = words
        self._counter.counted.emit()

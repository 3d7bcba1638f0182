"""The words at the right of the status line, and how far the day's goal is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from app.translation import number
from app.writing.word_counter import WordCounter
from app.writing.word_popup import WordPopup


class WordLabel(QWidget):
    """A quiet button; it opens the counts."""

    def __init__(self, counter: WordCounter) -> None:
        super().__init__()
        self._counter = counter
        self.bar = QProgressBar()
        self.bar.setObjectName("goal")
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(64, 5)
        self.button = QPushButton()
        self.button.setObjectName("plain")
        self.button.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(8)
        row.addStretch()
        row.addWidget(self.bar)
        row.addWidget(self.button)
        counter.counted.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        document, selected = self._counter.document, self._counter.selected
        if document is None:
            text = ""
        elif selected is not None:
            text = (
                self.tr("%1 of %2 words")
                .replace("%1", number(selected.words))
                .replace("%2", number(document.words))
            )
        else:
            text = self.tr("%Ln words", "", document.words)
        self.button.setText(text)
        self.button.setVisible(bool(text))
        self._show_goal()

    def _show_goal(self) -> None:
        goal = self._counter.goal
        self.bar.setVisible(goal.goal > 0)
        if goal.goal:
            self.bar.setRange(0, goal.goal)
            self.bar.setValue(min(goal.goal, goal.written))
        reached = goal.goal and goal.written >= goal.goal
        text = (
            self.tr("%1 of %2 words today, the goal is reached")
            if reached
            else self.tr("%1 of %2 words today")
        )
        text = text.replace("%1", number(goal.written)).replace("%2", number(goal.goal))
        if not goal.goal:
            text = self.tr("%Ln words today", "", goal.written)
        self.bar.setToolTip(text)
        self.bar.setAccessibleName(text)
        self.button.setToolTip(text)
        self.button.setAccessibleName(f"{self.button.text()}. {text}")

    def _open(self) -> None:
        WordPopup(self._counter, self).show_above(self)

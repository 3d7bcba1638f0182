"""What a person can do about a misspelled word: entries of a menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QMenu

from app.spelling.spelling import Spelling


def extend(spelling: Spelling, menu: QMenu, word: QTextCursor, first: QAction) -> None:
    """Put suggestions and more before an entry; suggestions follow when they are found."""
    text = word.selectedText()
    waiting = QAction(QCoreApplication.translate("Spelling", "Looking for suggestions…"), menu)
    waiting.setEnabled(False)
    menu.insertAction(first, waiting)
    menu.insertSeparator(first)
    for title, run in (
        (QCoreApplication.translate("Spelling", "&Add “%1” to the dictionary"), spelling.add),
        (QCoreApplication.translate("Spelling", "&Ignore “%1” for now"), spelling.ignore),
    ):
        # "&&" is how a menu shows one.
        action = QAction(title.replace("%1", text.replace("&", "&&")), menu)
        action.triggered.connect(partial(_call, run, text))
        action.setObjectName(run.__name__)
        menu.insertAction(first, action)
    menu.insertSeparator(first)
    gone: list[bool] = []
    menu.destroyed.connect(lambda: gone.append(True))

    def show(suggestions: list[str]) -> None:
        if gone:
            return
        for suggestion in suggestions:
            action = QAction(suggestion, menu)
            font = action.font()
            font.setBold(True)
            action.setFont(font)
            action.triggered.connect(partial(_put, spelling, word, suggestion))
            menu.insertAction(waiting, action)
        if suggestions:
            had_focus = menu.activeAction() in (None, waiting)
            menu.removeAction(waiting)
            if had_focus and menu.isVisible():
                menu.setActiveAction(next(one for one in menu.actions() if one.isEnabled()))
        else:
            waiting.setText(QCoreApplication.translate("Spelling", "No suggestions"))

    spelling.suggest(text, show)


def _call(run: Callable[[str], None], word: str, _checked: bool = False) -> None:
    run(word)


def _put(spelling: Spelling, word: QTextCursor, suggestion: str, _checked: bool = False) -> None:
    spelling.put(word, suggestion)

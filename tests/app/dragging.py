"""A drag by mouse, as a hand does it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

_STEP = 50
"""Milliseconds between the movements of the hand: the drag has an event loop of its own."""


def drag(
    bot: QtBot, widget: QWidget, start: QPoint, end: QPoint, target: QWidget | None = None
) -> None:
    """Press on `widget` at `start`, move, and let go at `end` of `target` (of the same one)."""
    target = target or widget
    window, other = widget.window().windowHandle(), target.window().windowHandle()
    place = widget.mapTo(widget.window(), start)
    goal = target.mapTo(target.window(), end)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    steps = [
        lambda: QTest.mouseMove(other, goal + QPoint(3, 3)),
        lambda: QTest.mouseMove(other, goal),
        lambda: QTest.mouseRelease(other, left, none, goal),
    ]

    def go_on() -> None:
        steps.pop(0)()
        if steps:
            QTimer.singleShot(_STEP, go_on)

    QTest.mousePress(window, left, none, place)
    QTimer.singleShot(2 * _STEP, go_on)
    QTest.mouseMove(window, place + QPoint(0, 12))
    QTest.mouseMove(window, place + QPoint(0, 24))
    bot.waitUntil(lambda: not steps)

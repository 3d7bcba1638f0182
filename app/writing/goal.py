"""The words of today and the goal for them. Days are those of the clock on the wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.settings import Settings


def _today() -> date:
    return date.today()  # noqa: DTZ011  # a writer's day is the local one


class DayGoal:
    """What was written today, kept in the settings so that it survives a restart."""

    def __init__(self, settings: Settings, today: Callable[[], date] = _today) -> None:
        self._settings = settings
        self._today = today

    @property
    def written(self) -> int:
        """Words written today, less those taken away; never below zero."""
        if self._settings.written_on != self._today().isoformat():
            return 0
        return self._settings.written

    def add(self, words: int) -> None:
        """Count words written now; negative ones were taken away."""
        written = max(0, self.written + words)
        self._settings.written_on = self._today().isoformat()
        self._settings.written = written

    @property
    def goal(self) -> int:
        """Words to write in a day; 0: there is no goal."""
        return self._settings.goal

    @goal.setter
    def goal(self, words: int) -> None:
        self._settings.goal = words

"""Looks for a newer version: when somebody asks, and once a week if they have asked for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from app.settings import Settings
from app.tasks import Task, Tasks
from app.updates.download import Download
from app.updates.index import Index, is_newer, read_index
from app.updates.problems import IndexUnreachable, UpdateProblem
from app.updates.source import Source
from sync import __version__

EVERY = timedelta(days=7)
"""From one look to the next, for who has chosen to look."""

LOOK_WHETHER_DUE = 3_600_000
"""Milliseconds."""

FIRST_LOOK = 60_000
"""Milliseconds from the start of the program: what one wants to write comes first."""


@dataclass(frozen=True, slots=True)
class Newest:
    """There is none newer than this one."""


@dataclass(frozen=True, slots=True)
class Newer:
    """There is one."""

    index: Index


Answer: TypeAlias = Newest | Newer | UpdateProblem


class Updates(QObject):
    """What there is once for the program. Belongs to the GUI thread; it waits on one of its own."""

    found = Signal(object)
    """A `Newer` that nobody was told of yet, of a look that nobody asked for just now."""

    suspicious = Signal(object)
    """The first `UpdateProblem` of such looks that may be somebody's doing."""

    def __init__(
        self, source: Source | None, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.source = source
        """None: this package does not look, and says nothing of it."""
        self._settings = settings
        self._tasks = Tasks("inkstand-updates", parent=self)
        self._downloads: set[Download] = set()
        self._told_suspicion = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look_if_due)

    def begin(self) -> None:
        """Begin to look once a week, if that is wanted, and whenever it comes to be wanted."""
        if self.source is not None:
            self._settings.changed.connect(self._chosen)
            QTimer.singleShot(FIRST_LOOK, self, self.look_if_due)
            self._timer.start(LOOK_WHETHER_DUE)

    def close(self) -> None:
        """End what is under way."""
        self._timer.stop()
        self._tasks.close()
        for download in self._downloads:
            download.abort()

    def ask(self, then: Callable[[Answer], None]) -> Callable[[], None]:
        """Look now; `then` hears what came of it. Returns what ends it, so that `then` does not."""
        assert self.source is not None
        source, serial = self.source, self._settings.updates_serial
        download = Download(source.address)
        self._downloads.add(download)

        def work(_: Task) -> Index | UpdateProblem:
            try:
                return read_index(download.read(), source.keys, datetime.now(UTC), serial)
            except UpdateProblem as problem:
                return problem

        def hear(result: Index | UpdateProblem) -> None:
            self._downloads.discard(download)
            then(self._answer(result))

        task = self._tasks.run(work, hear)

        def cancel() -> None:
            self._downloads.discard(download)
            task.cancel()
            download.abort()

        return cancel

    def _answer(self, result: Index | UpdateProblem) -> Answer:
        if isinstance(result, UpdateProblem):
            return result
        self._settings.updates_serial = result.serial
        self._settings.updates_looked = datetime.now(UTC).isoformat(timespec="seconds")
        return Newer(result) if is_newer(result.version, __version__) else Newest()

    # Unasked

    def look_if_due(self) -> None:
        """Look, if somebody has chosen that it is done by itself and a week has gone by."""
        if self.source is not None and self._settings.look_for_updates and self._is_due():
            self.ask(self._tell)

    def _is_due(self) -> bool:
        try:
            looked = datetime.fromisoformat(self._settings.updates_looked)
            since = datetime.now(UTC) - looked
        except (ValueError, TypeError):
            return True
        return not timedelta(0) <= since < EVERY  # one in the future is a clock that was wrong

    def _tell(self, answer: Answer) -> None:
        """Tell of each version once; where there was no network, nothing: it is tried again."""
        if isinstance(answer, UpdateProblem):
            if not isinstance(answer, IndexUnreachable) and not self._told_suspicion:
                self._told_suspicion = True
                self.suspicious.emit(answer)
        elif isinstance(answer, Newer) and answer.index.version != self._settings.updates_told:
            self._settings.updates_told = answer.index.version
            self.found.emit(answer)

    def _chosen(self, name: str) -> None:
        if name == "look_for_updates":
            self.look_if_due()

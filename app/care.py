"""Cares for the database while a window is open: a backup a day, and salvage when it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.dialogs.salvage import SalvageDialog
from app.errors import said
from app.live_documents import LiveDocuments
from app.network import Network
from app.tasks import Task, Tasks
from sync.errors import StoreError
from sync.store import backup
from sync.store.salvage.report import Salvage
from sync.store.store import Store

if TYPE_CHECKING:
    from app.program import Program

LOOK_EVERY = 60_000
"""Milliseconds between two looks whether a backup is due. Nothing was written since the last look:
that is idle enough for a copy that holds up nobody."""

PATIENCE = 60
"""Looks after which a backup is made although somebody writes all the time."""


class Care(QObject):
    """Belongs to the GUI thread; what takes long is done on one of its own."""

    salvaged = Signal()
    """The database is a new one; documents may have less in it, or more, than is on screen."""

    problem = Signal(str)
    """A sentence for the person."""

    _damaged = Signal()

    def __init__(
        self, store: Store, network: Network, live: LiveDocuments, program: Program
    ) -> None:
        super().__init__(program)
        self._store = store
        self._network = network
        self._live = live
        self._program = program
        self._tasks = Tasks("inkstand-care", parent=self)
        self._commits = -1
        self._looks = 0
        self._backing_up = False
        self._told = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.tell)
        # From any thread, and behind whatever found it.
        self._damaged.connect(self._salvage, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> None:
        """Begin to look; tell of a salvage that nobody has been told of."""
        self._store.on_damage = self._damaged.emit
        self._timer.start(LOOK_EVERY)
        self._soon.start(0)

    def close(self) -> None:
        """End; a backup that is being made is given up."""
        self._store.on_damage = lambda: None
        self._timer.stop()
        self._soon.stop()
        self._tasks.close()

    def look(self) -> None:
        """Make the day's backup if it is due and nothing was written for a while."""
        if self._backing_up or not backup.is_due(self._store.data_dir):
            self._looks = 0
            return
        commits, self._commits = self._commits, self._store.database.commits
        self._looks += 1
        if commits == self._commits or self._looks > PATIENCE:
            self._backing_up = True
            self._tasks.run(self._back_up, self._backed_up)

    def _back_up(self, task: Task) -> StoreError | None:
        try:
            self._store.back_up_daily(task.cancelled)
        except StoreError as error:
            return error
        return None

    def _backed_up(self, error: StoreError | None) -> None:
        self._backing_up = False
        sentence = "" if error is None else said(error)
        if sentence and sentence != self._told:  # once, not every minute
            self.problem.emit(sentence)
        self._told = sentence

    def _salvage(self) -> None:
        self.problem.emit(
            self.tr(
                "The database on this device is damaged. What can be read is brought over into a "
                "new one; what is open stays as it is."
            )
        )
        stop = self._network.halt()

        def work(_: Task) -> Salvage | StoreError:
            stop()  # what it remembers of the database is about to be wrong
            try:
                return self._store.salvage()
            except StoreError as error:
                return error

        self._tasks.run(work, self._salvage_ended)

    def _salvage_ended(self, result: Salvage | StoreError) -> None:
        if isinstance(result, StoreError):
            self.problem.emit(said(result))
        else:
            self._live.keep_all()
            self.salvaged.emit()
            self.tell()
        self._network.begin_again()

    def tell(self) -> None:
        """Show what the last salvage could not read, if nobody has seen it yet."""
        report = self._store.salvage_report()
        if report is None:
            return
        dialog = SalvageDialog(report, self._program.front)
        dialog.finished.connect(lambda _: self._store.forget_salvage())
        dialog.open()

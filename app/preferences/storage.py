"""Settings: what the profile takes on the disk, its backups, a long look, everything as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
)

from app.announce import announce
from app.dialogs.confirm import confirm
from app.preferences.page import Page, quiet
from app.tasks import Task, Tasks
from sync.errors import InkstandError
from sync.phrases import explain_os_error
from sync.store import backup, integrity
from sync.store.export import export_all
from sync.store.usage import Usage, usage

if TYPE_CHECKING:
    from app.main_window import MainWindow

T = TypeVar("T")

_PATH = Qt.ItemDataRole.UserRole


class _CancelledError(Exception):
    """Nobody wants it any more."""


class StoragePage(Page):
    """What takes long is done on a thread, one thing at a time; leaving the page ends it."""

    _progress = Signal(int, int)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._store = window.store
        self._tasks = Tasks("inkstand-storage", 2, parent=self)
        self._task: Task | None = None
        self._sizes: dict[str, QLabel] = {}
        self.column.addLayout(self._make_sizes())
        where = quiet(str(self._store.data_dir))
        where.setObjectName("path")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(where)
        self.backups = QListWidget()
        self.backups.setObjectName("rows")
        self.backups.setAccessibleName(self.tr("Backups"))
        self.backups.setMinimumHeight(90)
        self.backups.currentItemChanged.connect(self._refresh)
        label = QLabel(self.tr("&Backups on this device, one a day"))
        label.setBuddy(self.backups)
        self.back_up = self._button(self.tr("Back up &now"), self._back_up)
        self.restore = self._button(self.tr("&Go back to this one…"), self._restore)
        self.check = self._button(self.tr("&Check everything"), self._check)
        self.export = self._button(self.tr("&Export everything…"), self._export)
        self.column.addWidget(label)
        self.column.addWidget(self.backups, 1)
        self.column.addLayout(_row(self.back_up, self.restore))
        self.column.addSpacing(8)
        self.column.addLayout(_row(self.check, self.export))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(6)
        self.cancel = self._button(self.tr("Cance&l"), self._cancel)
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel)
        self.column.addLayout(line)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName(self.tr("What was found"))
        self.details.setMinimumHeight(90)
        self.column.addWidget(self.said)
        self.column.addWidget(self.details)
        self.details.hide()
        self._progress.connect(self._show_progress)
        self._list_backups()
        self._measure()
        self._refresh()

    def leave(self) -> None:
        """End what is under way."""
        self._tasks.close()

    # Sizes

    def _make_sizes(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(2, 1)
        grid.setHorizontalSpacing(24)
        for name, title in (
            ("database", self.tr("Documents and their history")),
            ("attachments", self.tr("Images")),
            ("index", self.tr("Index for searching")),
            ("backups", self.tr("Backups")),
            ("total", self.tr("All together")),
        ):
            value = self._sizes[name] = QLabel("…")
            value.setObjectName("size")
            value.setAlignment(Qt.AlignmentFlag.AlignTrailing)
            row = grid.rowCount()
            grid.addWidget(QLabel(title), row, 0)
            grid.addWidget(value, row, 1)
        return grid

    def _measure(self) -> None:
        data_dir = self._store.data_dir
        self._tasks.run(lambda _: usage(data_dir), self._show_sizes)

    def _show_sizes(self, found: Usage) -> None:
        for name, label in self._sizes.items():
            label.setText(QLocale().formattedDataSize(getattr(found, name)))

    # One thing at a time

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._task is not None

    def _run(self, said: str, work: Callable[[Task], T], then: Callable[[T], None]) -> None:
        """Run work that may raise; say that it goes on, and what it could not do."""

        def guarded(task: Task) -> T | InkstandError:
            try:
                return work(task)
            except InkstandError as error:
                return error

        def ended(result: T | InkstandError) -> None:
            self._task = None
            self._refresh()
            if isinstance(result, InkstandError):
                self._say(str(result))
            else:
                then(result)

        self.details.hide()
        self._say(said)
        self.bar.setRange(0, 0)
        self._task = self._tasks.run(guarded, ended)
        self._refresh()
        self.cancel.setFocus()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._say(self.tr("Cancelled."))
            self._refresh()
            self.backups.setFocus()

    def _progress_of(self, task: Task) -> Callable[[int, int], None]:
        """Return what the work calls with how much is done, and of how much."""

        def show(done: int, total: int) -> None:
            if task.cancelled():
                raise _CancelledError
            self._progress.emit(done, total)

        return show

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _refresh(self) -> None:
        for button in (self.back_up, self.check, self.export):
            button.setEnabled(not self.busy)
        self.restore.setEnabled(not self.busy and self.backups.currentItem() is not None)
        self.bar.setVisible(self.busy)
        self.cancel.setVisible(self.busy)

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        announce(self.said, sentence)

    def _button(self, title: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(title)
        button.setAutoDefault(False)
        button.clicked.connect(run)
        return button

    # Backups

    def _list_backups(self) -> None:
        self.backups.clear()
        for folder in backup.made(self._store.data_dir / backup.BACKUPS):
            day = QDate.fromString(folder.name[:10], Qt.DateFormat.ISODate)
            item = QListWidgetItem(QLocale().toString(day, QLocale.FormatType.LongFormat))
            item.setData(_PATH, str(folder))
            self.backups.addItem(item)
        self.backups.setCurrentRow(0)

    def _back_up(self) -> None:
        def then(_: Path) -> None:
            self._list_backups()
            self._measure()
            self._refresh()
            self._say(self.tr("The backup is made, and was read once to be sure."))

        def work(task: Task) -> Path:
            return self._store.back_up_daily(task.cancelled)

        self._run(self.tr("Making a backup…"), work, then)

    def _restore(self) -> None:
        item = self.backups.currentItem()
        if item is None:
            return
        text = self.tr(
            "All documents become what they were then. What is here now is kept in a folder of the "
            "profile that begins with “replaced-”. What others have written since then comes back "
            "from the relay. Inkstand closes its windows and opens them again."
        )
        question = self.tr("Go back to the backup of %1?").replace("%1", item.text())
        if confirm(self, question, text, self.tr("Go Back")):
            self.main.program.restore(Path(item.data(_PATH)))

    # Looking at everything

    def _check(self) -> None:
        data_dir = self._store.data_dir

        def work(task: Task) -> list[str]:
            show = self._progress_of(task)
            try:
                return list(integrity.check(data_dir, lambda _, done, total: show(done, total)))
            except OSError as error:
                return [explain_os_error(error)]

        def then(found: list[str]) -> None:
            if not found:
                self._say(self.tr("Everything can be read."))
                return
            self._say(self.tr("%Ln things are amiss:", "", len(found)))
            self.details.setPlainText("\n".join(found))
            self.details.show()

        self._run(self.tr("Reading everything…"), work, then)

    # Everything as files

    def _export(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Export everything to a folder"))
        if folder:
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Write all documents to a folder, as Markdown and as JSON, with their images."""

        def then(found: tuple[int, list[str]]) -> None:
            documents, problems = found
            said = self.tr("%Ln documents are in %1.", "", documents)
            self._say(said.replace("%1", str(folder)))
            self.details.setVisible(bool(problems))
            self.details.setPlainText("\n".join(problems))

        def work(task: Task) -> tuple[int, list[str]]:
            exported = export_all(self._store, folder, "both", progress=self._progress_of(task))
            return exported.documents, exported.problems

        self._run(self.tr("Writing files…"), work, then)


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    for button in buttons:
        row.addWidget(button)
    row.addStretch()
    return row

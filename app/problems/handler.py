"""Catches what nobody has caught: exceptions of slots and threads, Qt's last words, signals.

PySide calls `sys.excepthook` for an exception in a slot and goes on with the event loop, so the
program goes on, too: what was typed is in the document, and on its way to the disk on a thread
that has no part in it.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from app.problems.reports import Reports
from app.problems.tracing import describe, place

MOST_KINDS = 20
"""Mistakes of one run that are reported: what goes wrong at each paint must not fill the folder."""

_LONGEST = 300
"""Characters of a message of Qt's."""


class ProblemHandler(QObject):
    """Made once, on the GUI thread, by who runs the program; `close` puts back what was."""

    happened = Signal()
    """Something went wrong and a report of it is there; told on the GUI thread."""

    _caught = Signal()

    def __init__(self, reports: Reports) -> None:
        super().__init__()
        self.reports = reports
        self.died_last_time = reports.take_fault()
        """Whether the run before this one ended by a signal."""
        self._lock = threading.Lock()
        self._kinds: set[str] = set()
        self._caught.connect(self.happened, Qt.ConnectionType.QueuedConnection)
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._raised
        threading.excepthook = self._raised_on_thread
        self._messages_before = qInstallMessageHandler(self._said_by_qt)
        self._log = _LogHandler(self)
        logging.getLogger().addHandler(self._log)
        self._fault_file = reports.open_fault_file()
        if self._fault_file is not None:
            faulthandler.enable(self._fault_file)

    def close(self) -> None:
        """Put back what was; a run that ends in good order leaves no fault behind."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(self._messages_before)
        logging.getLogger().removeHandler(self._log)
        if self._fault_file is not None:
            faulthandler.disable()
            os.close(self._fault_file)
            self._fault_file = None

    def report(self, error: BaseException, where: str) -> None:
        """Keep a report of an exception, once for each place; any thread may call it."""
        if self._is_new(place(error)):
            self.reports.keep(f"A mistake {where}", describe(error))
        self._caught.emit()

    def _is_new(self, kind: str) -> bool:
        with self._lock:
            if kind in self._kinds or len(self._kinds) >= MOST_KINDS:
                return False
            self._kinds.add(kind)
            return True

    def _raised(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
            return
        traceback.print_exception(kind, error, trace)  # on standard error, as ever
        self.report(error.with_traceback(trace), "on the window's thread")

    def _raised_on_thread(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if error is None or issubclass(arguments.exc_type, SystemExit):
            return
        traceback.print_exception(error)
        name = arguments.thread.name if arguments.thread is not None else "unknown"
        self.report(error, f"on the thread {name.split('_')[0]}")

    def _said_by_qt(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        print(message, file=sys.stderr)  # noqa: T201  # as Qt does
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            category = getattr(context, "category", None) or "default"
            said = message[:_LONGEST]
            if self._is_new(f"{category} {said}"):
                self.reports.keep(f"Qt ({kind.name}, {category})", said + "\n")


class _LogHandler(logging.Handler):
    """Reports the exceptions that the engine has caught and logged."""

    def __init__(self, handler: ProblemHandler) -> None:
        super().__init__(logging.ERROR)
        self._handler = handler

    def emit(self, record: logging.LogRecord) -> None:
        """Report a record's exception; standard error has the record as ever."""
        if logging.lastResort is not None:
            logging.lastResort.handle(record)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._handler.report(error, f"that {record.name} has caught")

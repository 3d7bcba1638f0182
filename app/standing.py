"""How things stand in one window: where the text is, the connection, and what the role allows.

It asks those who know and tells those who show it: the status line, the line above the page, the
list of documents and the actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.role_line import reading_reason
from app.status_details import Details, StatusDetails
from sync.client.events import Online

if TYPE_CHECKING:
    from app.main_window import MainWindow

_OVERALL_AFTER = 150
"""Milliseconds without progress until it is asked where all documents are: of the whole disk."""

_STATUS_AFTER = 20
"""Milliseconds from a change of status until it is shown."""


class Standing(QObject):
    """Belongs to a window whose parts are all there."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._role_shown: str | None = None
        """Id of the document whose role is shown."""
        self._refused = False
        """Whether the person has been told that changes of the open document were refused."""
        self._status_timer = QTimer(self, singleShot=True, interval=_STATUS_AFTER)
        self._status_timer.timeout.connect(self.show_status)
        self._overall_timer = QTimer(self, singleShot=True, interval=_OVERALL_AFTER)
        self._overall_timer.timeout.connect(self._show_overall)
        network, line = window.network, window.status_line
        line.retry_wanted.connect(network.retry_now)
        line.details_wanted.connect(self._show_details)
        window.documents.status_changed.connect(self._show_status_soon)
        network.connection_changed.connect(self._connection_changed)
        network.document_changed.connect(self._document_changed)
        network.progress.connect(line.show_progress)
        network.progress.connect(self._progressed)
        line.show_connection(network.connection)

    def close(self) -> None:
        """Ask and show nothing more."""
        self._overall_timer.stop()
        self._status_timer.stop()

    def show_opened(self) -> None:
        """Another document is open, or none."""
        if self._window.opened is None:
            self._show_role()
            return
        self._refused = False
        self._follow_role()
        self.show_status()

    def show_status(self) -> None:
        """Show where the open document's changes are."""
        window = self._window
        status = window.documents.status()
        window.status_line.show_status(status)
        window.actions_.file.follow_status(status)
        if status is not None and window.opened is not None:
            window.sidebar.show_status(window.opened.document_id)

    def _show_status_soon(self) -> None:
        """Behind the paint of what was typed, and once for all that happens until then."""
        if not self._status_timer.isActive():
            self._status_timer.start()

    # What happens

    def _progressed(self, *_: int) -> None:
        self._overall_timer.start()

    def _connection_changed(self) -> None:
        window = self._window
        state = window.network.connection
        window.status_line.show_connection(state)
        if isinstance(state, Online):
            window.banner.let_pass()  # it was about the connection, and is over
        window.actions_.account.refresh()
        self.show_status()
        self._show_overall()

    def _document_changed(self, document_id: str) -> None:
        opened = self._window.opened
        if opened is not None and opened.document_id == document_id:
            self._follow_role()
            self.show_status()

    # All documents together

    def _show_overall(self) -> None:
        window = self._window
        window.status_line.show_overall(window.documents.overall(), window.store.in_step())

    def _show_details(self) -> None:
        window = self._window
        details = StatusDetails(self._details, window.status_line)
        details.retry_wanted.connect(window.network.retry_now)
        details.sign_in_wanted.connect(window.actions_.account.sign_in.trigger)
        details.show_above(window.status_line)

    def _details(self) -> Details:
        window = self._window
        store, account = window.store, window.store.account()
        return Details(
            connection=window.network.connection,
            relay=account.relay_url if account else None,
            account=account.name if account else None,
            document=window.documents.status(),
            overall=window.documents.overall(),
            totals=store.totals(),
            in_step=store.in_step(),
        )

    # The role

    def _follow_role(self) -> None:
        """Follow the role at once: who may only read cannot type, and is told why."""
        window = self._window
        read_only = not window.documents.may_write
        refused = window.documents.refused
        if refused and not self._refused:
            window.banner.say(
                self.tr(
                    "The relay refused changes that you made here. They stay on this device: "
                    "“Duplicate” in the File menu makes a document of your own of them, “Discard "
                    "refused changes” puts the others’ text in their place."
                )
            )
        self._refused = refused
        if read_only:
            window.editor.end_composition()
        window.editor.setReadOnly(read_only)
        self._show_role()
        window.refresh_actions()

    def _show_role(self) -> None:
        """Say above the page, in the status line and at the actions why nothing can be typed."""
        window = self._window
        reason = reading_reason(window.documents.role)
        document = window.opened.document_id if window.opened else None
        same_document, self._role_shown = document == self._role_shown, document
        window.role_line.show_reason(reason, same_document=same_document)
        window.status_line.show_role(reason)
        window.actions_.explain(reason)

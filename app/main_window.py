"""The main window: documents at the left, the page, the status line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QColor
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QSplitter,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import Actions
from app.dialogs.sign_in import SignInDialog, session_only_sentence
from app.editor.editor import Editor
from app.editor.formats import Style
from app.network import Network
from app.open_document import OpenDocument, facts_of
from app.resources import icon
from app.settings import MAX_ZOOM, MIN_ZOOM, Settings
from app.sidebar import Sidebar
from app.status_line import StatusLine
from app.theme import DARK, LIGHT, Theme, system_theme
from sync import __version__
from sync.client.events import Online, SignedOut
from sync.document import transfer
from sync.errors import InkstandError, StoreError
from sync.status import document_status
from sync.store.store import Store
from sync.types import DocumentId, Role, new_document_id

_WORDS_AFTER = 400
"""Milliseconds of rest after which words are counted again."""


class MainWindow(QMainWindow):
    """One window on one profile."""

    def __init__(self, store: Store, network: Network, settings: Settings) -> None:
        super().__init__()
        self.store = store
        self.network = network
        self.settings = settings
        self.opened: OpenDocument | None = None
        self._problem_is_said = False
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._application = application
        self.theme = self._chosen_theme()
        self.sidebar = Sidebar(self.theme)
        self.editor = Editor()
        self.status_line = StatusLine(self.theme)
        self.setStatusBar(self.status_line)
        self.banner, self.banner_text = self._make_banner()
        self._lay_out()
        self.actions_ = Actions(self)
        self._fill_toolbar()
        self._words_timer = QTimer(self)
        self._words_timer.setSingleShot(True)
        self._words_timer.setInterval(_WORDS_AFTER)
        self._words_timer.timeout.connect(self._count_words)
        self._connect()
        self._apply_theme()
        self.setMinimumSize(640, 420)
        if not self.restoreGeometry(settings.geometry):
            self.resize(1120, 760)
        self.status_line.show_connection(network.connection)
        self._refresh_account()
        self._refresh_documents()
        self._open_at_start()

    # Building

    def _lay_out(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.editor)
        splitter = QSplitter()
        splitter.addWidget(self.sidebar)
        splitter.addWidget(page)
        splitter.setSizes([230, 890])
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        self.sidebar.setMinimumWidth(150)
        self.setCentralWidget(splitter)

    def _make_banner(self) -> tuple[QWidget, QLabel]:
        banner = QWidget()
        banner.setObjectName("banner")
        banner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        text = QLabel()
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        close = QPushButton(self.tr("Close"))
        close.setObjectName("link")
        close.clicked.connect(banner.hide)
        row = QHBoxLayout(banner)
        row.setContentsMargins(20, 8, 12, 8)
        row.addWidget(text, 1)
        row.addWidget(close)
        banner.hide()
        return banner, text

    def _fill_toolbar(self) -> None:
        bar = QToolBar(self.tr("Format"))
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.toggleViewAction().setEnabled(False)
        self.style_box = QComboBox()
        self.style_box.setAccessibleName(self.tr("Paragraph style"))
        self.style_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for action in self.actions_.headings[:4]:
            self.style_box.addItem(action.text())
        self.style_box.activated.connect(self._choose_style)
        bar.addWidget(self.style_box)
        bar.addSeparator()
        self._icons = {
            **{self.actions_.marks[name]: name for name in ("bold", "italic", "underline")},
            **{self.actions_.lists[name]: name for name in ("bullet", "ordered")},
        }
        for number, action in enumerate(self._icons):
            if number == 3:
                bar.addSeparator()
            key = action.shortcut().toString()
            action.setToolTip(f"{action.text().replace('&', '')} ({key})")
            bar.addAction(action)
            button = bar.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setAccessibleName(action.text().replace("&", ""))
        self.addToolBar(bar)

    def _connect(self) -> None:
        self.sidebar.chosen.connect(self.open_document)
        # Queued: the list must not be filled anew while its own editor commits.
        self.sidebar.renamed.connect(self._rename, Qt.ConnectionType.QueuedConnection)
        self.sidebar.new_wanted.connect(self.new_document)
        self.editor.selection_changed.connect(self._refresh_actions)
        self.editor.composition_ended.connect(self._composition_ended)
        self.status_line.retry_wanted.connect(self.network.retry_now)
        self.network.remote_update.connect(self._receive)
        self.network.connection_changed.connect(self._connection_changed)
        self.network.document_changed.connect(self._document_changed)
        self.network.library_changed.connect(self._refresh_documents)
        self.network.problem.connect(self._say_problem)
        self._application.styleHints().colorSchemeChanged.connect(self._apply_theme)

    # Documents

    def new_document(self) -> None:
        """Make an empty document and open it."""
        self._create(
            self.tr("Untitled"), transfer.new_document(self.tr("Untitled"), self._author())
        )
        self.editor.setFocus()

    def import_file(self) -> None:
        """Make a document of a Markdown or text file."""
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import"), "", self.tr("Text and Markdown (*.md *.markdown *.txt)")
        )
        if not path:
            return
        try:
            imported = transfer.read_file(Path(path), self._author())
        except InkstandError as error:
            self.say(str(error))
            return
        self._create(imported.title, imported.updates)

    def export_file(self) -> None:
        """Write the open document to a file."""
        if self.opened is None:
            return
        title = self.store.document(self.opened.document_id).title
        path, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Export"),
            f"{transfer.file_name(title)}.md",
            self.tr("Markdown (*.md);;Plain text (*.txt);;JSON (*.json)"),
        )
        if not path:
            return
        try:
            transfer.write_file(self.opened.document, Path(path))
        except InkstandError as error:
            self.say(str(error))

    def _create(self, title: str, updates: transfer.Updates) -> None:
        document_id = new_document_id()
        try:
            self.store.create_document(document_id, title, updates, self._author()).result()
        except StoreError as error:
            self.say(str(error))
            return
        self._refresh_documents()
        self.sidebar.choose(document_id)
        self.network.notify_saved(document_id)

    def open_document(self, document_id: str) -> None:
        """Show a document; the one shown before is written out and let go."""
        if self.opened is not None and self.opened.document_id == document_id:
            return
        try:
            opened = OpenDocument(
                self.store, DocumentId(document_id), self._style(), self._author()
            )
        except InkstandError as error:
            self.say(str(error))
            return
        if not self._close_document():
            opened.close()
            return
        self.opened = opened
        opened.binding.typed.connect(self._typed)
        opened.binding.patched.connect(self._typed)
        opened.saved.connect(self._saved)
        opened.save_failed.connect(lambda _: self._refresh_status())
        opened.unreadable.connect(lambda error: self.say(str(error)))
        self.editor.show_binding(opened.binding)
        self.settings.last_document = document_id
        self.network.open_first(opened.document_id)
        self._refresh_role()
        self._refresh_status()
        self._count_words()
        self.setWindowTitle(f"{self._title()} — Inkstand")

    def _close_document(self) -> bool:
        """Let go of the open document; False if it must stay because it cannot be saved."""
        if self.opened is None:
            return True
        if not self.opened.replica.flush(5.0):
            self.say(
                self.tr(
                    "“%1” cannot be saved on this device right now and stays open. "
                    "Use File › Export to keep a copy elsewhere."
                ).replace("%1", self._title())
            )
            return False
        self.editor.show_binding(None)
        self.opened.close()
        self.opened = None
        return True

    def _title(self) -> str:
        if self.opened is None:
            return ""
        return self.store.document(self.opened.document_id).title or self.tr("Untitled")

    def _rename(self, document_id: str, title: str) -> None:
        title = title or self.tr("Untitled")
        if title == self.store.document(DocumentId(document_id)).title:
            self._refresh_documents()  # an emptied title is shown as it was
            return
        if self.opened is not None and self.opened.document_id == document_id:
            self.opened.document.set_title(title)
        try:
            self.store.rename_document(DocumentId(document_id), title).result()
        except StoreError as error:
            self.say(str(error))
        self._refresh_documents()
        self.setWindowTitle(f"{self._title()} — Inkstand")

    def _open_at_start(self) -> None:
        records = self.store.documents()
        if not records:
            self.new_document()
            return
        known = {record.id for record in records}
        last = self.settings.last_document
        self.sidebar.choose(last if last in known else records[-1].id)
        self.editor.setFocus()

    def _author(self) -> str | None:
        account = self.store.account()
        return account.user_id if account else None

    # What happens

    def _typed(self) -> None:
        self._refresh_status()
        self._words_timer.start()

    def _saved(self) -> None:
        if self.opened is not None:
            self.network.notify_saved(self.opened.document_id)
        self._refresh_status()

    def _receive(self, document_id: str, update: bytes) -> None:
        if self.opened is not None and self.opened.document_id == document_id:
            if self.editor.composing:
                self.opened.hold(on=True)
            self.opened.receive(update)
            self._take_title()

    def _take_title(self) -> None:
        """Follow a title that somebody else has given."""
        if self.opened is None:
            return
        title = self.opened.document.title
        if title and title != self.store.document(self.opened.document_id).title:
            self.store.rename_document(self.opened.document_id, title).result()
            self._refresh_documents()
            self.setWindowTitle(f"{title} — Inkstand")

    def _composition_ended(self) -> None:
        if self.opened is not None:
            self.opened.hold(on=False)

    def _connection_changed(self) -> None:
        self.status_line.show_connection(self.network.connection)
        state = self.network.connection
        if isinstance(state, SignedOut) and state.reason:
            self.say(state.reason)
        elif isinstance(state, Online) and self._problem_is_said:
            self.banner.hide()  # it was about the connection, and is over
        self._refresh_account()
        self._refresh_documents()
        self._refresh_status()

    def _document_changed(self, document_id: str) -> None:
        if self.opened is not None and self.opened.document_id == document_id:
            self._refresh_role()
            self._refresh_status()
            return
        status = document_status(
            facts_of(self.store.document(DocumentId(document_id))), self.network.connection
        )
        self.sidebar.show_status(document_id, status)

    # Showing

    def say(self, sentence: str) -> None:
        """Tell the person something, quietly, until they close it."""
        self._problem_is_said = False
        self.banner_text.setText(sentence)
        self.banner.show()

    def _say_problem(self, sentence: str) -> None:
        """Tell of a trouble with the connection, until it is over."""
        self.say(sentence)
        self._problem_is_said = True

    def _refresh_documents(self) -> None:
        records = self.store.documents()
        statuses = {
            record.id: document_status(facts_of(record), self.network.connection)
            for record in records
        }
        current = self.opened.document_id if self.opened else ""
        self.sidebar.show_documents(records, statuses, current)

    def _refresh_status(self) -> None:
        if self.opened is None:
            self.status_line.show_status(None)
            return
        status = document_status(self.opened.facts(), self.network.connection)
        self.status_line.show_status(status)
        self.sidebar.show_status(self.opened.document_id, status)

    def _refresh_role(self) -> None:
        """Follow the role at once: who may only read cannot type, and is told why."""
        if self.opened is None:
            return
        role = self.store.document(self.opened.document_id).role
        read_only = role in (Role.VIEWER, Role.COMMENTER)
        if read_only and not self.editor.isReadOnly():
            self.say(self.tr("You may read this document, not change it."))
        self.editor.setReadOnly(read_only)
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        self.actions_.refresh()
        checked = next((n for n, a in enumerate(self.actions_.headings) if a.isChecked()), 0)
        self.style_box.setCurrentIndex(checked if checked < self.style_box.count() else -1)
        self.style_box.setEnabled(self.actions_.headings[0].isEnabled())

    def _refresh_account(self) -> None:
        account = self.store.account()
        signed_in = account is not None and not isinstance(self.network.connection, SignedOut)
        self.actions_.sign_in.setVisible(not signed_in)
        self.actions_.sign_out.setVisible(signed_in)
        self.actions_.retry.setEnabled(
            signed_in and not isinstance(self.network.connection, Online)
        )

    def _choose_style(self, index: int) -> None:
        self.actions_.headings[index].trigger()
        self.editor.setFocus()

    def _count_words(self) -> None:
        if self.opened is None:
            self.status_line.show_words(None)
            return
        paragraphs = self.opened.binding.mirror.paragraphs
        self.status_line.show_words(sum(len(paragraph.text.split()) for paragraph in paragraphs))

    # Looks

    def _chosen_theme(self) -> Theme:
        named = {"light": LIGHT, "dark": DARK}
        return named.get(self.settings.theme) or system_theme(self._application)

    def choose_theme(self, name: str) -> None:
        """Use a theme from now on: "system", "light" or "dark"."""
        self.settings.theme = name
        self._apply_theme()

    def _apply_theme(self) -> None:
        self.theme = self._chosen_theme()
        self._application.setPalette(self.theme.palette())
        self._application.setStyleSheet(self.theme.style_sheet())
        self.sidebar.set_theme(self.theme)
        self.status_line.set_theme(self.theme)
        ink = QColor(self.theme.ink)
        for action, name in self._icons.items():
            action.setIcon(icon(name, ink))
        self.sidebar.new_button.setIcon(icon("new", ink))
        self.actions_.themes[self.settings.theme].setChecked(True)
        self._restyle()
        self._refresh_documents()

    def zoom(self, step: int | None) -> None:
        """Make the text larger or smaller by `step` percent; None: normal size."""
        percent = 100 if step is None else self.settings.zoom + step
        self.settings.zoom = min(MAX_ZOOM, max(MIN_ZOOM, percent))
        self._restyle()

    def _style(self) -> Style:
        style = self.theme.style()
        return replace(style, size=style.size * self.settings.zoom / 100)

    def _restyle(self) -> None:
        if self.opened is not None:
            self.opened.binding.restyle(self._style())
            self.editor.lay_out()

    # Account

    def sign_in(self) -> None:
        """Ask for a relay and a sign-in."""
        account = self.store.account()
        dialog = SignInDialog(
            self.network,
            account.relay_url if account else "",
            account.name if account else "",
            self,
        )
        dialog.finished.connect(lambda: self._signed_in(dialog))
        dialog.open()

    def _signed_in(self, dialog: SignInDialog) -> None:
        if dialog.signed_in is not None:
            self.banner.hide()
            sentence = session_only_sentence(dialog.signed_in)
            if sentence:
                self.say(sentence)
            if self.opened is not None:
                self.opened.document.author = dialog.signed_in.user_id
        dialog.deleteLater()
        self._refresh_account()

    def sign_out(self) -> None:
        """Sign out; documents and unsent changes stay on this device."""
        self.network.sign_out()

    def show_about(self) -> None:
        """Say what this is."""
        QMessageBox.about(
            self,
            self.tr("About Inkstand"),
            self.tr("Inkstand %1\n\nA place to write, offline and together.").replace(
                "%1", __version__
            ),
        )

    # The end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close when everything is on disk; else say why not."""
        if not self._close_document():
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.settings.save()
        event.accept()

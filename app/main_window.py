"""The main window: documents at the left, the page, the status line.

It makes the parts, lays them out and connects them; what they do is theirs:
`documents` what is open, `appearance` how it looks, `actions_` what can be done.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from app.actions import Actions
from app.announce import ParagraphAnnouncer
from app.appearance import Appearance
from app.banner import Banner
from app.care import Care
from app.dialogs.image import offer_image
from app.documents import Documents
from app.editor.as_you_type import AsYouType
from app.editor.editor import Editor
from app.editor.images import Images
from app.find.bar import FindBar
from app.links import Links
from app.network import Network
from app.open_document import OpenDocument
from app.outline.panel import OutlinePanel
from app.panes import Panes
from app.presence.presence import Presence
from app.resources import icon, resources
from app.role_line import RoleLine, reading_reason
from app.settings import Settings
from app.sidebar import Sidebar
from app.spelling.spelling import Spelling
from app.status_details import Details, StatusDetails
from app.status_line import StatusLine
from app.toolbar import FormatBar
from app.writing.focus import FocusMode
from app.writing.goal import DayGoal
from app.writing.typewriter import Typewriter
from app.writing.word_counter import WordCounter
from app.writing.word_label import WordLabel
from sync.client.events import Online, SignedOut
from sync.store.store import Store

_STATUS_AFTER = 20
"""Milliseconds from a change of status until it is shown."""


class MainWindow(QMainWindow):
    """One window on one profile."""

    def __init__(self, store: Store, network: Network, settings: Settings) -> None:
        super().__init__()
        self.store = store
        self.network = network
        self.settings = settings
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.appearance = Appearance(application, settings)
        self.documents = Documents(store, network, self.appearance.style)
        self.sidebar = Sidebar(self.appearance.theme)
        self.editor = Editor()
        self.images = Images(store, self)
        self.editor.use_images(self.images)
        offer_image(self.editor)
        self.find_bar = FindBar(self.editor)
        dictionaries = resources() / "dictionaries"
        self.spelling = Spelling(self.editor, settings, store.data_dir, dictionaries)
        self.as_you_type = AsYouType(self.editor, lambda: self.documents.language)
        self.as_you_type.markdown = settings.markdown_typing
        self.as_you_type.smart_punctuation = settings.smart_punctuation
        self.links = Links(self.editor)
        self.banner = Banner()
        self.role_line = RoleLine(self.appearance.theme)
        self._role_shown: str | None = None
        """Id of the document whose role is shown."""
        self.status_line = StatusLine(self.appearance.theme)
        self.setStatusBar(self.status_line)
        self.outline = OutlinePanel(self.editor)
        self.words = WordCounter(self.editor, DayGoal(settings))
        self.presence = Presence(
            *(store, network, self.documents, self.editor, settings),
            lambda: self.appearance.theme,
        )
        self.status_line.addPermanentWidget(self.presence.bar, 1)
        self.status_line.addPermanentWidget(WordLabel(self.words))
        self.typewriter = Typewriter(self.editor)
        self.typewriter.on = settings.typewriter
        self._refused = False
        """Whether the person has been told that changes of the open document were refused."""
        self.care = Care(store, network, self.documents, self)
        self._status_timer = QTimer(self)
        self._status_timer.setSingleShot(True)
        self._status_timer.setInterval(_STATUS_AFTER)
        self._status_timer.timeout.connect(self._show_status)
        self._lay_out()
        self.focus_mode = FocusMode(
            self,
            self.editor,
            (self.menuBar(), self.sidebar, self.outline, self.status_line),
            lambda: self.appearance.theme.faded,
        )
        self.actions_ = Actions(self)
        self.toolbar = FormatBar(self.actions_.format, self.editor)
        self.addToolBar(self.toolbar)
        self.focus_mode.hide_too(self.toolbar)
        self.kinds = ParagraphAnnouncer(self.editor, self.actions_.format)
        self.panes = Panes(
            self,
            [
                (self.sidebar, self.sidebar.list),
                (self.toolbar, self.toolbar.style_box),
                (self.banner, None),
                (self.editor, self.editor),
                (self.find_bar, self.find_bar.field),
                (self.outline, self.outline.tree),
                (self.status_line, None),
            ],
        )
        self._connect()
        self._use_theme()
        self.setMinimumSize(640, 420)
        if not self.restoreGeometry(settings.geometry):
            self.resize(1120, 760)
        self.status_line.show_connection(network.connection)
        self._show_documents()
        self._refresh_actions()
        self._open_at_start()
        self.care.begin()

    @property
    def opened(self) -> OpenDocument | None:
        """The document that is open."""
        return self.documents.opened

    # Building

    def _lay_out(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.role_line)
        column.addWidget(self.editor)
        column.addWidget(self.find_bar)
        splitter = QSplitter()
        splitter.addWidget(self.sidebar)
        splitter.addWidget(page)
        splitter.addWidget(self.outline)
        splitter.setSizes([230, 890, 230])
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        self.sidebar.setMinimumWidth(150)
        self.outline.setMinimumWidth(150)
        self.outline.setVisible(self.settings.outline)
        self.setCentralWidget(splitter)

    def _connect(self) -> None:
        self.sidebar.chosen.connect(self.documents.open)
        # Queued: the list must not be filled anew while its own editor commits.
        self.sidebar.renamed.connect(self.documents.rename, Qt.ConnectionType.QueuedConnection)
        self.sidebar.new_wanted.connect(self.new_document)
        self.editor.selection_changed.connect(self._refresh_actions)
        self.editor.composition_ended.connect(self.documents.let_in)
        self.status_line.retry_wanted.connect(self.network.retry_now)
        self.status_line.details_wanted.connect(self._show_details)
        documents = self.documents
        documents.opened_changed.connect(self._show_opened)
        documents.status_changed.connect(self._show_status_soon)
        documents.listing_changed.connect(self._show_documents)
        documents.language_changed.connect(self.actions_.edit.refresh)
        documents.language_changed.connect(self.spelling.restart)
        documents.problem.connect(self.banner.say)
        documents.cannot_save.connect(self.banner.say_for_now)
        documents.saves_again.connect(self.banner.let_pass)
        self.care.problem.connect(self.banner.say)
        self.care.salvaged.connect(self._show_salvaged)
        self.banner.closed.connect(self.editor.setFocus)
        self.spelling.problem.connect(self.banner.say)
        self.editor.intake.problem.connect(self.banner.say)
        self.editor.intake.busy.connect(self.status_line.show_busy)
        self.network.remote_update.connect(self._receive)
        self.network.connection_changed.connect(self._connection_changed)
        self.network.document_changed.connect(self._document_changed)
        self.network.library_changed.connect(self._show_documents)
        self.network.progress.connect(self.status_line.show_progress)
        self.network.progress.connect(self._show_overall)
        self.network.problem.connect(self.banner.say_for_now)
        self.appearance.theme_changed.connect(self._use_theme)
        self.appearance.style_changed.connect(self._restyle)

    # Documents

    def new_document(self) -> None:
        """Make an empty document and open it."""
        self.show_new(self.documents.new())
        self.editor.setFocus()

    def show_new(self, document_id: str | None) -> None:
        """Open a document that was just made, if it was."""
        if document_id is not None:
            self.sidebar.choose(document_id)

    def _open_at_start(self) -> None:
        known = [record.id for record in self.store.documents()]
        if not known:
            self.new_document()
            return
        last = self.settings.last_document
        self.sidebar.choose(last if last in known else known[-1])
        self.editor.setFocus()

    def _show_salvaged(self) -> None:
        self._show_documents()
        self._show_status()
        if self.opened is None:
            self._open_at_start()

    def _show_opened(self) -> None:
        opened = self.opened
        binding = opened.binding if opened else None
        self.editor.show_binding(binding)
        self.outline.show_binding(binding)
        self.words.show(binding)
        self.find_bar.show_binding(binding)
        self.spelling.show_binding(binding)
        self.actions_.file.refresh()
        if opened is None:
            self._show_role()
            return
        self.settings.last_document = opened.document_id
        self._refused = False
        self._follow_role()
        self._show_status()
        self._show_title()

    # What happens

    def _receive(self, document_id: str, update: bytes) -> None:
        self.documents.receive(document_id, update, hold=self.editor.composing)

    def _connection_changed(self) -> None:
        state = self.network.connection
        self.status_line.show_connection(state)
        if isinstance(state, SignedOut) and state.reason:
            self.banner.say(state.reason)
        elif isinstance(state, Online):
            self.banner.let_pass()  # it was about the connection, and is over
        self.actions_.account.refresh()
        self._show_documents()
        self._show_status()
        self._show_overall()

    def _document_changed(self, document_id: str) -> None:
        if self.opened is not None and self.opened.document_id == document_id:
            self._follow_role()
            self._show_status()
            return
        status = self.documents.status(document_id)
        if status is not None:
            self.sidebar.show_status(document_id, status)

    # Showing

    def _show_documents(self) -> None:
        listing = self.documents.listing()
        current = self.opened.document_id if self.opened else ""
        self.sidebar.show_documents(
            [record for record, _ in listing],
            {record.id: status for record, status in listing},
            current,
        )
        self._show_title()

    def _show_title(self) -> None:
        title = self.documents.title
        self.setWindowTitle(f"{title} — Inkstand" if title else "Inkstand")

    def _show_status_soon(self) -> None:
        """Behind the paint of what was typed, and once for all that happens until then."""
        if not self._status_timer.isActive():
            self._status_timer.start()

    def _show_status(self) -> None:
        status = self.documents.status()
        self.status_line.show_status(status)
        self.actions_.file.follow_status(status)
        if status is not None and self.opened is not None:
            self.sidebar.show_status(self.opened.document_id, status)

    def _show_overall(self) -> None:
        self.status_line.show_overall(self.documents.overall(), self.store.in_step())

    def _show_details(self) -> None:
        details = StatusDetails(self._details, self.status_line)
        details.retry_wanted.connect(self.network.retry_now)
        details.sign_in_wanted.connect(self.actions_.account.sign_in.trigger)
        details.show_above(self.status_line)

    def _details(self) -> Details:
        account = self.store.account()
        return Details(
            connection=self.network.connection,
            relay=account.relay_url if account else None,
            account=account.name if account else None,
            document=self.documents.status(),
            overall=self.documents.overall(),
            totals=self.store.totals(),
            in_step=self.store.in_step(),
        )

    def _follow_role(self) -> None:
        """Follow the role at once: who may only read cannot type, and is told why."""
        read_only = not self.documents.may_write
        refused = self.documents.refused
        if refused and not self._refused:
            self.banner.say(
                self.tr(
                    "The relay refused changes that you made here. They stay on this device: "
                    "“Duplicate” in the File menu makes a document of your own of them, “Discard "
                    "refused changes” puts the others’ text in their place."
                )
            )
        self._refused = refused
        if read_only:
            self.editor.end_composition()
        self.editor.setReadOnly(read_only)
        self._show_role()
        self._refresh_actions()

    def _show_role(self) -> None:
        """Say above the page, in the status line and at the actions why nothing can be typed."""
        reason = reading_reason(self.documents.role)
        document = self.opened.document_id if self.opened else None
        same_document, self._role_shown = document == self._role_shown, document
        self.role_line.show_reason(reason, same_document=same_document)
        self.status_line.show_role(reason)
        self.actions_.explain(reason)

    def _refresh_actions(self) -> None:
        self.actions_.follow_selection()
        self.toolbar.refresh()
        self.kinds.refresh()

    def _use_theme(self) -> None:
        theme = self.appearance.theme
        self.sidebar.set_theme(theme)
        self.status_line.set_theme(theme)
        self.find_bar.set_theme(theme)
        self.presence.refresh()
        self.role_line.set_theme(theme)
        self.spelling.set_color(QColor(theme.bad))
        ink = QColor(theme.ink)
        self.toolbar.set_ink(ink)
        self.sidebar.new_button.setIcon(icon("new", ink))
        self.actions_.view.refresh()
        self._show_documents()

    def _restyle(self) -> None:
        if self.opened is not None:
            self.opened.binding.restyle(self.appearance.style())
            self.editor.lay_out()

    def toggle_outline(self) -> None:
        """Show the outline, or hide it."""
        self.settings.outline = not self.settings.outline
        self.outline.setVisible(self.settings.outline)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves focus mode, and leads back to the page from everywhere."""
        if event.key() == Qt.Key.Key_Escape and self.focus_mode.on:
            self.focus_mode.toggle()
        elif event.key() == Qt.Key.Key_Escape:
            self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            super().keyPressEvent(event)

    # The end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close when everything is on disk; else say why not."""
        if not self.documents.close():
            event.ignore()
            return
        self.find_bar.finder.tasks.close()
        self.spelling.close()
        self.images.close()
        self.care.close()
        self.settings.geometry = self.saveGeometry()
        self.settings.save()
        event.accept()

"""One window: documents at the left, the page, the status line.

It makes the parts, lays them out and connects them; what they do is theirs: `documents` what is
open here, `actions_` what can be done. What there is once for all windows is the `program`'s.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from app.actions import Actions
from app.actions.shortcuts import Shortcuts
from app.announce import ParagraphAnnouncer
from app.banner import Banner
from app.dialogs.image import offer_image
from app.documents import Documents
from app.editor.as_you_type import AsYouType
from app.editor.editor import Editor
from app.empty_page import EmptyPage
from app.files import Files
from app.find.bar import FindBar
from app.library.sidebar import Sidebar
from app.links import Links
from app.open_document import OpenDocument
from app.outline.panel import OutlinePanel
from app.panes import Panes
from app.presence.presence import Presence
from app.resources import icon, resources
from app.role_line import RoleLine
from app.search.finding import Finding
from app.seen import SeenNotes
from app.session import WindowState
from app.sharing.invitations import Invitations
from app.spelling.spelling import Spelling
from app.standing import Standing
from app.status_line import StatusLine
from app.toolbar import FormatBar
from app.writing.focus import FocusMode
from app.writing.goal import DayGoal
from app.writing.typewriter import Typewriter
from app.writing.word_counter import WordCounter
from app.writing.word_label import WordLabel
from sync.errors import UnknownDocument
from sync.store.search.results import Range
from sync.types import DocumentId

if TYPE_CHECKING:
    from app.program import Program


_IN_MENUS = frozenset({"markdown_typing", "smart_punctuation", "typewriter", "theme", "language"})
"""Names of the settings that entries of menus show."""

_SIZE = QSize(1120, 760)
_COLUMNS = [230, 890, 230]
"""Pixels, of a window at the very first start."""


class MainWindow(QMainWindow):
    """One window of a program. Made by it: `Program.new_window`."""

    def __init__(self, program: Program, state: WindowState) -> None:
        super().__init__()
        self.program = program
        self.store = store = program.store
        self.network = network = program.network
        self.settings = settings = program.settings
        self.appearance = program.appearance
        self._state = state
        self._closed = False
        self.empty: EmptyPage | None = None
        """What is shown in the place of the page; made when there is none."""
        self._shown: str | None = None
        """Id of the document on the page, while that is another one than `opened` already."""
        self.documents = Documents(store, network, settings, program.live, self.appearance.style)
        self.files = Files(store, self.documents)
        self.sidebar = Sidebar(program.shelf, settings, self.appearance.theme)
        self.editor = Editor()
        self.images = program.images
        self.editor.use_images(self.images)
        offer_image(self.editor)
        self.find_bar = FindBar(self.editor)
        dictionaries = resources() / "dictionaries"
        self.spelling = Spelling(self.editor, settings, store.data_dir, dictionaries)
        self.as_you_type = AsYouType(self.editor, lambda: self.documents.language)
        self.links = Links(self.editor)
        self.banner = Banner()
        self.role_line = RoleLine(self.appearance.theme)
        self.status_line = StatusLine(self.appearance.theme)
        self.setStatusBar(self.status_line)
        self.status_line.addWidget(self.files.line)
        self.outline = OutlinePanel(self.editor)
        self.words = WordCounter(self.editor, DayGoal(settings))
        self.presence = Presence(
            *(program.rooms, self.documents, self.editor, settings),
            lambda: self.appearance.theme,
        )
        self.status_line.addPermanentWidget(self.presence.bar, 1)
        self.status_line.addPermanentWidget(WordLabel(self.words))
        self.typewriter = Typewriter(self.editor)
        self._lay_out()
        self.focus_mode = FocusMode(
            self,
            self.editor,
            (self.menuBar(), self.sidebar, self.outline, self.status_line),
            lambda: self.appearance.theme.faded,
        )
        self.finding = Finding(self, self.editor, program.library_index)
        self.seen = SeenNotes(store, self, lambda: self.editor.composing)
        self.invitations = Invitations(self, program.relay_here)
        self.actions_ = Actions(self)
        self.shortcuts = Shortcuts(self.actions_.menus, settings, self)
        self.toolbar = FormatBar(self.actions_.format, self.editor)
        self.toolbar.add_at_the_end("share", self.actions_.file.share)
        self.addToolBar(self.toolbar)
        self.focus_mode.hide_too(self.toolbar)
        self.kinds = ParagraphAnnouncer(self.editor, self.actions_.format)
        self.panes = Panes(
            self,
            [
                (self.sidebar, self.sidebar.tree),
                (self.toolbar, self.toolbar.style_box),
                (self.banner, None),
                (self.place, self.editor),
                (self.find_bar, self.find_bar.field),
                (self.outline, self.outline.tree),
                (self.status_line, None),
            ],
        )
        self.standing = Standing(self)
        self._connect()
        self._use_theme()
        self._use_settings()
        self.setMinimumSize(640, 420)
        if not self.restoreGeometry(state.geometry):
            self.resize(_SIZE)
        self.show_title()
        self.refresh_actions()

    def begin(self) -> None:
        """Show the window and, in it, what its state says."""
        wanted = self._state.document
        if wanted is not None:
            with suppress(UnknownDocument):  # it has gone since
                self.documents.open(self.store.document(DocumentId(wanted)).id)
        self.show()
        if self.opened is not None:
            self._return_to(self.opened.document_id)  # only now its lines are as wide as they are
        self.focus_page()
        self._page_timer.start()
        self._connect_session()

    def state(self) -> WindowState:
        """Return what brings this window back at the next start."""
        state = self._state
        opened = self.opened
        state.document = opened.document_id if opened is not None else None
        if opened is not None:
            state.note(opened.document_id, self.editor.place())
        if not self.focus_mode.on:
            state.geometry = bytes(self.saveGeometry().data())
            state.columns = self.splitter.sizes()
        return state

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
        self.place = QWidget()
        place = QVBoxLayout(self.place)
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(self.editor)
        column.addWidget(self.place, 1)
        column.addWidget(self.find_bar)
        self.splitter = splitter = QSplitter()
        splitter.addWidget(self.sidebar)
        splitter.addWidget(page)
        splitter.addWidget(self.outline)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        self.sidebar.setMinimumWidth(150)
        self.outline.setMinimumWidth(150)
        self.sidebar.setVisible(self._state.sidebar)
        self.outline.setVisible(self._state.outline)
        splitter.setSizes(self._state.columns or _COLUMNS)
        self.setCentralWidget(splitter)
        self._page_timer = QTimer(self)
        self._page_timer.setSingleShot(True)
        self._page_timer.timeout.connect(self._show_page)

    def _connect(self) -> None:
        self.sidebar.chosen.connect(self.documents.open)
        # Queued: the list must not be filled anew while its own editor commits.
        self.sidebar.renamed.connect(self.documents.rename, Qt.ConnectionType.QueuedConnection)
        self.sidebar.new_wanted.connect(self.new_document)
        self.sidebar.page_wanted.connect(self.editor.setFocus)
        self.program.shelf.records_changed.connect(self._records_changed)
        self.program.shelf.problem.connect(self.banner.say)
        self.program.shelf.cannot_save.connect(self.banner.say_for_now)
        self.program.shelf.saves_again.connect(self.banner.let_pass)
        self.editor.selection_changed.connect(self.refresh_actions)
        self.editor.composition_ended.connect(self.documents.let_in)
        documents = self.documents
        documents.opened_changed.connect(self._show_opened)
        documents.listing_changed.connect(self.show_title)
        documents.language_changed.connect(self.actions_.edit.refresh)
        documents.language_changed.connect(self.spelling.restart)
        documents.problem.connect(self.banner.say)
        self.files.problem.connect(self.banner.say)
        documents.live.problem.connect(self.banner.say)
        self.program.care.problem.connect(self.banner.say)
        self.program.care.salvaged.connect(self._show_salvaged)
        self.banner.closed.connect(self.focus_page)
        documents.cannot_save.connect(self.banner.say_for_now)
        documents.saves_again.connect(self.banner.let_pass)
        self.spelling.problem.connect(self.banner.say)
        self.editor.intake.problem.connect(self.banner.say)
        self.editor.intake.busy.connect(self.status_line.show_busy)
        self.editor.intake.progressed.connect(self.status_line.show_pasted)
        self.finding.open_requested.connect(self._open_found)
        self.network.remote_update.connect(self.seen.receive)
        self.network.problem.connect(self.banner.say_for_now)
        self.settings.changed.connect(self._use_settings)
        self.shortcuts.changed.connect(self.toolbar.name_keys)
        self.appearance.theme_changed.connect(self._use_theme)
        self.appearance.style_changed.connect(self._restyle)

    # Documents

    def new_document(self) -> None:
        """Make an empty document and open it."""
        self.show_new(self.documents.new())

    def show_new(self, document_id: DocumentId | None) -> None:
        """Open a document that was just made, if it was, in the folder where the person is."""
        if document_id is None:
            return
        self.sidebar.filter.clear()
        self.program.shelf.add_document(document_id, self.sidebar.folder)
        self.documents.open(document_id)
        self.editor.setFocus()

    def _open_found(
        self, document_id: str, beside: bool, hit: tuple[str, tuple[Range, ...]] | None
    ) -> None:  # a signal's
        window = self.program.new_window(document_id) if beside else self
        window.documents.open(document_id)
        opened = window.opened
        if hit is not None and opened is not None and opened.document_id == document_id:
            window.finding.show_hit(*hit)
        else:
            window.editor.setFocus()

    def _show_salvaged(self) -> None:
        self.show_title()
        self.standing.show_status()

    def _records_changed(self, documents: set[str] | None) -> None:
        opened = self.opened
        if opened is not None and (documents is None or opened.document_id in documents):
            self.show_title()

    def _show_opened(self) -> None:
        opened = self.opened
        binding = opened.binding if opened else None
        if self._shown is not None:
            self._state.note(self._shown, self.editor.place())
        self._shown = opened.document_id if opened is not None else None
        self.editor.show_binding(binding)
        self.outline.show_binding(binding)
        self.words.show(binding)
        self.find_bar.show_binding(binding)
        self.spelling.show_binding(binding)
        self.finding.show_open(opened.document_id if opened else None)
        self.seen.show_document(opened.document_id if opened else None)
        self.actions_.file.refresh()
        self.program.show_changed()
        self.sidebar.show_opened(self._shown)
        self._page_timer.start()  # not at once: between two documents there is none for a moment
        if opened is not None:
            self.program.shelf.note_opened(opened.document_id)
            self._return_to(opened.document_id)
        self.standing.show_opened()

    def _return_to(self, document_id: str) -> None:
        place = self._state.places.get(document_id)
        if place is not None:
            self.editor.return_to(place)

    def _show_page(self) -> None:
        """Show the page, or in its place what can be done without a document."""
        has_page = self.opened is not None
        had_focus = self.editor.hasFocus()
        if self.empty is None and not has_page:
            self.empty = EmptyPage(self.actions_.first_steps(), self.shortcuts)
            layout = self.place.layout()
            assert layout is not None
            layout.addWidget(self.empty)
        if self.empty is not None:
            had_focus = had_focus or self.empty.has_focus()
            self.empty.setVisible(not has_page)
        self.editor.setVisible(has_page)
        if not has_page:
            self.find_bar.hide()
            self.sidebar.show_nothing()
            self.standing.show_status()
        if had_focus:
            self.focus_page()

    def focus_page(self) -> None:
        """Put the focus where one writes, or where one begins to."""
        if self.empty is not None and self.opened is None:
            self.empty.focus()
        else:
            self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Showing

    def show_title(self) -> None:
        """Name the window by its document, with a number if others show that too."""
        self.setWindowTitle(f"{self.title} — Inkstand" if self.title else "Inkstand")

    @property
    def title(self) -> str:
        """The open document's title, numbered from the second window on it on; empty: none."""
        title, number = self.documents.title, self.program.number_of(self)
        return f"{title} ({number})" if number > 1 else title

    def refresh_actions(self) -> None:
        """Offer what can be done where the caret is now."""
        self.actions_.follow_selection()
        self.toolbar.refresh()
        self.kinds.refresh()

    def _use_theme(self) -> None:
        theme = self.appearance.theme
        self.sidebar.set_theme(theme)
        self.status_line.set_theme(theme)
        self.find_bar.set_theme(theme)
        self.finding.set_theme(theme)
        self.presence.refresh()
        self.role_line.set_theme(theme)
        self.spelling.set_color(QColor(theme.bad))
        ink = QColor(theme.ink)
        self.toolbar.set_ink(ink)
        self.sidebar.new_button.setIcon(icon("new", ink))
        self.actions_.view.refresh()

    def _use_settings(self, name: str = "") -> None:
        """Do as the person has chosen, maybe in another window; `name`: what has changed."""
        settings = self.settings
        self.as_you_type.markdown = settings.markdown_typing
        self.as_you_type.smart_punctuation = settings.smart_punctuation
        if self.typewriter.on != settings.typewriter:
            self.typewriter.on = settings.typewriter
        if name in _IN_MENUS:
            self.actions_.view.refresh()
            self.actions_.edit.refresh()

    def _restyle(self) -> None:
        if self.opened is not None:
            with self.editor.keeping_place():
                self.opened.binding.restyle(self.appearance.style())
                self.editor.lay_out()

    def toggle_outline(self) -> None:
        """Show the outline, or hide it; windows that are new do the same."""
        self._state.outline = self.settings.outline = not self._state.outline
        self.outline.setVisible(self._state.outline)
        self.program.session.note()

    @property
    def outline_wanted(self) -> bool:
        """Whether the outline is shown, but for focus mode."""
        return self._state.outline

    def toggle_sidebar(self) -> None:
        """Show the list of documents, or hide it."""
        self._state.sidebar = not self._state.sidebar
        self.sidebar.setVisible(self._state.sidebar)
        self.program.session.note()

    @property
    def sidebar_wanted(self) -> bool:
        """Whether the list of documents is shown, but for focus mode."""
        return self._state.sidebar

    def come_to_front(self) -> None:
        """Be the window that the person is at."""
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()

    # Session

    def _connect_session(self) -> None:
        note = self.program.session.note
        self.editor.selection_changed.connect(note)
        self.editor.verticalScrollBar().valueChanged.connect(note)
        self.splitter.splitterMoved.connect(note)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Remember where the window is."""
        super().moveEvent(event)
        self.program.session.note()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Remember how large the window is."""
        super().resizeEvent(event)
        self.program.session.note()

    def changeEvent(self, event: QEvent) -> None:
        """Note that the person has come to this window."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.program.bring_to_front(self)
            self.presence.tell_caret()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves focus mode, and leads back to the page from everywhere."""
        if event.key() == Qt.Key.Key_Escape and self.focus_mode.on:
            self.focus_mode.toggle()
        elif event.key() == Qt.Key.Key_Escape:
            self.focus_page()
        else:
            super().keyPressEvent(event)

    # The end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close when everything is on disk; else say why not."""
        state = self.state()
        if not self.documents.close():
            event.ignore()
            return
        event.accept()
        if not self._closed:
            self._closed = True
            self._page_timer.stop()
            self.standing.close()
            self.documents.leave()
            self.find_bar.finder.tasks.close()
            self.files.close()
            self.spelling.close()
            self.finding.close_for_good()
            self.presence.close()
            self.program.window_closed(self, state)

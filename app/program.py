"""The program on one profile: what there is once, and the windows on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWidgets import QApplication

from app import session
from app.appearance import Appearance
from app.care import Care
from app.editor.images import Images
from app.errors import said
from app.library.shelf import Shelf
from app.live_documents import FLUSH_SECONDS, LiveDocuments
from app.main_window import MainWindow
from app.network import Network
from app.presence.rooms import Rooms
from app.resources import resources
from app.search.library_index import LibraryIndex
from app.session import SessionKeeper, WindowState
from app.settings import Settings
from app.sharing.relay_here import RelayHere
from app.updates.source import read_source
from app.updates.updates import Newer, Updates
from sync.client.invite_link import is_invite
from sync.store.store import Store


class Program(QObject):
    """Makes windows, knows which there are, and ends when the last one closes."""

    windows_changed = Signal()
    """One was opened or closed, or shows something else."""

    def __init__(self, store: Store, network: Network, settings: Settings) -> None:
        super().__init__()
        self.store = store
        self.network = network
        self.settings = settings
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.appearance = Appearance(application, settings)
        self.images = Images(store, self)
        self.live = LiveDocuments(store, network)
        self.shelf = Shelf(store, network, self.live)
        self.relay_here = RelayHere(store, network, settings)
        self.rooms = Rooms(store, network)
        self.library_index = LibraryIndex(store, self)
        self.library_index.library = lambda: self.shelf.view
        self.updates = Updates(read_source(resources() / "build.json"), settings, self)
        self.updates.found.connect(self._tell_of_version)
        self.updates.suspicious.connect(lambda problem: self.say(said(problem)))
        self.windows: list[MainWindow] = []
        """Those that are open, the oldest first."""
        self._recent: list[MainWindow] = []
        """The same, the one in front the last."""
        self.care = Care(store, network, self.live, self)
        self.session = SessionKeeper(store.data_dir / session.FILE, self._states, self)
        self.care.salvaged.connect(self.shelf.reload)
        self._quitting: list[WindowState] | None = None
        """What was open when the person chose to quit."""
        self._ended = False
        self.wanted_backup: Path | None = None
        """What to go back to once the profile is closed."""

    # Windows

    def begin(self, *, welcome: bool = False) -> None:
        """Open the windows that were open last; at the first start, one with a new document.

        `welcome`: with the one that explains the program. It is made once and never again.
        """
        states = session.read(self.store.data_dir / session.FILE)
        for state in states:
            self.open_window(state)
        if not states:
            window = self.open_window(WindowState(document=self._newest()))
            if window.opened is None and not self.settings.welcomed:
                documents = window.documents
                window.show_new(documents.welcome() if welcome else documents.new())
                window.editor.setFocus()
        self.settings.welcomed = True
        self._recent[-1].activateWindow()
        self.care.begin()
        self.updates.begin()

    def open_window(self, state: WindowState) -> MainWindow:
        """Open a window and show it."""
        window = MainWindow(self, state)
        self.windows.append(window)
        self._recent.append(window)
        window.begin()
        self.windows_changed.emit()
        self.session.note()
        return window

    def new_window(self, document_id: str | None = None) -> MainWindow:
        """Open a window like the one in front, with a document or with none."""
        state = WindowState(document_id, outline=self.settings.outline)
        front = self.front
        if front is not None:
            shown = front.state()
            state.sidebar, state.columns = shown.sidebar, shown.columns
            state.places.update(shown.places)
        window = self.open_window(state)
        if front is not None and not front.isMaximized() and not front.isFullScreen():
            window.resize(front.size())
        window.activateWindow()
        return window

    @property
    def front(self) -> MainWindow | None:
        """The window that is in front, or was last."""
        return self._recent[-1] if self._recent else None

    def bring_to_front(self, window: MainWindow) -> None:
        """Note that the person is at a window now."""
        if window in self._recent and self._recent[-1] is not window:
            self._recent.remove(window)
            self._recent.append(window)
            self.session.note()

    def take_over(self, link: str) -> None:
        """Come to the front, as another start of the program wanted, with its invite or file."""
        window = self.front
        if window is None:
            return
        window.come_to_front()
        if is_invite(link):
            window.invitations.join(link)
        elif link:
            file = QUrl(link).toLocalFile()
            window.files.bring_in(Path(file), window.show_new)

    def say(self, sentence: str) -> None:
        """Say something in the window in front, above the page."""
        if self.front is not None:
            self.front.banner.say(sentence)

    def _tell_of_version(self, newer: Newer) -> None:
        if self.front is not None:
            sentence = self.tr("There is a newer version: Inkstand %1.")
            show = self.tr("Show…"), self.front.actions_.help.check_for_updates
            self.front.banner.say(sentence.replace("%1", newer.index.version), show)

    def number_of(self, window: MainWindow) -> int:
        """Return which of the windows on its document a window is, from 1, the oldest first."""
        opened = window.opened
        if opened is None:
            return 1
        return self.live.showing(opened.document_id).index(window.documents) + 1

    def show_changed(self) -> None:
        """Say that a window shows something else now."""
        for window in self.windows:
            window.show_title()  # their numbers may be other ones
        self.windows_changed.emit()
        self.session.note()

    def window_closed(self, window: MainWindow, state: WindowState) -> None:
        """Forget a window that has closed; end with the last one, which was as `state` says."""
        self.windows.remove(window)
        self._recent.remove(window)
        window.deleteLater()
        if self.windows:
            self.show_changed()
        else:
            self._end(self._quitting or [state])

    def quit(self) -> bool:
        """Close all windows, to be opened again at the next start; False if one must stay."""
        for live in self.live:
            if not live.replica.flush(FLUSH_SECONDS):  # before the first window is gone
                self.live.showing(live.document_id)[0].say_it_stays()
                return False
        self._quitting = self._states()
        for window in tuple(self.windows):
            if not window.close():
                self._quitting = None
                return False
        return True

    def restore(self, backup: Path) -> None:
        """Close everything, go back to a backup, and open everything again (`app.gui` does it)."""
        self.wanted_backup = backup
        if not self.quit():
            self.wanted_backup = None

    # Inside

    def _end(self, states: list[WindowState]) -> None:
        if not self._ended:
            self._ended = True
            self.care.close()
            self.updates.close()
            self.shelf.close()
            self.library_index.close()
            self.images.close()
            self.settings.save()
            self.session.close(states)

    def _states(self) -> list[WindowState]:
        return [window.state() for window in self._recent]

    def _newest(self) -> str | None:
        return next(reversed(self.shelf.records), None)

"""The relay on this computer as the window sees it: started once, then whenever Inkstand runs."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from app.account.asking import Asking
from app.network import Network
from app.settings import Settings
from app.sharing.addresses import Place, private_places
from app.sharing.relay_process import RelayProcess, add_owner
from sync.client.session import SignedIn
from sync.errors import InkstandError
from sync.store.store import Store

FOLDER = "relay"
"""In the profile: accounts and documents of the relay, kept when it stops."""


class RelayHere(QObject):
    """Belongs to the program. `changed` tells when it runs, or no more."""

    changed = Signal()

    failed = Signal(str)
    """A sentence: it did not start, or ended by itself."""

    signed_in = Signal(object)
    """The `SignedIn` after the relay's owner was signed in here."""

    def __init__(self, store: Store, network: Network, settings: Settings) -> None:
        super().__init__()
        self._store = store
        self._network = network
        self._settings = settings
        self._asking = Asking(self)
        self._asking.busy_changed.connect(self.changed)
        self._process: RelayProcess | None = None
        self._starting: Future[RelayProcess] | None = None

    # Reading

    @property
    def running(self) -> bool:
        """Whether others can connect."""
        return self._process is not None

    @property
    def busy(self) -> bool:
        """Whether it is about to run."""
        return self._asking.busy

    @property
    def exists(self) -> bool:
        """Whether there was one before: then it has its owner, and its port."""
        return bool(self._settings.relay_port)

    @property
    def own_url(self) -> str:
        """The address that this computer uses itself: it stays when the network's changes."""
        return f"ws://127.0.0.1:{self._settings.relay_port}"

    @property
    def address(self) -> str:
        """The address that others use."""
        return f"ws://{self._settings.relay_address}:{self._settings.relay_port}"

    def reached_at(self, relay_url: str) -> str:
        """Return how others reach a relay that this profile reaches at `relay_url`."""
        return self.address if self.exists and relay_url == self.own_url else relay_url

    # Doing

    def begin(self, name: str, password: str, place: Place, port: int) -> None:
        """Make a relay whose owner is `name`, start it, and sign in to it."""
        data_dir = self._store.data_dir / FOLDER

        def work() -> RelayProcess:
            process = RelayProcess(data_dir, port, place.network)
            try:
                add_owner(data_dir, name, password)
            except InkstandError:
                process.stop()
                raise
            return process

        self._start(self._store.threads.call("inkstand-relay", work), place, (name, password))

    def start(self, place: Place) -> None:
        """Start the relay that there was before, in this network now."""
        port, data_dir = self._settings.relay_port, self._store.data_dir / FOLDER
        starting = self._store.threads.call(
            "inkstand-relay", lambda: RelayProcess(data_dir, port, place.network)
        )
        self._start(starting, place, None)

    def start_again(self) -> None:
        """Start it as it was when the program ended, if it ran then."""
        if not self._settings.relay_on or not self.exists:
            return
        places = private_places()
        wanted = self._settings.relay_address
        place = next((one for one in places if one.address == wanted), None)
        # Another network today, or another address in it: the first that there is.
        place = place or next(iter(places), None)
        if place is not None:
            self.start(place)

    def stop(self) -> None:
        """Stop it, and do not start it by itself any more; its data stays."""
        self._settings.relay_on = False
        process, self._process = self._process, None
        self.changed.emit()
        if process is not None:
            self._store.threads.call("inkstand-relay", process.stop)

    def close(self) -> None:
        """Stop it, because the program ends; blocks until it has."""
        self._asking.close()
        with suppress(InkstandError):
            starting = self._starting.result() if self._starting is not None else None
            self._process = self._process or starting
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    def _start(
        self, starting: Future[RelayProcess], place: Place, who: tuple[str, str] | None
    ) -> None:
        self._starting = starting
        self._asking.wait_for(starting, lambda process: self._runs(process, place, who), self._fail)

    def _runs(self, process: RelayProcess, place: Place, who: tuple[str, str] | None) -> None:
        self._starting, self._process = None, process
        self._settings.relay_address = place.address
        self._settings.relay_port = process.port
        self._settings.relay_on = True
        self._settings.save()
        ended = self._store.threads.call("inkstand-relay", process.wait)
        self._asking.watch(ended, lambda _: self._ended(process))
        if who is not None:
            name, password = who
            self._asking.wait_for(
                self._network.sign_in(self.own_url, name, password), self._sign_in, self._fail
            )
        else:
            self._network.retry_now()
        self.changed.emit()

    def _sign_in(self, signed_in: SignedIn) -> None:
        self.signed_in.emit(signed_in)
        self.changed.emit()

    def _ended(self, process: RelayProcess) -> None:
        if self._process is process:
            self._process = None
            self.changed.emit()
            self.failed.emit(
                self.tr(
                    "The relay on this computer has ended by itself. Account › Share on this "
                    "network starts it again."
                )
            )

    def _fail(self, error: InkstandError) -> None:
        self._starting = None
        self.changed.emit()
        self.failed.emit(str(error))

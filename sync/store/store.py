"""The device's store: what the rest of the program sees of it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from sync.errors import BackupFailed, CannotOpenProfile, DatabaseDamaged, ProfileInUse
from sync.phrases import explain_os_error, phrase
from sync.store import (
    accounts,
    backup,
    compaction,
    documents,
    log,
    members,
    migrations,
    outbox,
    replacing,
)
from sync.store.accounts import Account
from sync.store.attachments import ATTACHMENTS, Attachments
from sync.store.database import Database, is_damage, plain_words
from sync.store.documents import DocumentRecord, Totals
from sync.store.history import History
from sync.store.log import StoredDocument
from sync.store.members import KnownMembers, Member
from sync.store.migrations import DATABASE, LOCK
from sync.store.salvage.report import Salvage
from sync.store.salvage.salvage import NOTICE, Progress, is_marked, mark, salvage
from sync.store.search.search import Search
from sync.threads import THREADS, Threads
from sync.types import DocumentId, Origin, Role, Sequence, stays_here

SEARCH = "search.db"

START = Sequence(0)
"""Before the first update of every log."""

WAITING_LIMIT = 1_000
"""Updates that `Store.waiting` returns at a time."""

WAITING_LIMIT_BYTES = 16 * 1024 * 1024
"""Bytes of updates after which `Store.waiting` adds no other."""


class Store:
    """One profile: its database, its lock, its identity. Made by `Store.open`.

    Methods that return a future change the disk on the writer thread (see
    `Database.submit`); the others read, on the caller's thread, what has been
    committed, and raise `DatabaseDamaged` or `CannotSave` when SQLite cannot.
    """

    def __init__(
        self, data_dir: Path, lock: FileLock, database: Database, threads: Threads
    ) -> None:
        self.data_dir = data_dir
        self.database = database
        self.threads = threads
        """Where what works with this store gets its own from."""
        self._lock = lock
        self.on_damage: Callable[[], None] = lambda: None
        """Called on any thread, and must be quick, when the database is found damaged: `salvage`
        it. If nobody does, the next start will."""
        database.on_damage = self._damaged
        self.attachments = Attachments(data_dir / ATTACHMENTS)
        self.search = Search(database, data_dir / SEARCH)
        self._compacting = threading.Lock()
        self.history = History(database, self._compacting)
        """Versions, what changed while the person was away, and who did it."""
        self.profile_id = self._profile_value("id") or ""
        """Names this profile to the keyring; made once, with the database."""

    @classmethod
    def open(
        cls, data_dir: Path, salvaging: Progress | None = None, threads: Threads = THREADS
    ) -> Store:
        """Open the profile in `data_dir`, or make one.

        With `salvaging`, which is told how far that is, a damaged database is salvaged;
        `salvage_report` says then what could not be read. Raises `ProfileInUse`,
        `NewerSchema`, `DatabaseDamaged` or `CannotOpenProfile`; nothing was changed then.
        """
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Not thread local: a window closes the store from whichever thread ends last.
            lock = FileLock(data_dir / LOCK, mode=0o600, thread_local=False)
            lock.acquire(blocking=False)
        except Timeout:
            raise ProfileInUse(data_dir) from None
        except OSError as error:
            raise CannotOpenProfile(data_dir, _reason(error)) from error
        try:
            path = data_dir / DATABASE
            replacing.finish(path)
            try:
                if is_marked(path):
                    raise DatabaseDamaged(path, phrase("it was found so when it was read"))
                return cls._start(data_dir, lock, threads)
            except DatabaseDamaged:
                if salvaging is None:
                    raise
                salvage(path, salvaging)
                return cls._start(data_dir, lock, threads)
        except (OSError, sqlite3.Error) as error:
            lock.release()
            raise CannotOpenProfile(data_dir, _reason(error)) from error
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _start(cls, data_dir: Path, lock: FileLock, threads: Threads) -> Store:
        path = data_dir / DATABASE
        try:
            migrations.prepare(path)
            database = Database(path, threads)
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise DatabaseDamaged(path, str(error)) from error
            raise
        try:
            return cls(data_dir, lock, database, threads)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Commit what was submitted, close, and let another process have the profile."""
        self.history.close()
        self.search.close()
        self.database.close()
        self._lock.release()

    def salvage(self, progress: Progress = lambda *_: None) -> Salvage:
        """Put what can be read of a database that was found damaged in use into a new one.

        Blocks; whoever reads or writes meanwhile waits. What is open in memory may hold more
        than the new one. Raises `NothingReadable`, `CannotSalvage` or `CannotSave`; nothing was
        changed then.
        """

        def work() -> Salvage:
            report = salvage(self.database.path, progress)
            migrations.prepare(self.database.path)
            return report

        return self.database.alone(work).result()

    def back_up_daily(self, cancelled: Callable[[], bool] = lambda: False) -> Path:
        """Make this profile's own backup, beside it; see `backup.back_up_daily`. Blocks.

        It reads everything, so it may be what finds the database damaged.
        """
        try:
            return backup.back_up_daily(self.data_dir, cancelled)
        except BackupFailed as error:
            if isinstance(error.__cause__, sqlite3.Error) and is_damage(error.__cause__):
                self._damaged()
            raise

    def _damaged(self) -> None:
        mark(self.database.path)
        self.on_damage()

    def salvage_report(self) -> Salvage | None:
        """Return what the last salvage brought over, until `forget_salvage`."""
        value = self._profile_value(NOTICE)
        with suppress(ValueError, TypeError, KeyError):
            return None if value is None else Salvage.from_json(value)
        return None

    def forget_salvage(self) -> Future[None]:
        """Note that the person has seen the report."""

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM profile WHERE name = ?", [NOTICE])

        return self.database.submit(forget)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Documents

    def documents(self, *, implied: bool = False) -> list[DocumentRecord]:
        """Return all documents, oldest first.

        `implied`: also those that nobody creates, libraries and comments (`sync.types`).
        """
        with self.database.reading() as connection:
            return documents.records(connection, implied=implied)

    def totals(self) -> Totals:
        """Return what is known about all documents together, and the library of who signed in."""
        account = self.account()
        with self.database.reading() as connection:
            return documents.totals(connection, account)

    def document(self, document_id: DocumentId) -> DocumentRecord:
        """Return what is known about one document. Raises `UnknownDocument`."""
        with self.database.reading() as connection:
            return documents.record(connection, document_id)

    def create_document(
        self,
        document_id: DocumentId,
        title: str,
        updates: Iterable[tuple[bytes, Origin]] = (),
        author: str | None = None,
        home: str | None = None,
    ) -> Future[None]:
        """Note a new document together with its first local updates.

        It belongs to the account `home` (`Account.key`), else to the profile's. Nothing of one
        that is there already is changed but its updates.
        """
        first = list(updates)

        def create(connection: sqlite3.Connection) -> None:
            documents.create(connection, document_id, title, home)
            if first:
                number, sequences = log.append(connection, document_id, first, author)
                if not stays_here(document_id):
                    outbox.put(connection, number, sequences)

        return self.database.submit(create)

    def rename_document(self, document_id: DocumentId, title: str) -> Future[None]:
        """Change the title that lists show; the future raises `UnknownDocument`."""
        return self.database.submit(lambda writer: documents.rename(writer, document_id, title))

    def set_role(
        self, document_id: DocumentId, role: Role | None, home: str | None = None
    ) -> Future[None]:
        """Note what the relay lets this person do; None: nothing any more.

        `home`: whose relay that is (`Account.key`); the document belongs there from now on.
        """
        return self.database.submit(
            lambda writer: documents.set_role(writer, document_id, role, home)
        )

    def remember_members(self, document_id: DocumentId, found: Iterable[Member]) -> Future[None]:
        """Keep who has a role in a document, to be read offline."""
        listed = list(found)
        return self.database.submit(lambda writer: members.remember(writer, document_id, listed))

    def members(self, document_id: DocumentId) -> KnownMembers | None:
        """Return who had a role in a document when the relay was last asked; None: never."""
        with self.database.reading() as connection:
            return members.known(connection, document_id)

    def set_relay_states(self, states: Mapping[DocumentId, str | None]) -> Future[None]:
        """Note that this device has all of what the relay calls so (None: it has not said)."""
        return self.database.submit(lambda writer: documents.set_relay_states(writer, states))

    # The log

    def append_local(
        self, document_id: DocumentId, update: bytes, origin: Origin, author: str | None
    ) -> Future[Sequence]:
        """Log an update of this device and put it into the outbox, or neither.

        `author` is a user id, None while nobody is signed in.
        """
        return self.append_local_all(document_id, [(update, origin)], author)

    def append_local_all(
        self,
        document_id: DocumentId,
        updates: Iterable[tuple[bytes, Origin]],
        author: str | None,
    ) -> Future[Sequence]:
        """Log updates of this device, in order, all or none; the last sequence."""
        batch = list(updates)

        def append(connection: sqlite3.Connection) -> Sequence:
            number, sequences = log.append(connection, document_id, batch, author)
            if not stays_here(document_id):
                outbox.put(connection, number, sequences)
            return Sequence(sequences.stop - 1)

        future = self.database.submit(append)
        self.history.follow(future, document_id, [update for update, _ in batch], ours=True)
        return future

    def append_remote(self, document_id: DocumentId, update: bytes) -> Future[Sequence]:
        """Log an update that the relay sent."""
        return self.append_remote_all(document_id, [update])

    def append_remote_all(
        self, document_id: DocumentId, updates: Iterable[bytes]
    ) -> Future[Sequence]:
        """Log updates that the relay sent, in order, all or none; the last sequence."""
        batch = [(update, Origin.REMOTE) for update in updates]

        def append(connection: sqlite3.Connection) -> Sequence:
            _, sequences = log.append(connection, document_id, batch, None)
            return Sequence(sequences.stop - 1)

        future = self.database.submit(append)
        self.history.follow(future, document_id, [update for update, _ in batch], ours=False)
        return future

    def replace(self, document_id: DocumentId, state: bytes) -> Future[Sequence]:
        """Put the relay's whole state in the place of everything here, also of what waits."""
        return self.database.submit(lambda writer: log.replace(writer, document_id, state))

    def load(self, document_id: DocumentId) -> StoredDocument:
        """Return all that the disk holds of a document. Raises `UnknownDocument`."""
        with self.database.reading() as connection:
            return log.load(connection, document_id)

    def last_sequence(self, document_id: DocumentId) -> Sequence:
        """Return the sequence of the last update logged. Raises `UnknownDocument`."""
        with self.database.reading() as connection:
            return log.last_sequence(connection, document_id)

    def compact(self, document_id: DocumentId) -> bool:
        """Put a verified snapshot in the place of the log; blocks; whether it was possible."""
        with self._compacting:
            return compaction.compact(self.database, document_id, self.history.before_snapshot)

    # The outbox

    def waiting(
        self,
        document_id: DocumentId,
        after: Sequence = START,
        limit: int = WAITING_LIMIT,
        limit_bytes: int = WAITING_LIMIT_BYTES,
    ) -> list[tuple[Sequence, bytes]]:
        """Return the first unacknowledged updates beyond `after`, oldest first.

        At most `limit` of them, and none more once they have `limit_bytes`.
        """
        with self.database.reading() as connection:
            return outbox.waiting(connection, document_id, after, limit, limit_bytes)

    def acknowledge(
        self, document_id: DocumentId, up_to: Sequence, *, refused_too: bool = False
    ) -> Future[None]:
        """Note that the relay has the updates up to `up_to` on its disk.

        `refused_too`: also those that it refused at an earlier time.
        """
        return self.database.submit(
            lambda writer: outbox.acknowledge(writer, document_id, up_to, refused_too=refused_too)
        )

    def refuse(self, document_id: DocumentId, up_to: Sequence, reason: str) -> Future[None]:
        """Note that the relay refused the updates up to `up_to`; they stay on this device."""
        return self.database.submit(
            lambda writer: outbox.refuse(writer, document_id, up_to, reason)
        )

    # Attachments

    def add_attachment(self, data: bytes) -> str:
        """Keep an image and return its SHA-256 (64 hex digits). It is on the disk then.

        Blocks for about as long as the disk takes. Raises `AttachmentRefused` or `CannotSave`.
        """
        return self.attachments.add(data)

    def attachment(self, sha256: str) -> bytes | None:
        """Return the bytes that have that SHA-256 (64 hex digits); None if they are not here."""
        return self.attachments.read(sha256)

    # The account

    def account(self) -> Account | None:
        """Return who signed in last and where; None if nobody ever did."""
        with self.database.reading() as connection:
            return accounts.current(connection)

    def accounts(self) -> list[Account]:
        """Return all who signed in on this device and were not forgotten, the last one first."""
        with self.database.reading() as connection:
            return accounts.known(connection)

    def set_account(
        self, relay_url: str, user_id: str, name: str, *, keep_here: bool = False
    ) -> Future[None]:
        """Note who signed in. What belongs to another account stays with that one.

        Documents that belong to nobody yet go to this account's relay, or to none if
        `keep_here`, until `move_documents`.
        """

        def write(connection: sqlite3.Connection) -> None:
            if keep_here:
                documents.keep_here(connection)
            accounts.use(connection, Account(relay_url, user_id, name))

        return self.database.submit(write)

    def forget_account(self, account: Account) -> Future[None]:
        """No longer offer an account; what belongs to it stays here, and goes nowhere else."""
        return self.database.submit(lambda writer: accounts.forget(writer, account))

    def homes(self) -> dict[str | None, int]:
        """Return how many documents have which home (`DocumentRecord.home`)."""
        with self.database.reading() as connection:
            return documents.homes(connection)

    def move_documents(self, old: str, new: str) -> Future[None]:
        """Let all documents of one account (`Account.key`) belong to another from now on."""
        return self.database.submit(lambda writer: documents.move(writer, old, new))

    def in_step(self) -> int | None:
        """Return when all documents were last in step with the relay (Unix ms, for show only)."""
        value = self._profile_value("in_step")
        return None if value is None else int(value)

    def note_in_step(self) -> Future[None]:
        """Note that all documents are in step with the relay now."""
        now = str(int(time.time() * 1000))

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO profile VALUES ('in_step', ?)", [now])

        return self.database.submit(write)

    def _profile_value(self, name: str) -> str | None:
        with self.database.reading() as connection:
            row = connection.execute("SELECT value FROM profile WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])


def _reason(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return explain_os_error(error)
    return plain_words(error)

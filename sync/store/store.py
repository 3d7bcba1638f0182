"""The device's store: what the rest of the program sees of it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from sync.errors import CannotOpenProfile, ProfileInUse, StoreError
from sync.phrases import explain_os_error
from sync.store import compaction, documents, log, migrations, outbox
from sync.store.attachments import Attachments
from sync.store.database import Database, plain_words
from sync.store.documents import DocumentRecord
from sync.store.log import StoredDocument
from sync.store.search.search import Search
from sync.types import DocumentId, Origin, Role, Sequence

DATABASE = "inkstand.db"
LOCK = "inkstand.lock"
ATTACHMENTS = "attachments"
SEARCH = "search.db"

START = Sequence(0)
"""Before the first update of every log."""

WAITING_LIMIT = 1_000
"""Updates that `Store.waiting` returns at a time."""

WAITING_LIMIT_BYTES = 16 * 1024 * 1024
"""Bytes of updates after which `Store.waiting` adds no other."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose device this is; nothing secret."""

    relay_url: str
    user_id: str
    name: str


class Store:
    """One profile: its database, its lock, its identity. Made by `Store.open`.

    Methods that return a future change the disk on the writer thread (see
    `Database.submit`); the others read, on the caller's thread, what has been
    committed, and raise `DatabaseDamaged` or `CannotSave` when SQLite cannot.
    """

    def __init__(self, data_dir: Path, lock: FileLock, database: Database) -> None:
        self.data_dir = data_dir
        self.database = database
        self._lock = lock
        self.attachments = Attachments(data_dir / ATTACHMENTS)
        self.search = Search(database, data_dir / SEARCH)
        self._compacting = threading.Lock()
        self.profile_id = self._profile_value("id") or ""
        """Names this profile to the keyring; made once, with the database."""

    @classmethod
    def open(cls, data_dir: Path) -> Store:
        """Open the profile in `data_dir`, or make one.

        Raises `ProfileInUse`, `NewerSchema`, `DatabaseDamaged` or
        `CannotOpenProfile`; nothing was changed then.
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
            migrations.prepare(data_dir / DATABASE)
            database = Database(data_dir / DATABASE)
            try:
                return cls(data_dir, lock, database)
            except StoreError:
                database.close()
                raise
        except (OSError, sqlite3.Error) as error:
            lock.release()
            raise CannotOpenProfile(data_dir, _reason(error)) from error
        except StoreError:
            lock.release()
            raise

    def close(self) -> None:
        """Commit what was submitted, close, and let another process have the profile."""
        self.search.close()
        self.database.close()
        self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Documents

    def documents(self) -> list[DocumentRecord]:
        """Return all documents, oldest first."""
        with self.database.reading() as connection:
            return documents.records(connection)

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
    ) -> Future[None]:
        """Note a new document together with its first local updates.

        Does not change the title of one that is there already.
        """
        first = list(updates)

        def create(connection: sqlite3.Connection) -> None:
            documents.create(connection, document_id, title)
            if first:
                number, sequences = log.append(connection, document_id, first, author)
                outbox.put(connection, number, sequences)

        return self.database.submit(create)

    def rename_document(self, document_id: DocumentId, title: str) -> Future[None]:
        """Change the title that lists show; the future raises `UnknownDocument`."""
        return self.database.submit(lambda writer: documents.rename(writer, document_id, title))

    def set_role(self, document_id: DocumentId, role: Role | None) -> Future[None]:
        """Note what the relay lets this person do; None: nothing any more."""
        return self.database.submit(lambda writer: documents.set_role(writer, document_id, role))

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
            outbox.put(connection, number, sequences)
            return Sequence(sequences.stop - 1)

        return self.database.submit(append)

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

        return self.database.submit(append)

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
            return compaction.compact(self.database, document_id)

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
        value = self._profile_value("account")
        return None if value is None else Account(**json.loads(value))

    def set_account(self, relay_url: str, user_id: str, name: str) -> Future[None]:
        """Note who signed in. Another relay or person starts with nothing acknowledged there."""
        account = Account(relay_url, user_id, name)

        def write(connection: sqlite3.Connection) -> None:
            row = connection.execute("SELECT value FROM profile WHERE name = 'account'").fetchone()
            before = None if row is None else Account(**json.loads(row[0]))
            if before is not None and (before.relay_url, before.user_id) != (relay_url, user_id):
                documents.forget_relay(connection)
            connection.execute(
                "INSERT OR REPLACE INTO profile VALUES ('account', ?)",
                [json.dumps(asdict(account))],
            )

        return self.database.submit(write)

    def _profile_value(self, name: str) -> str | None:
        with self.database.reading() as connection:
            row = connection.execute("SELECT value FROM profile WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])


def _reason(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return explain_os_error(error)
    return plain_words(error)

"""What a back end must do for the relay; `tests/sync/relay/storage` holds each to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sync.types import DocumentId, Role, Sequence

Settled = Callable[[list[tuple[Any, str | None]]], None]
"""Called once a commit with (ticket, None if on disk, else a reason), in order of appending.

It is called on the back end's own thread and must return at once.
"""


NO_SEQUENCE = Sequence(0)
"""Of a document without updates."""


@dataclass(frozen=True, slots=True)
class StoredLog:
    """All that a document is made of."""

    snapshot: bytes | None
    """The state up to some update, as one update; None if there is none yet."""
    updates: list[bytes]
    """The updates after it, in the order in which they came."""
    last_sequence: Sequence = NO_SEQUENCE
    """Of the last update that came."""


@dataclass(frozen=True, slots=True)
class Version:
    """A whole state of a document to go back to."""

    sequence: Sequence
    """Of the last update in it."""
    made: int
    """Unix seconds; for show and for thinning only."""
    size: int
    """Bytes on disk."""


class UpdateLog(Protocol):
    """The truth about every document: its updates, in the order in which they came."""

    def append(
        self, document_id: DocumentId, update: bytes | None, author: str, ticket: object
    ) -> None:
        """Put an update on disk; `ticket` comes back through `Settled`.

        Updates of one document are settled in the order in which they were
        appended. None writes nothing: it is settled when all before it are.
        `author` is a user id. Call it from one thread.
        """

    def load(self, document_id: DocumentId) -> StoredLog:
        """Return what is on disk. Any thread; may take long.

        Raises `AdministrationError` if the disk does not work.
        """

    def knows(self, document_id: DocumentId) -> bool:
        """Whether there is such a document. Raises `AdministrationError`."""

    def probe(self) -> bool:
        """Whether writing works, tried out. Any thread; may take long."""

    def compact(self, document_id: DocumentId) -> None:
        """Put one snapshot in the place of a document's log, and keep a version now and then.

        What `load` returns before and after makes the same document, at any
        moment and after a crash at any moment. Any thread, one at a time; may
        take long, while `append` goes on. Does nothing for an unknown document.
        Raises `CannotFold` if a snapshot would lose something, and
        `AdministrationError` if the disk does not work: all is as before then,
        and it may be tried again.
        """

    def versions(self, document_id: DocumentId) -> list[Version]:
        """Return a document's versions, oldest first. Raises `AdministrationError`."""

    def version(self, document_id: DocumentId, sequence: Sequence) -> bytes | None:
        """Return a version's state as one update, None if there is no such version.

        Raises `AdministrationError`.
        """


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account."""

    id: str
    name: str
    """As given; two names that differ in case only are the same."""
    active: bool


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as one person sees it in the list."""

    id: DocumentId
    title: str
    role: Role
    created: int
    """Unix seconds; for show only."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret that access tokens are signed with."""

    kid: str
    secret: bytes

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


class Accounts(Protocol):
    """People, documents and who may do what.

    Methods block and may be called from any thread; `user` and `role` must be
    quick, they are called on the event loop. Each raises `AdministrationError`
    with a sentence if it cannot be done or the disk does not work.
    """

    def revision(self) -> int:
        """Return a number that grows whenever somebody's rights change, in any process."""

    def add_user(self, name: str, password_hash: str) -> User:
        """Add an account."""

    def find_user(self, name: str) -> tuple[User, str] | None:
        """Return the user of that name and the password's hash."""

    def user(self, user_id: str) -> User | None:
        """Return the user of that id."""

    def set_active(self, user_id: str, active: bool) -> None:
        """Let a user in, or out: then all of that user's refresh tokens go."""

    def create_document(self, document_id: DocumentId, title: str, owner: str) -> bool:
        """Add a document; False if there is one of that id already."""

    def share(self, document_id: DocumentId, user_id: str, role: Role | None) -> None:
        """Give a user a role, another role, or none."""

    def role(self, document_id: DocumentId, user_id: str) -> Role | None:
        """Return the user's role; None too if there is no such document."""

    def documents(self, user_id: str) -> list[DocumentEntry]:
        """Return the documents in which the user has a role, oldest first."""

    def signing_keys(self) -> list[SigningKey]:
        """Return the keys that may have signed a token, newest first; make one if there is none."""

    def start_family(self, user_id: str, token_hash: bytes, now: float, expires: float) -> None:
        """Keep the first refresh token of a sign-in. Times in Unix seconds."""

    def rotate(
        self, token_hash: bytes, successor_hash: bytes, now: float, expires: float, grace: float
    ) -> str | None:
        """Replace a refresh token by its successor and return the user id.

        None if it is unknown or expired, or if it was used before: then its
        whole family goes, unless that was less than `grace` seconds ago and
        the first answer's token was not used, so that a retried request signs
        nobody out.
        """

    def end_family(self, token_hash: bytes) -> None:
        """Sign out: forget a refresh token and all of its family."""


class Storage(Protocol):
    """One back end."""

    @property
    def log(self) -> UpdateLog:
        """The documents' updates."""

    @property
    def accounts(self) -> Accounts:
        """People and rights."""

    def close(self) -> None:
        """Settle what was appended, then let go of the files. Idempotent."""

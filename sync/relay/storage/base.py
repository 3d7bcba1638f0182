"""What a back end must do for the relay; `tests/sync/relay/storage` holds each to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sync.relay.audit import MACHINE, Actor, AuditEntry
from sync.types import DocumentId, Role, Sequence

NO_SEQUENCE = Sequence(0)
"""Of a document without updates."""


NO_SUCH_DOCUMENT = "there is no such document"
"""Why an update of one is not on disk."""


class Settlement(NamedTuple):
    """What became of something that was appended."""

    ticket: Any
    reason: str | None
    """Why it is not on disk; None if it is."""
    sequence: Sequence
    """Of the update in its document's log; `NO_SEQUENCE` if nothing was written."""


Settled = Callable[[list[Settlement]], None]
"""Called once a commit with what became of each, in order of appending.

It is called on the back end's own thread and must return at once.
"""


@dataclass(frozen=True, slots=True)
class StoredLog:
    """All that a document is made of, or all of it since some update (`UpdateLog.since`)."""

    snapshot: bytes | None
    """The state up to some update, as one update; None if there is none yet."""
    updates: list[bytes]
    """The updates after it, in the order in which they came; the last is `last_sequence`."""
    last_sequence: Sequence = NO_SEQUENCE
    """Of the last update that came."""
    damaged: tuple[Sequence, ...] = ()
    """Where the disk gives other bytes than were written; a snapshot's is that of its last update.

    Joins get them nevertheless: most are a letter gone wrong, not a document.
    """


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

    @property
    def url(self) -> str:
        """Where another process finds the log (`storage.elsewhere`); it may hold a password."""

    def append(
        self, document_id: DocumentId, update: bytes | None, author: str, ticket: object
    ) -> None:
        """Put an update on disk; `ticket` comes back through `Settled`.

        Updates of one document are settled in the order in which they were
        appended, and get their sequences in that order, whatever other nodes
        append at the same time: who has seen an update of some sequence can have
        all before it from `since`. None writes nothing: it is settled when all
        before it are.
        `author` is a user id. Call it from one thread.
        """

    def load(self, document_id: DocumentId) -> StoredLog:
        """Return what is on disk. Any thread; may take long.

        Raises `AdministrationError` if the disk does not work.
        """

    def since(self, document_id: DocumentId, sequence: Sequence) -> StoredLog:
        """Return the updates after `sequence`, for who has all before. Any thread; may take long.

        Where some of them are in the snapshot only, that comes first, and then what
        follows it. Raises `AdministrationError` if the disk does not work.
        """

    def last_sequences(self, document_ids: Collection[DocumentId]) -> dict[DocumentId, Sequence]:
        """Return where the logs of those documents end that there are. Any thread.

        Raises `AdministrationError` if the disk does not work.
        """

    def knows(self, document_id: DocumentId) -> bool:
        """Whether there is such a document. Raises `AdministrationError`."""

    def size(self, document_id: DocumentId) -> int:
        """Return the bytes of a document's snapshot and updates. Any thread; may take long.

        Raises `AdministrationError` if the disk does not work.
        """

    def probe(self) -> bool:
        """Whether writing works, tried out. Any thread; may take long."""

    def compact(self, document_id: DocumentId) -> None:
        """Put one snapshot in the place of a document's log, and keep a version now and then.

        What `load` returns before and after makes the same document, at any
        moment and after a crash at any moment. Any thread, one at a time; may
        take long, while `append` goes on. Does nothing for an unknown document.
        Raises `CannotFold` if a snapshot would lose something or hide damage, and
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
    created: int
    """Unix seconds; for show only."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as one person sees it in the list."""

    id: DocumentId
    title: str
    role: Role
    created: int
    """Unix seconds; for show only."""
    shared: bool
    """Whether anybody else has a role in it."""
    sequence: Sequence
    """Of the last update on disk; 0 if there is none."""
    comments: Sequence
    """The same of the comments beside it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in some document."""

    user: User
    role: Role


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret that access tokens are signed with."""

    kid: str
    secret: bytes
    good_until: float
    """Unix seconds after which nothing that it signed is good; infinite for the newest."""

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a refresh token belongs to: it is good as long as its family is."""

    user_id: str
    family: str


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation that nobody has accepted yet; its code is known to its maker only."""

    id: str
    role: Role
    created_by: str
    """User id."""
    created: int
    """Unix seconds."""
    expires: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a document; its bytes lie elsewhere, named by their hash."""

    digest: bytes
    """SHA-256."""
    size: int
    """Bytes."""
    media_type: str


class Users(Protocol):
    """People and their passwords."""

    def add_user(self, name: str, password_hash: str, by: Actor = MACHINE) -> User:
        """Add an account. Raises `NameTaken`."""

    def find_user(self, name: str) -> tuple[User, str] | None:
        """Return the user of that name and the password's hash."""

    def user(self, user_id: str) -> User | None:
        """Return the user of that id."""

    def users(self) -> list[User]:
        """Return everybody, by name."""

    def set_active(self, user_id: str, active: bool, by: Actor = MACHINE) -> None:
        """Let a user in, or out: then all of that user's sign-ins end."""

    def set_password(self, user_id: str, password_hash: str, by: Actor = MACHINE) -> None:
        """Change a password; all of that user's sign-ins end."""


class SignIns(Protocol):
    """What tokens rest on: signing keys, and refresh tokens in families of one sign-in each."""

    def signing_keys(self) -> list[SigningKey]:
        """Return the keys that may have signed a token, newest first; make one if there is none."""

    def rotate_signing_key(self, overlap: float, by: Actor = MACHINE) -> SigningKey:
        """Add a key that signs from now on; older ones are good for `overlap` seconds more."""

    def start_family(
        self, user_id: str, token_hash: bytes, now: float, expires: float, by: Actor = MACHINE
    ) -> str:
        """Keep the first refresh token of a sign-in; return its family. Times in Unix seconds."""

    def rotate(
        self,
        token_hash: bytes,
        successor_hash: bytes,
        now: float,
        expires: float,
        grace: float,
        place: str | None = None,
    ) -> SignIn | None:
        """Replace a refresh token by its successor.

        None if it is unknown or expired, or if it was used before: then its
        whole family goes, unless that was less than `grace` seconds ago and
        the first answer's token was not used, so that a retried request signs
        nobody out.
        """

    def is_signed_in(self, family: str) -> bool:
        """Whether that sign-in has not been ended. Quick."""

    def end_family(self, token_hash: bytes, place: str | None = None) -> None:
        """Sign out: forget a refresh token and all of its family."""

    def end_sign_ins(self, user_id: str, by: Actor = MACHINE) -> None:
        """Sign a user out everywhere."""

    def note_failed_sign_in(self, user_id: str | None, place: str) -> None:
        """Write a wrong password down, with the person if there is an account of that name."""


class Documents(Protocol):
    """Documents and who may do what with them."""

    def create_document(
        self, document_id: DocumentId, title: str, owner: str, by: Actor = MACHINE
    ) -> bool:
        """Add a document; False if there is one of that id already."""

    def create_documents(
        self, documents: Mapping[DocumentId, str], owner: str, by: Actor = MACHINE
    ) -> None:
        """Add those, by id and with their titles, of which there are none yet; all or none."""

    def rename_document(self, document_id: DocumentId, title: str) -> None:
        """Change the title that lists show. No error if there is no such document."""

    def share(
        self,
        document_id: DocumentId,
        user_id: str,
        role: Role | None,
        by: Actor = MACHINE,
        *,
        members_only: bool = False,
    ) -> None:
        """Give a user a role, another role, or none.

        Raises `LastOwner` if nobody would be left who may share the document,
        and with `members_only` `NotAMember` if the user has no role yet.
        """

    def transfer(self, document_id: DocumentId, owner: str, successor: str, by: Actor) -> None:
        """Make a member the owner and the owner an editor, at once. Raises `NotAMember`."""

    def role(self, document_id: DocumentId, user_id: str) -> Role | None:
        """Return the user's role; None too if there is no such document."""

    def document(self, document_id: DocumentId, user_id: str) -> DocumentEntry | None:
        """Return a document in which the user has a role."""

    def documents(self, user_id: str) -> list[DocumentEntry]:
        """Return the documents in which the user has a role, oldest first."""

    def members(self, document_id: DocumentId) -> list[Member]:
        """Return everybody with a role, by name."""


class Invites(Protocol):
    """Codes that give a role to whoever has one, once.

    An invite is good until it is used, revoked or expired, and only as long
    as its maker is an owner.
    """

    def create_invite(
        self, document_id: DocumentId, code_hash: bytes, role: Role, expires: float, by: Actor
    ) -> Invite:
        """Keep an invite. Raises `TooMany`."""

    def invites(self, document_id: DocumentId) -> list[Invite]:
        """Return those that are good, oldest first."""

    def revoke_invite(self, document_id: DocumentId, invite_id: str, by: Actor) -> bool:
        """Make an invite worthless; False if there is none that is good."""

    def is_good_invite(self, code_hash: bytes) -> bool:
        """Whether the code can still be used."""

    def accept_invite(self, code_hash: bytes, user_id: str, by: Actor) -> DocumentEntry | None:
        """Use an invite; None if it is not good.

        A role is never lowered: an invite that would change nothing stays
        unused. Who has used it may do so again, as long as they are a member,
        for the first answer may have been lost.
        """

    def sign_up(
        self, code_hash: bytes, name: str, password_hash: str, place: str | None
    ) -> tuple[User, DocumentEntry] | None:
        """Add an account that uses an invite; None if it is not good. Raises `NameTaken`."""


class Attachments(Protocol):
    """Which files belong to which document."""

    def attachment(self, document_id: DocumentId, digest: bytes) -> Attachment | None:
        """Return what is known of a document's file."""

    def count_attachments(self, document_id: DocumentId) -> int:
        """Return how many a document has."""

    def add_attachment(
        self, document_id: DocumentId, attachment: Attachment, most: int, by: Actor
    ) -> bool:
        """Add one whose bytes are on disk; False if it is there already.

        Raises `TooMany` if the document has `most`.
        """


class Audit(Protocol):
    """What the other methods have written down, each with what it did and together with it."""

    def audit(
        self, since: float, user_id: str | None = None, document: str | None = None
    ) -> list[AuditEntry]:
        """Return the entries after Unix time `since`, newest last; by or about a user."""


class Accounts(Users, SignIns, Documents, Invites, Attachments, Audit, Protocol):
    """People, documents and who may do what.

    Methods block and may be called from any thread; `user`, `role` and
    `is_signed_in` are quick where `is_at_hand` says so: then they are called on the
    event loop. Each raises
    `AdministrationError` with a sentence if it cannot be done or the disk does
    not work. What changes anything is written to the audit log along with it,
    as done by `by`.
    """

    def is_at_hand(self, user_id: str | None, family: str | None, document_id: DocumentId) -> bool:
        """Whether `user`, `role` and `is_signed_in` need ask nobody else about these. Quick.

        If not, they may block: ask on another thread. `user_id` None is somebody unknown.
        """

    def revision(self) -> int:
        """Return a number that grows whenever rights, sign-ins or keys change, in any process.

        A sign-out is such a change: access tokens rest on the sign-in that ends. A new sign-in
        lets it be, as does the rotation of a refresh token.
        """

    def era(self) -> str:
        """Name the time since which this data has only grown; an opaque word.

        It is another one after the data may have been put back to what it was before, where
        the same sequences may come to mean other updates. Nodes on one database say the same.
        """


class AttachmentBytes(Protocol):
    """The bytes of attachments where every node finds them.

    Methods block: not for the event loop. They raise `AdministrationError`.
    """

    def has(self, digest: bytes) -> bool:
        """Whether it is there; `digest` is the SHA-256 of its bytes."""

    def put(self, digest: bytes, parts: Iterable[bytes]) -> None:
        """Keep bytes of that SHA-256, on disk when this returns; all or none."""

    def get(self, digest: bytes) -> Iterator[bytes]:
        """Return them, part by part; nothing if they are not there."""


class Storage(Protocol):
    """One back end."""

    @property
    def attachments(self) -> AttachmentBytes | None:
        """Where the bytes of attachments are; None: in the data directory, and nowhere else."""

    @property
    def log(self) -> UpdateLog:
        """The documents' updates."""

    @property
    def accounts(self) -> Accounts:
        """People and rights."""

    def close(self) -> None:
        """Settle what was appended, then let go of the files. Idempotent."""

"""What routes ask for: the relay's parts, who is calling, and that person's role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, HTTPException, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sync.relay.api.problems import Busy
from sync.relay.attachments import AttachmentFiles
from sync.relay.audit import Actor
from sync.relay.auth import HASHES_AT_ONCE, Auth, Refused
from sync.relay.settings import Settings
from sync.relay.storage.base import Accounts
from sync.types import DocumentId, Role, Sequence

Result = TypeVar("Result")

DOCUMENT_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
USER_ID_PATTERN = r"^[0-9a-f]{32}$"

_MOST_WAITING = 200
"""Sign-ins that wait for their turn; the next is told to come again."""


@dataclass(frozen=True, slots=True)
class Context:
    """The relay's parts that routes work with."""

    auth: Auth
    accounts: Accounts
    files: AttachmentFiles
    settings: Settings
    hashing: anyio.CapacityLimiter = field(
        default_factory=lambda: anyio.CapacityLimiter(HASHES_AT_ONCE)
    )
    uploads: Counter[str] = field(default_factory=Counter)
    """How many files each user id sends just now."""

    def state(self, sequence: Sequence) -> str:
        """Name what a document's log holds up to `sequence`, in this era of the data."""
        return f"{self.accounts.era()}-{sequence}"

    async def hash_in_turn(self, work: Callable[[], Result]) -> Result:
        """Do what hashes a password, on a thread; a flood of sign-ins keeps no other one busy."""
        if self.hashing.statistics().tasks_waiting >= _MOST_WAITING:
            raise Busy
        return await anyio.to_thread.run_sync(work, limiter=self.hashing)


def context_of(request: Request) -> Context:
    """Return the relay's parts."""
    context = request.app.state.context
    assert isinstance(context, Context)
    return context


Relay = Annotated[Context, Depends(context_of)]


def place_of(request: Request) -> str:
    """Return the network address that a request came from."""
    return request.client.host if request.client else ""


Place = Annotated[str, Depends(place_of)]

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="access_token",
    bearerFormat="JWT",
    description="The `access_token` of `/api/sign-in` or `/api/refresh`, good for 15 minutes.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is signed in."""

    user_id: str
    place: str

    @property
    def actor(self) -> Actor:
        """Return who the audit log shall name."""
        return Actor(self.user_id, self.place)


def signed_in(
    relay: Relay,
    place: Place,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Return who is calling. Raises `Refused`."""
    if credentials is None:
        raise Refused("Sign in first.")
    return Caller(relay.auth.check(credentials.credentials).user_id, place)


SignedIn = Annotated[Caller, Depends(signed_in)]

DocumentIdPath = Annotated[str, Path(pattern=DOCUMENT_ID_PATTERN, description="The document's id.")]
UserIdPath = Annotated[str, Path(pattern=USER_ID_PATTERN, description="The person's id.")]


@dataclass(frozen=True, slots=True)
class Membership:
    """The caller's role in the document that the path names."""

    document_id: DocumentId
    role: Role
    caller: Caller


def membership(document_id: DocumentIdPath, caller: SignedIn, relay: Relay) -> Membership:
    """Return the caller's role; nobody learns whether another person's document exists."""
    role = relay.accounts.role(DocumentId(document_id), caller.user_id)
    if role is None:
        raise no_document()
    return Membership(DocumentId(document_id), role, caller)


AsMember = Annotated[Membership, Depends(membership)]


def _writer(found: AsMember) -> Membership:
    if not found.role.may_write_content:
        raise HTTPException(403, f"A {found.role.value} may not change this document.")
    return found


def _owner(found: AsMember) -> Membership:
    if found.role is not Role.OWNER:
        raise HTTPException(403, "Only the owner may do that. Ask the document's owner.")
    return found


AsWriter = Annotated[Membership, Depends(_writer)]
AsOwner = Annotated[Membership, Depends(_owner)]


def no_document() -> HTTPException:
    """Return the answer to who asks for a document that is not there, or not theirs."""
    return HTTPException(404, "There is no such document, or you have no access to it.")

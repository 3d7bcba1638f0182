"""Invites by the relay's HTTP interface: made, listed, revoked by owners; used by who has a code.

Every call blocks and raises what `sync.client.http` says, `NotSignedIn`, or `RelayRefused` with
the relay's own sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sync.client import http
from sync.client.account import RelayDocument, Tokens, document_of, tokens_of
from sync.client.address import RelayAddress
from sync.types import DocumentId, Role

INVITED_ROLES = (Role.EDITOR, Role.COMMENTER, Role.VIEWER)
"""What an invite may give; owners are made by a transfer."""

MOST_HOURS = 720
"""For which an invite can be good."""

MOST_INVITES = 1_000
"""Invites of one document that are read."""


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite that nobody has used yet."""

    id: str
    role: Role
    expires: float
    """Unix seconds."""
    code: str | None = field(default=None, repr=False)
    """Secret, and known only to who has just made it: whoever has it may accept the invite."""


def create(
    relay: RelayAddress, access_token: str, document_id: DocumentId, role: Role, hours: int
) -> Invite:
    """Make an invite that is good once, for so many hours (1 to `MOST_HOURS`)."""
    body = {"role": role.value, "hours": hours}
    answer = http.authorized(relay, "POST", _path(document_id), access_token, body)
    return http.read(relay, lambda: _invite(answer, str(answer["code"])))


def invites(relay: RelayAddress, access_token: str, document_id: DocumentId) -> list[Invite]:
    """Return those that can still be used, the oldest first, without their codes."""
    answer = http.authorized(relay, "GET", _path(document_id), access_token)
    return http.read(relay, lambda: [_invite(entry) for entry in answer["invites"][:MOST_INVITES]])


def revoke(relay: RelayAddress, access_token: str, document_id: DocumentId, invite_id: str) -> None:
    """Make an invite worthless."""
    path = f"{_path(document_id)}/{quote(invite_id, safe='')}"
    http.authorized(relay, "DELETE", path, access_token)


def accept(relay: RelayAddress, access_token: str, code: str) -> RelayDocument:
    """Use an invite; to do it again is no error. It never lowers a role."""
    answer = http.authorized(relay, "POST", "/api/invites/accept", access_token, {"code": code})
    return http.read(relay, lambda: document_of(answer))


def sign_up(
    relay: RelayAddress, code: str, name: str, password: str
) -> tuple[Tokens, RelayDocument]:
    """Make an account with an invite, and sign in to it; nobody needs to be signed in before."""
    body = {"code": code, "name": name, "password": password}
    try:
        answer = http.call(relay, "POST", "/api/invites/sign-up", body)
    except http.Status as status:
        raise status.error(relay) from None
    return http.read(relay, lambda: (tokens_of(answer), document_of(answer["document"])))


def _path(document_id: DocumentId) -> str:
    return f"/api/documents/{quote(document_id, safe='')}/invites"


def _invite(entry: Any, code: str | None = None) -> Invite:
    return Invite(str(entry["id"]), Role(entry["role"]), float(entry["expires"]), code)

"""Who may do what with a document, by the relay's HTTP interface.

Every call blocks and raises what `sync.client.http` says, `NotSignedIn`, or `RelayRefused` with
the relay's own sentence: no access, the last owner, somebody who is no member any more.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sync.client import http
from sync.client.address import RelayAddress
from sync.store.members import LONGEST_NAME, Member
from sync.types import DocumentId, Role

MOST_MEMBERS = 10_000
"""Members that are read; a document with more is nothing that anybody looks through."""


def members(relay: RelayAddress, access_token: str, document_id: DocumentId) -> list[Member]:
    """Return everybody who has a role in a document, by name."""
    answer = http.authorized(relay, "GET", f"{_path(document_id)}/members", access_token)
    return http.read(relay, lambda: [_member(entry) for entry in answer["members"][:MOST_MEMBERS]])


def change_role(
    relay: RelayAddress, access_token: str, document_id: DocumentId, user_id: str, role: Role
) -> None:
    """Give a member another role; only an owner may, and the last one stays owner."""
    path = f"{_path(document_id)}/members/{quote(user_id, safe='')}"
    http.authorized(relay, "PUT", path, access_token, {"role": role.value})


def remove(relay: RelayAddress, access_token: str, document_id: DocumentId, user_id: str) -> None:
    """Take a member's role away, or one's own: that is leaving. The last owner cannot go."""
    path = f"{_path(document_id)}/members/{quote(user_id, safe='')}"
    http.authorized(relay, "DELETE", path, access_token)


def transfer(relay: RelayAddress, access_token: str, document_id: DocumentId, user_id: str) -> None:
    """Make another member the owner and oneself an editor, both at once."""
    http.authorized(
        relay, "POST", f"{_path(document_id)}/transfer", access_token, {"user_id": user_id}
    )


def _path(document_id: DocumentId) -> str:
    return f"/api/documents/{quote(document_id, safe='')}"


def _member(entry: Any) -> Member:
    return Member(
        str(entry["user_id"]),
        str(entry["name"])[:LONGEST_NAME],
        Role(entry["role"]),
        bool(entry["active"]),
    )

"""The relay's HTTP interface: signing in, and which documents there are.

Every call blocks, so callers use a thread. Every call raises `RelayUnreachable`
(no answer, or none that makes sense) or `RelayBusy` (come again later), beside
what its docstring says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.client import http
from sync.client.address import RelayAddress
from sync.errors import SignInRefused
from sync.phrases import phrase
from sync.types import DocumentId, Role, is_document_id

LONGEST_STATE = 100
"""Characters of the relay's name for a state that count."""

LONGEST_TITLE = 1000
"""Characters of a title that the relay takes."""

MOST_AT_ONCE = 50
"""Documents that are made known in one request, which may have 64 KiB; few titles have 1 KB."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives. The tokens are secret: only a keyring or memory may hold them."""

    user_id: str
    name: str
    access_token: str = field(repr=False)
    expires_in: float
    """Seconds for which the access token is good."""
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RelayDocument:
    """A document on the relay that this person may read."""

    id: DocumentId
    title: str
    role: Role
    state: str | None = None
    """The relay's name for what it holds; None from a relay that does not say."""
    comments_state: str | None = None
    """The same of the comments beside it; None also if there are none."""


def sign_in(relay: RelayAddress, name: str, password: str) -> Tokens:
    """Sign in. Raises `SignInRefused` for a wrong name or password."""
    return _tokens(relay, "/api/sign-in", {"name": name, "password": password})


def refresh(relay: RelayAddress, refresh_token: str) -> Tokens:
    """Exchange a refresh token, which is good once, for new tokens.

    Raises `SignInRefused` if the sign-in has ended.
    """
    return _tokens(relay, "/api/refresh", {"refresh_token": refresh_token})


def sign_out(relay: RelayAddress, refresh_token: str) -> None:
    """End a sign-in on the relay."""
    http.call(relay, "POST", "/api/sign-out", {"refresh_token": refresh_token})


def list_documents(relay: RelayAddress, access_token: str) -> list[RelayDocument]:
    """Return all documents that this person may read.

    Raises `NotSignedIn` if the token is not accepted.
    """
    answer = http.authorized(relay, "GET", "/api/documents", access_token)
    return http.read(relay, lambda: [document_of(entry) for entry in answer["documents"]])


def publish_documents(
    relay: RelayAddress, access_token: str, titles: Mapping[DocumentId, str]
) -> dict[DocumentId, Role | None]:
    """Make up to `MOST_AT_ONCE` documents known; return this person's role in each.

    None where the id belongs to somebody else. Publishing one's own document again is no error.
    Raises `NotSignedIn`, and `RelayRefused` if the relay takes none of them.
    """
    documents = [{"id": one, "title": title[:LONGEST_TITLE]} for one, title in titles.items()]
    body = {"documents": documents}
    answer = http.authorized(relay, "POST", "/api/documents/publish", access_token, body)

    def role(document_id: DocumentId) -> Role | None:
        named = answer["roles"][document_id]
        return None if named is None else Role(named)

    return http.read(relay, lambda: {document_id: role(document_id) for document_id in titles})


def change_password(relay: RelayAddress, access_token: str, old: str, new: str) -> Tokens:
    """Change the password and end all other sign-ins; these tokens take the place of this one's.

    Raises `NotSignedIn`, or `RelayRefused` for a wrong old password and for a new one that is
    too short.
    """
    body = {"old_password": old, "new_password": new}
    answer = http.authorized(relay, "POST", "/api/change-password", access_token, body)
    return http.read(relay, lambda: tokens_of(answer))


def me(relay: RelayAddress, access_token: str) -> tuple[str, str]:
    """Return id and name of who is signed in. Raises `NotSignedIn`."""
    answer = http.authorized(relay, "GET", "/api/me", access_token)
    return http.read(relay, lambda: (str(answer["user_id"]), str(answer["name"])))


def _tokens(relay: RelayAddress, path: str, body: dict[str, str]) -> Tokens:
    try:
        answer = http.call(relay, "POST", path, body)
    except http.Status as status:
        if status.code in (400, 401, 403, 422):
            refusal = status.detail or phrase("The relay did not accept the sign-in.")
            raise SignInRefused(refusal) from None
        raise status.error(relay) from None
    return http.read(relay, lambda: tokens_of(answer))


def tokens_of(answer: Any) -> Tokens:
    """Read the tokens in an answer. For `http.read`."""
    return Tokens(
        str(answer["user_id"]),
        str(answer["name"]),
        str(answer["access_token"]),
        float(answer["expires_in"]),
        str(answer["refresh_token"]),
    )


def document_of(entry: Any) -> RelayDocument:
    """Read a document in an answer. For `http.read`."""
    if not is_document_id(entry["id"]):
        raise ValueError(entry["id"])
    return RelayDocument(
        DocumentId(entry["id"]),
        str(entry["title"]),
        Role(entry["role"]),
        _state(entry.get("state")),
        _state(entry.get("comments_state")),
    )


def _state(value: Any) -> str | None:
    return value[:LONGEST_STATE] if isinstance(value, str) else None

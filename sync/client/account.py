"""The relay's HTTP interface: signing in, and which documents there are.

Every call blocks, so callers use a thread. Every call raises `RelayUnreachable`
(no answer, or none that makes sense) or `RelayBusy` (come again later), beside
what its docstring says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from sync import __version__
from sync.client.address import RelayAddress, unreachable
from sync.errors import NotSignedIn, RelayBusy, RelayRefused, RelayUnreachable, SignInRefused
from sync.phrases import phrase
from sync.types import DocumentId, Role, is_document_id

Result = TypeVar("Result")

TIMEOUT = 10.0
"""Seconds of silence after which a call fails."""

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes: a list of 100,000 documents fits."""

LONGEST_STATE = 100
"""Characters of the relay's name for a state that count."""

LONGEST_TITLE = 1000
"""Characters of a title that the relay takes."""

MOST_AT_ONCE = 50
"""Documents that are made known in one request, which may have 64 KiB; few titles have 1 KB."""

LONGEST_DETAIL = 300
"""Characters of a relay's explanation that a person gets to see."""


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
    _call(relay, "POST", "/api/sign-out", {"refresh_token": refresh_token})


def list_documents(relay: RelayAddress, access_token: str) -> list[RelayDocument]:
    """Return all documents that this person may read.

    Raises `NotSignedIn` if the token is not accepted.
    """
    answer = _authorized(relay, "GET", "/api/documents", access_token)
    return _read(relay, lambda: [_document(entry) for entry in answer["documents"]])


def publish_documents(
    relay: RelayAddress, access_token: str, titles: Mapping[DocumentId, str]
) -> dict[DocumentId, Role | None]:
    """Make up to `MOST_AT_ONCE` documents known; return this person's role in each.

    None where the id belongs to somebody else. Publishing one's own document again is no error.
    Raises `NotSignedIn`, and `RelayRefused` if the relay takes none of them.
    """
    documents = [{"id": one, "title": title[:LONGEST_TITLE]} for one, title in titles.items()]
    body = {"documents": documents}
    answer = _authorized(relay, "POST", "/api/documents/publish", access_token, body)

    def role(document_id: DocumentId) -> Role | None:
        named = answer["roles"][document_id]
        return None if named is None else Role(named)

    return _read(relay, lambda: {document_id: role(document_id) for document_id in titles})


def _tokens(relay: RelayAddress, path: str, body: dict[str, str]) -> Tokens:
    try:
        answer = _call(relay, "POST", path, body)
    except _Status as status:
        if status.code in (400, 401, 403, 422):
            refusal = status.detail or phrase("The relay did not accept the sign-in.")
            raise SignInRefused(refusal) from None
        raise status.error(relay) from None
    return _read(
        relay,
        lambda: Tokens(
            str(answer["user_id"]),
            str(answer["name"]),
            str(answer["access_token"]),
            float(answer["expires_in"]),
            str(answer["refresh_token"]),
        ),
    )


def _document(entry: Any) -> RelayDocument:
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


def _read(relay: RelayAddress, read: Callable[[], Result]) -> Result:
    """Return what `read` makes of an answer; a shape that it does not expect is no relay's."""
    try:
        return read()
    except (KeyError, TypeError, ValueError):
        raise RelayUnreachable(relay.url, phrase("what answers there is not a relay")) from None


def _authorized(
    relay: RelayAddress, method: str, path: str, access_token: str, body: Any = None
) -> Any:
    try:
        return _call(relay, method, path, body, access_token)
    except _Status as status:
        if status.code == 401:
            raise NotSignedIn from None
        raise status.error(relay) from None


class _Status(Exception):
    """The relay answered with an error."""

    def __init__(self, code: int, detail: str | None, retry_after: float | None) -> None:
        self.code = code
        self.detail = detail
        self.retry_after = retry_after

    def error(self, relay: RelayAddress) -> Exception:
        """Return what it means where no status is expected in particular."""
        detail = self.detail or phrase("it answered with status {code}", code=str(self.code))
        if self.retry_after is not None or self.code == 429:
            return RelayBusy(detail, self.retry_after or 1.0)
        if self.code in (400, 403, 409, 413, 422):
            return RelayRefused(detail)
        return RelayUnreachable(relay.url, detail.rstrip("."))


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry passwords and tokens to an address that nobody typed."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _call(
    relay: RelayAddress, method: str, path: str, body: Any = None, access_token: str | None = None
) -> Any:
    """Make one call and return the JSON of its answer; None if it has none."""
    request = Request(relay.http_url + path, method=method)  # noqa: S310  # http(s) by type
    request.add_header("Accept", "application/json")
    request.add_header("User-Agent", f"Inkstand/{__version__}")
    if access_token is not None:
        request.add_header("Authorization", f"Bearer {access_token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    proxies = [ProxyHandler({})] if relay.is_loopback else []
    try:
        with build_opener(_NoRedirect, *proxies).open(request, timeout=TIMEOUT) as response:
            data = response.read(LARGEST_ANSWER + 1)
    except HTTPError as error:
        with error:
            raise _status(error) from None
    except URLError as error:
        reason = error.reason if isinstance(error.reason, BaseException) else error
        raise unreachable(relay, reason) from None
    except (OSError, HTTPException) as error:
        raise unreachable(relay, error) from None
    if not data:
        return None
    if len(data) > LARGEST_ANSWER:
        raise RelayUnreachable(relay.url, phrase("its answer is far too long"))
    return _read(relay, lambda: json.loads(data))


def _status(error: HTTPError) -> _Status:
    """Read an RFC 9457 problem, as far as it is one."""
    detail = None
    try:
        problem = json.loads(error.read(LARGEST_ANSWER))
        if isinstance(problem, dict) and isinstance(problem.get("detail"), str):
            detail = " ".join(problem["detail"].split())[:LONGEST_DETAIL]
    except (OSError, HTTPException, ValueError, RecursionError):
        pass
    try:
        retry_after = max(0.0, float(error.headers.get("Retry-After", "")))
    except ValueError:
        retry_after = None
    return _Status(error.code, detail or None, retry_after)

"""One call to the relay's HTTP interface: JSON there, JSON or a problem (RFC 9457) back.

Every call blocks, so callers use a thread. What each may raise beside its own: `RelayUnreachable`
(no answer, or none that makes sense), `RelayBusy` (come again later).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from sync import __version__
from sync.client.address import RelayAddress, unreachable
from sync.errors import NotSignedIn, RelayBusy, RelayRefused, RelayUnreachable
from sync.phrases import phrase

Result = TypeVar("Result")

TIMEOUT = 10.0
"""Seconds of silence after which a call fails."""

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes: a list of 100,000 documents fits."""

LONGEST_DETAIL = 300
"""Characters of a relay's explanation that a person gets to see."""


def read(relay: RelayAddress, make: Callable[[], Result]) -> Result:
    """Return what `make` makes of an answer; a shape that it does not expect is no relay's."""
    try:
        return make()
    except (KeyError, TypeError, ValueError):
        raise RelayUnreachable(relay.url, phrase("what answers there is not a relay")) from None


def authorized(
    relay: RelayAddress, method: str, path: str, access_token: str, body: Any = None
) -> Any:
    """Make one call as who has that token. Raises `NotSignedIn` and `RelayRefused`."""
    try:
        return call(relay, method, path, body, access_token)
    except Status as status:
        if status.code == 401:
            raise NotSignedIn from None
        raise status.error(relay) from None


class Status(Exception):
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
        # Without an explanation, a 404 is another program's.
        if self.code in (400, 403, 409, 413, 422) or (self.code == 404 and self.detail):
            return RelayRefused(detail)
        return RelayUnreachable(relay.url, detail.rstrip("."))


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry passwords and tokens to an address that nobody typed."""

    def redirect_request(self, *_: Any) -> None:
        return None


def call(
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
    return read(relay, lambda: json.loads(data))


def _status(error: HTTPError) -> Status:
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
    return Status(error.code, detail or None, retry_after)

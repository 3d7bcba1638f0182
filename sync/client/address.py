"""Where a relay is, and what to say when it cannot be reached."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync.errors import RelayUnreachable
from sync.hosts import is_loopback
from sync.phrases import explain_os_error, phrase

_SCHEMES = {"ws": False, "http": False, "wss": True, "https": True}


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """A relay's address; WebSocket and HTTP share it."""

    host: str
    """With brackets if it is an IPv6 address, with a port if one was given."""
    path: str
    """Empty, or from a slash on, without one at the end."""
    secure: bool
    """Whether it is spoken to through TLS."""
    is_loopback: bool
    """Whether it is this very computer: then no proxy is in between."""

    @property
    def url(self) -> str:
        """The WebSocket's address, and the one that people see."""
        return f"{'wss' if self.secure else 'ws'}://{self.host}{self.path}"

    @property
    def http_url(self) -> str:
        """What the paths of the HTTP interface are appended to."""
        return f"{'https' if self.secure else 'http'}://{self.host}{self.path}"


def parse_address(text: str) -> RelayAddress:
    """Return the relay that a person means by `text`.

    Without a scheme, a relay on this computer is spoken to in the clear and any
    other through TLS. Raises `RelayUnreachable` if it is no address.
    """
    text = text.strip()
    has_scheme = "://" in text
    try:
        parts = urlsplit(text if has_scheme else f"//{text}")
        host = parts.hostname
        _ = parts.port  # raises if it is no number
    except ValueError:
        host = None
    if not host or (has_scheme and parts.scheme not in _SCHEMES) or parts.username is not None:
        raise RelayUnreachable(
            text, phrase("that is not a relay's address, which looks like wss://relay.example.org")
        )
    loopback = is_loopback(host)
    return RelayAddress(
        parts.netloc.lower(),
        parts.path.rstrip("/"),
        _SCHEMES[parts.scheme] if has_scheme else not loopback,
        loopback,
    )


_NO_NETWORK = {errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}


def unreachable(relay: RelayAddress, error: BaseException) -> RelayUnreachable:
    """Return what it means that `error` kept a connection to the relay from coming about."""
    no_network = (
        error.errno == socket.EAI_AGAIN  # no name server answers
        if isinstance(error, socket.gaierror)
        else isinstance(error, OSError) and error.errno in _NO_NETWORK
    )
    return RelayUnreachable(relay.url, explain_failure(error), no_network=no_network)


def explain_failure(error: BaseException) -> str:
    """Return why a connection failed, in words that follow "Cannot reach the relay at …: "."""
    match error:
        case ConnectionRefusedError():
            return phrase("nothing answers there")
        case socket.gaierror():
            return phrase("there is no such address, or no network")
        case TimeoutError():
            return phrase("it did not answer in time")
        case ssl.SSLError():
            return phrase(
                "its certificate was not accepted ({reason})", reason=error.reason or error
            )
        case ConnectionError() | EOFError():
            return phrase("it closed the connection")
        case OSError(strerror=str()):
            return explain_os_error(error)
    return phrase("what answers there is not a relay")

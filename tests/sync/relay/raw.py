"""A bare socket to a relay, for those who do not behave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sync.protocol import messages as m


@contextmanager
def opened(url: str, document: str, token: str) -> Iterator[ClientConnection]:
    """Open a document on a socket of its own."""
    with connect(url, proxy=None, max_size=None) as client:
        client.send(m.encode_frame(document, m.AuthToken(token)))
        until(client, m.Authenticated)
        yield client


def until(client: ClientConnection, *kinds: type[m.Message]) -> m.Message:
    """Read until there is a message of some kind. Raises `ConnectionClosed`."""
    while True:
        data = client.recv(timeout=20)
        assert isinstance(data, bytes)
        message = m.decode_frame(data, m.Sender.RELAY).message
        if isinstance(message, kinds):
            return message


def code_of(client: ClientConnection) -> int:
    """Read until the relay hangs up; return why."""
    received = None
    while received is None:
        try:
            client.recv(timeout=20)
        except ConnectionClosed as closed:
            received = closed.rcvd
            assert received is not None, "cut off without a close frame"
    return received.code


def send_all(client: ClientConnection, frames: Iterator[bytes]) -> None:
    """Send until the relay has hung up, or all is sent."""
    with suppress(ConnectionClosed):
        for frame in frames:
            client.send(frame)

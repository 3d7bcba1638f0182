"""An index of versions as somebody publishes it, and the real server that it lies on."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from nacl.signing import SigningKey
from sign_index import sign

from tests.sync.relay.authority import Authority

Answer: TypeAlias = Callable[[BaseHTTPRequestHandler], None]


def said(**changes: Any) -> dict[str, object]:
    """What an index says of a version that is far newer than this one."""
    index: dict[str, object] = {
        "format": 1,
        "serial": 5,
        "expires": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
        "version": "99.0.0",
        "page": "https://example.org/inkstand",
        "notes": {"en": "Everything is <b>better</b>.", "de": "Alles ist besser."},
    }
    return {**index, **changes}


class Publisher:
    """Who has the private key."""

    def __init__(self) -> None:
        self.key = SigningKey.generate()

    @property
    def public(self) -> bytes:
        return bytes(self.key.verify_key)

    def index(self, **changes: Any) -> bytes:
        return sign(said(**changes), [self.key])


def gives(data: bytes) -> Answer:
    """An answer that is just this."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def redirects(address: str) -> Answer:
    """An answer that leads to another address."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


class IndexServer:
    """Answers under `address` as `answer` says, and counts who asked."""

    def __init__(self, authority: Authority | None, port: int = 0) -> None:
        """`authority`: who signs its certificate; None: it is an http server."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, dict(self.headers)))
                server.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.asked: list[tuple[str, dict[str, str]]] = []
        """Path and headers of each question."""
        self.answer: Answer = gives(b"")
        self._server = _Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http{'s' if authority else ''}://localhost:{self.port}/inkstand.json"
        if authority is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(authority.certificate, authority.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Who hangs up, or does not trust it, is no error of the test."""


@contextmanager
def serving(authority: Authority | None, port: int = 0) -> Iterator[IndexServer]:
    server = IndexServer(authority, port)
    try:
        yield server
    finally:
        server.close()

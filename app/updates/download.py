"""Fetches one small file over https, and cannot be led to do anything else."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from app.updates.index import MAX_BYTES
from app.updates.problems import IndexUnreachable, IndexUnreadable
from sync.client.address import explain_failure
from sync.phrases import phrase

SILENCE = 10.0
"""Seconds without a byte after which it is given up."""

PATIENCE = 20.0
"""Seconds after which it is given up all the same: a byte now and then is no answer either."""


class Download:
    """One file, read once on a thread; `abort` ends it from any other."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        """`patience` is in seconds."""
        self._address = address
        self._patience = patience
        self._given_up = threading.Event()
        self._connections: list[HTTPSConnection] = []

    def abort(self) -> None:
        """End it now; `read` raises."""
        self._given_up.set()
        for connection in tuple(self._connections):
            with suppress(OSError, AttributeError):  # not connected yet, or no more
                connection.sock.shutdown(socket.SHUT_RDWR)

    def read(self) -> bytes:
        """Return what is there. Raises `IndexUnreachable`; `IndexUnreadable` if it is too long."""
        end = threading.Timer(self._patience, self.abort)
        end.daemon = True
        end.start()
        try:
            return self._read()
        except HTTPError as error:
            error.close()
            answer = phrase("it answered with status {code}", code=str(error.code))
            raise IndexUnreachable(answer) from None
        except (OSError, HTTPException) as error:  # URLError is an OSError
            if self._given_up.is_set():
                raise IndexUnreachable(explain_failure(TimeoutError())) from None
            reason = error.reason if isinstance(error, URLError) else error
            raise IndexUnreachable(
                explain_failure(reason if isinstance(reason, BaseException) else error)
            ) from None
        finally:
            end.cancel()

    def _read(self) -> bytes:
        if self._given_up.is_set():
            raise TimeoutError
        request = Request(self._address)  # noqa: S310  # https, see `is_page`
        request.add_header("User-Agent", "Inkstand")  # which one it is is nobody's business
        request.add_header("Cache-Control", "no-cache")
        opener = build_opener(_Handler(self._connections), _OnlyTls)
        with opener.open(request, timeout=SILENCE) as response:
            data = b""
            while len(data) <= MAX_BYTES:
                more = response.read1(MAX_BYTES)
                if self._given_up.is_set():
                    raise TimeoutError
                if not more:
                    return data
                data += more
        raise IndexUnreadable


class _Handler(HTTPSHandler):
    """Notes the connections that it makes."""

    def __init__(self, made: list[HTTPSConnection]) -> None:
        super().__init__()
        self._made = made

    def https_open(self, req: Request) -> HTTPResponse:
        def connect(host: str, **options: Any) -> HTTPSConnection:
            connection = HTTPSConnection(host, **options)
            self._made.append(connection)
            return connection

        return self.do_open(connect, req)


class _OnlyTls(HTTPRedirectHandler):
    """Follows to another place, but not out of https."""

    max_redirections = 3

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme != "https":
            raise IndexUnreachable(phrase("it leads to an address that is not secure"))
        return super().redirect_request(req, fp, code, msg, headers, newurl)

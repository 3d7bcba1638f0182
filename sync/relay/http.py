"""The HTTP server on one socket, with an end."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HTTP_SECONDS = 60.0
"""Seconds after which an HTTP connection ends, however slowly its requests come."""


class HttpConnection(H11Protocol):
    """Uvicorn's, which would wait for ever for the rest of a request."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HTTP_SECONDS, transport.abort)

    def connection_lost(self, error: Exception | None) -> None:
        """Let go of the timer, and so of the socket."""
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(error)

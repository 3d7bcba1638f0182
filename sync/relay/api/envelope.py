"""What holds for every request and answer, whatever it is about."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 64 * 1024
"""Bytes of a request's body, unless its route allows more: see `allow_body`."""

_HEADERS = ((b"x-content-type-options", b"nosniff"),)
_CACHE = (b"cache-control", b"private, no-store")


def allow_body(scope: Scope, limit: int) -> None:
    """Let the body of this request be as long as `limit` bytes, now that it is known whose."""
    scope["state"]["body_bytes"] = limit


class Envelope:
    """No cache may keep an answer, no body is large, and what flows keeps the line open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        state = scope.setdefault("state", {})
        moved: Callable[[int], None] = state.get("moved", lambda _: None)
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            size = len(message.get("body", b""))
            received += size
            limit = state.get("body_bytes", BODY_BYTES)
            if received > limit:
                raise HTTPException(413, f"The request is too large: {limit:,} bytes are allowed.")
            moved(size)
            return message

        async def private(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *_HEADERS]
                if not any(name.lower() == _CACHE[0] for name, _ in headers):
                    headers.append(_CACHE)
                message = {**message, "headers": headers}
            await send(message)
            moved(len(message.get("body", b"")))

        await self._app(scope, bounded, private)

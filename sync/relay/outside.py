"""What stands before the HTTP interface: who asks, from which page, and how the relay is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.hosts import is_loopback
from sync.relay.api.problems import problem
from sync.relay.metrics import CONTENT_TYPE, Metrics
from sync.relay.places import Network, Proxies

_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


class Outside:
    """Answers ``/readyz`` and ``/metrics``, and hands everything else on."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        proxies: Proxies,
        origins: Sequence[str],
        metrics: Metrics,
        metrics_from: Sequence[Network],
        trouble: Callable[[], str | None],
    ) -> None:
        """`trouble` says why the relay should get no new clients, None if it may."""
        self._app = app
        if origins:
            self._app = CORSMiddleware(
                app,
                allow_origins=list(origins),
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type"],
            )
        self._proxies = proxies
        self._origins = frozenset(origins)
        self._metrics = metrics
        self._metrics_from = tuple(metrics_from)
        self._trouble = trouble

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(message["status"])
            await send(message)

        headers = Headers(scope=scope)
        peer, port = scope.get("client") or ("", 0)
        forwarded = headers.get("x-forwarded-for")
        place = self._proxies.place(peer, forwarded)
        origin = headers.get("origin")
        answer: Response | None = None
        if origin is not None and origin not in self._origins:
            answer = problem(403, "This page may not use the relay.", _HEADERS)
        elif scope["path"] == "/readyz":
            trouble = self._trouble()
            answer = problem(503, trouble, _HEADERS) if trouble else _json({"status": "ready"})
        elif scope["path"] == "/metrics":
            believed = forwarded is None or self._proxies.trusts(peer)
            answer = self._exposition(place if believed else "")
        if answer is not None:
            await answer(scope, receive, counted)
        else:
            await self._app({**scope, "client": (place, port)}, receive, counted)

    def _exposition(self, place: str) -> Response:
        allowed = is_loopback(place)
        if not allowed and place:
            allowed = any(ip_address(place) in network for network in self._metrics_from)
        if not allowed:
            return problem(403, "The metrics are not for everybody; see --metrics-from.", _HEADERS)
        return Response(self._metrics.exposition(), 200, _HEADERS, CONTENT_TYPE)


def _json(body: dict[str, str]) -> Response:
    return JSONResponse(body, 200, _HEADERS)

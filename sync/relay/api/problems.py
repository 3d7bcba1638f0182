"""Errors of one shape: RFC 9457, with one sentence that says what to do next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from sync.errors import AdministrationError, LastOwner, NameTaken, NotAMember, TooMany
from sync.relay.attachments import WrongDigest
from sync.relay.auth import Refused, WrongPassword
from sync.relay.throttle import Throttled

MEDIA_TYPE = "application/problem+json"

_MEANINGS = {
    400: "The request is not whole, or no HTTP.",
    401: "No access token that is accepted.",
    403: "The caller's role does not allow it.",
    404: "There is none, or the caller has no access to it: the two sound the same.",
    405: "The path does not know the method; `Allow` says which it knows.",
    409: "It contradicts what is there.",
    413: "The request is too large.",
    416: "The file is shorter than that.",
    422: "The request does not make sense.",
    429: "Too many attempts; `Retry-After` says when to try again.",
    500: "A mistake of the relay's.",
    503: "The relay is too busy, or its disk does not work; `Retry-After` says when to try again.",
}
_ALWAYS = (400, 413, 422, 500, 503)

_FRAMEWORK = {
    400: "The request's body cannot be read. Send JSON in UTF-8.",
    404: "There is nothing at this address. /api/openapi.json lists what there is.",
    405: "This address does not know that method. /api/openapi.json lists those that it knows.",
}
"""Instead of its own words."""
_ITS_WORDS = ("There was an error parsing the body", "Not Found", "Method Not Allowed")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="Always `about:blank`: the status says what kind it is.")
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="One sentence, for a person, that says what to do next.")


class Busy(Exception):
    """More people ask than can be answered; come again soon."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how a route's errors are documented, with those that every route has."""
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": _MEANINGS[status], "content": {MEDIA_TYPE: shape}}
        for status in sorted({*_ALWAYS, *statuses})
    }


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that says what went wrong."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    headers = dict(headers or {})
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def raw_problem(status: HTTPStatus, detail: str, headers: str = "") -> bytes:
    """Return a whole HTTP answer, after which the connection is closed; `headers` end in CRLF."""
    fields = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    body = json.dumps(fields).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n{headers}Content-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: private, no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


def handle_errors(api: FastAPI) -> None:
    """Turn every exception into a problem; none shows where in the program it arose."""

    @api.exception_handler(HTTPException)
    async def refuse(_: Request, error: HTTPException) -> Response:
        detail = str(error.detail)
        if detail in _ITS_WORDS:
            detail = _FRAMEWORK[error.status_code]
        return problem(error.status_code, detail, error.headers)

    @api.exception_handler(RequestValidationError)
    async def refuse_request(_: Request, error: RequestValidationError) -> Response:
        where = ", ".join(sorted({str(entry["loc"][-1]) for entry in error.errors()}))
        return problem(422, f"The request does not make sense: look at {where[:200]}.")

    @api.exception_handler(Throttled)
    async def throttle(_: Request, error: Throttled) -> Response:
        return problem(429, str(error), {"Retry-After": str(int(error.seconds) + 1)})

    @api.exception_handler(Busy)
    async def busy(_: Request, __: Busy) -> Response:
        return problem(503, "The relay is busy. Try again soon.", {"Retry-After": "2"})

    @api.exception_handler(AdministrationError)
    async def unavailable(_: Request, __: AdministrationError) -> Response:
        detail = "The relay's disk does not work. Try again later."
        return problem(503, detail, {"Retry-After": "5"})

    @api.exception_handler(Exception)
    async def mistake(_: Request, __: Exception) -> Response:
        return problem(500, "The relay made a mistake. Its administrator finds more in its log.")

    @api.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return problem(400, "The request ended before it was whole.")

    statuses: dict[type[Exception], int] = {
        Refused: 401,
        WrongPassword: 403,
        NotAMember: 404,
        LastOwner: 409,
        NameTaken: 409,
        TooMany: 409,
        WrongDigest: 422,
    }

    async def say(_: Request, error: Exception) -> Response:
        [status] = [statuses[kind] for kind in type(error).__mro__ if kind in statuses][:1]
        return problem(status, str(error))

    for kind in statuses:
        api.add_exception_handler(kind, say)

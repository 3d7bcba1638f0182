"""The HTTP interface: signing in, and which documents there are. Errors are RFC 9457."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync import __version__
from sync.errors import AdministrationError
from sync.relay.auth import (
    ACCESS_SECONDS,
    REFRESH_SECONDS,
    Auth,
    Grant,
    Refused,
    Throttled,
    TokenPair,
)
from sync.relay.storage.base import Accounts
from sync.types import DocumentId, Role, new_document_id

BODY_BYTES = 64 * 1024
"""Bytes of a request's body."""


class SignIn(BaseModel):
    """A name and a password."""

    name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=1000)


class RefreshToken(BaseModel):
    """A refresh token: good once."""

    refresh_token: str = Field(min_length=1, max_length=200)


class NewDocument(BaseModel):
    """A document that a device has made."""

    id: str = Field(default_factory=new_document_id, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    title: str = Field(default="", max_length=1000)


def make_api(auth: Auth, accounts: Accounts) -> ASGIApp:
    """Return the application. Its functions block, so they run on worker threads."""
    api = FastAPI(title="Inkstand relay", version=__version__, docs_url=None, redoc_url=None)

    @api.exception_handler(HTTPException)
    def refuse(_: Request, error: HTTPException) -> Response:
        return _problem(error.status_code, str(error.detail), error.headers)

    @api.exception_handler(RequestValidationError)
    def refuse_body(_: Request, error: RequestValidationError) -> Response:
        where = ", ".join(sorted({str(entry["loc"][-1]) for entry in error.errors()}))
        return _problem(422, f"The request does not make sense: look at {where}.")

    @api.exception_handler(Throttled)
    def throttle(_: Request, error: Throttled) -> Response:
        return _problem(429, str(error), {"Retry-After": str(int(error.seconds) + 1)})

    @api.exception_handler(Refused)
    def refuse_sign_in(_: Request, error: Refused) -> Response:
        return _problem(401, str(error))

    @api.exception_handler(AdministrationError)
    def unavailable(_: Request, __: AdministrationError) -> Response:
        return _problem(
            503, "The relay's disk does not work. Try again later.", {"Retry-After": "5"}
        )

    def signed_in(authorization: Annotated[str, Header()] = "") -> Grant:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Refused("Sign in first.")
        return auth.check(token.strip())

    who = Depends(signed_in)

    @api.post("/api/sign-in")
    def sign_in(body: SignIn, request: Request) -> dict[str, Any]:
        place = request.client.host if request.client else ""
        return _tokens(auth.sign_in(body.name, body.password, place))

    @api.post("/api/refresh")
    def refresh(body: RefreshToken) -> dict[str, Any]:
        return _tokens(auth.refresh(body.refresh_token))

    @api.post("/api/sign-out", status_code=204)
    def sign_out(body: RefreshToken) -> None:
        auth.sign_out(body.refresh_token)

    @api.get("/api/documents")
    def documents(caller: Grant = who) -> dict[str, Any]:
        return {
            "documents": [
                {
                    "id": entry.id,
                    "title": entry.title,
                    "role": entry.role.value,
                    "created": entry.created,
                }
                for entry in accounts.documents(caller.user_id)
            ]
        }

    @api.post("/api/documents", status_code=201)
    def create(body: NewDocument, response: Response, caller: Grant = who) -> dict[str, Any]:
        document_id = DocumentId(body.id)
        if not accounts.create_document(document_id, body.title, caller.user_id):
            if accounts.role(document_id, caller.user_id) is not Role.OWNER:
                raise HTTPException(409, "That document belongs to somebody else.")
            response.status_code = 200
        return {"id": document_id, "title": body.title, "role": Role.OWNER.value}

    @api.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return _Private(api)


def _tokens(pair: TokenPair) -> dict[str, Any]:
    return {
        "user_id": pair.user.id,
        "name": pair.user.name,
        "access_token": pair.access,
        "expires_in": ACCESS_SECONDS,
        "refresh_token": pair.refresh,
        "refresh_expires_in": REFRESH_SECONDS,
    }


def _problem(status: int, detail: str, headers: Any = None) -> Response:
    return JSONResponse(
        {"type": "about:blank", "title": "Refused", "status": status, "detail": detail},
        status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


class _Private:
    """No answer may be kept by a cache, and no body may be large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_BYTES:
                raise HTTPException(413, "The request is too large.")
            return message

        async def private(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"cache-control", b"private, no-store")]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, bounded, private)

"""Puts the HTTP interface together."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRouter
from pydantic import BaseModel
from starlette.types import ASGIApp

from sync import __version__
from sync.relay.api import accounts, attachments, documents, invites, members
from sync.relay.api.dependencies import Context
from sync.relay.api.envelope import Envelope
from sync.relay.api.problems import Problem, handle_errors, problems

_DESCRIPTION = """\
Accounts, documents, members, invites and attachments of an Inkstand relay.
Documents themselves are kept in step over a WebSocket at the same address.

Every error is a problem (RFC 9457) whose `detail` is one sentence for a person.
No answer but an attachment may be kept by a cache.
"""

_service = APIRouter(tags=["service"])


class Health(BaseModel):
    """The relay answers."""

    status: str


@_service.get("/healthz", responses=problems())
async def health() -> Health:
    """Say that the relay runs."""
    return Health(status="ok")


def _answered_outside(summary: str, said: str, content: dict[str, Any], *more: int) -> Any:
    """Describe what `sync.relay.outside` answers before a request comes here."""
    answers: dict[str, Any] = {"200": {"description": said, "content": content}}
    answers |= {str(status): answer for status, answer in problems(*more).items()}
    return {
        "get": {
            "tags": ["service"],
            "summary": summary,
            "description": said,
            "operationId": summary.lower(),
            "responses": answers,
        }
    }


def make_api(context: Context) -> ASGIApp:
    """Return the application. Its functions block, so they run on worker threads."""
    api = assemble()
    api.state.context = context
    return Envelope(api)


def assemble() -> FastAPI:
    """Return all routes and their description, not yet bound to a relay."""
    # No page of documentation: it would fetch its scripts from elsewhere.
    api = FastAPI(
        title="Inkstand relay",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    handle_errors(api)
    for family in (accounts, documents, members, invites, attachments):
        api.include_router(family.router)
    api.include_router(_service)
    schema = _describe(api)
    api.openapi = lambda: schema  # type: ignore[method-assign]
    return api


def _describe(api: FastAPI) -> dict[str, Any]:
    described = get_openapi(
        title=api.title, version=api.version, description=api.description, routes=api.routes
    )
    described["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    health = {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}
    described["paths"]["/readyz"] = _answered_outside(
        "Readiness", "New clients are welcome: the disk works, and the relay stays.", health
    )
    described["paths"]["/metrics"] = _answered_outside(
        "Metrics", "Numbers as Prometheus reads them.", {"text/plain": {"schema": {}}}, 403
    )
    return described

"""Routes: files of a document, named by the SHA-256 of their bytes."""

from __future__ import annotations

import re
from typing import Annotated, Any

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, HTTPException, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from sync.errors import TooMany
from sync.media import UNKNOWN_TYPE
from sync.relay.api.dependencies import AsMember, AsWriter, Context, Membership, Relay
from sync.relay.api.envelope import allow_body
from sync.relay.api.problems import Busy, problems
from sync.relay.storage.base import Attachment as Stored

router = APIRouter(prefix="/api/documents/{document_id}/attachments", tags=["attachments"])

UPLOADS_OF_ONE_PERSON = 8
"""At one time."""

Sha256 = Annotated[
    str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the bytes, in lower case.")
]

_HEADERS = {
    # The bytes of a hash never change; but only who may read the document may keep them.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Attachment(BaseModel):
    """A file of the document."""

    sha256: str
    size: int = Field(description="Bytes.")
    media_type: str = Field(description="As found in the bytes, not as claimed.")


_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {UNKNOWN_TYPE: _BINARY}}}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"*/*": _BINARY}},
    206: {"description": "The part that `Range` asked for.", "content": {"*/*": _BINARY}},
    304: {"description": "It is what `If-None-Match` names."},
}


@router.put(
    "/{sha256}",
    status_code=201,
    responses={
        200: {"model": Attachment, "description": "It was there."},
        **problems(401, 403, 404, 409),
    },
    openapi_extra=_BODY,
)
async def upload(
    sha256: Sha256, request: Request, response: Response, found: AsWriter, relay: Relay
) -> Attachment:
    """Add a file: the body is its bytes. It is on disk when this answers.

    Bytes that do not have that SHA-256 are refused. Everything but PNG, JPEG,
    GIF, WebP and PDF is served as a download.
    """
    limit = relay.settings.attachment_bytes
    if int(request.headers.get("content-length", 0)) > limit:
        raise HTTPException(413, f"The file is too large: {limit:,} bytes are allowed.")
    digest = bytes.fromhex(sha256)
    stored = await run_sync(_find, relay, found, digest)
    if stored is None:
        await run_sync(_make_sure_of_room, relay, found)
        allow_body(request.scope, limit)
        stored = await _receive(request, relay, found.caller.user_id, digest)
        if await run_sync(_add, relay, found, stored):
            return _answer(stored)
    response.status_code = 200
    return _answer(stored)


@router.get(
    "/{sha256}",
    response_class=FileResponse,
    responses={**_FILE, **problems(401, 404, 416)},
)
def download(
    sha256: Sha256,
    request: Request,
    found: AsMember,
    relay: Relay,
    if_none_match: Annotated[str | None, Header()] = None,
    if_range: Annotated[str | None, Header()] = None,
    range_: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """Return a file to anybody with a role in the document, or one range of it.

    That the caller may read it in another document does not help.
    """
    stored = _find(relay, found, bytes.fromhex(sha256))
    if stored is None:
        raise _no_attachment()
    headers = {**_HEADERS, "ETag": f'"{sha256}"'}
    if headers["ETag"] in _etags(if_none_match):
        return Response(status_code=304, headers=headers)
    wanted = range_ if if_range in (None, headers["ETag"]) else None
    if not _is_range(wanted, stored.size):
        # What makes no sense as one range is answered with the whole (RFC 9110, section 14.2).
        request.scope["headers"] = [h for h in request.scope["headers"] if h[0] != b"range"]
    disposition = "attachment" if stored.media_type == UNKNOWN_TYPE else "inline"
    path = relay.files.find(stored.digest)
    if path is None:
        raise _no_attachment()
    return FileResponse(
        path,
        headers={**headers, "Content-Disposition": disposition},
        media_type=stored.media_type,
        stat_result=path.stat(),
    )


def _no_attachment() -> HTTPException:
    return HTTPException(404, "There is no such attachment in this document.")


def _answer(stored: Stored) -> Attachment:
    return Attachment(sha256=stored.digest.hex(), size=stored.size, media_type=stored.media_type)


def _find(relay: Context, found: Membership, digest: bytes) -> Stored | None:
    """Return what this document has under that hash, if the bytes are kept too.

    They may be missing after a restore; then the file can be sent again.
    """
    stored = relay.accounts.attachment(found.document_id, digest)
    return stored if stored is not None and relay.files.has(digest) else None


def _make_sure_of_room(relay: Context, found: Membership) -> None:
    """Raise `TooMany` before the bytes are sent; `_add` does so again."""
    most = relay.settings.attachments_per_document
    if relay.accounts.count_attachments(found.document_id) >= most:
        raise TooMany(f"A document has at most {most:,} attachments.")


def _add(relay: Context, found: Membership, stored: Stored) -> bool:
    most = relay.settings.attachments_per_document
    return relay.accounts.add_attachment(found.document_id, stored, most, found.caller.actor)


async def _receive(request: Request, relay: Context, user_id: str, digest: bytes) -> Stored:
    """Take a body in, piece by piece, to a file."""
    if relay.uploads[user_id] >= UPLOADS_OF_ONE_PERSON:
        raise Busy
    relay.uploads[user_id] += 1
    try:
        upload = await run_sync(relay.files.begin)
        try:
            async for piece in request.stream():
                await run_sync(upload.write, piece)
            return await run_sync(upload.finish, digest)
        finally:
            with anyio.CancelScope(shield=True):
                await run_sync(upload.discard)
    finally:
        relay.uploads[user_id] -= 1
        if relay.uploads[user_id] == 0:
            del relay.uploads[user_id]


def _etags(header: str | None) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in (header or "").split(",")]


def _is_range(header: str | None, size: int) -> bool:
    """Whether a header asks for one range of bytes. Raises 416 if the file ends before it."""
    found = _RANGE.fullmatch(header or "")
    if found is None or found[1] == found[2] == "":
        return False
    first, last = found[1], found[2]
    if first and last and int(last) < int(first):
        return False
    if (int(first) >= size) if first else (int(last) == 0 or size == 0):
        raise HTTPException(
            416, f"The file has {size:,} bytes only.", {"Content-Range": f"bytes */{size}"}
        )
    return True

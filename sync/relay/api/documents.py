"""Routes: which documents there are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Response
from pydantic import AfterValidator, BaseModel, Field

from sync.relay.api.dependencies import (
    DOCUMENT_ID_PATTERN,
    AsMember,
    AsWriter,
    Context,
    Relay,
    SignedIn,
    no_document,
)
from sync.relay.api.problems import problems
from sync.relay.storage.base import DocumentEntry
from sync.types import DocumentId, Role, is_implied, new_document_id

router = APIRouter(prefix="/api/documents", tags=["documents"])

MOST_AT_ONCE = 100
"""Documents that one request makes known."""

_RESERVED = r"^library\.|\.comments$"
"""A person's library and the comments beside a document come and go with what they belong to."""


def _free_id(document_id: str) -> str:
    if is_implied(DocumentId(document_id)):
        raise ValueError("reserved")
    return document_id


NewDocumentId = Annotated[
    str,
    Field(
        pattern=DOCUMENT_ID_PATTERN,
        json_schema_extra={"not": {"pattern": _RESERVED}},
        description="Chosen by the device that made the document. Ids that begin with `library.` "
        "or end with `.comments` are the relay's own.",
    ),
    AfterValidator(_free_id),
]
Title = Annotated[str, Field(max_length=1000)]


class NewDocument(BaseModel):
    """A document that a device has made."""

    id: NewDocumentId = Field(default_factory=new_document_id)
    title: Title = ""


class NewDocuments(BaseModel):
    """Documents that a device has made while it was away."""

    documents: list[NewDocument] = Field(max_length=MOST_AT_ONCE)


class Roles(BaseModel):
    """The caller's role in each document; null for none."""

    roles: dict[str, Role | None]


class NewTitle(BaseModel):
    """What lists shall call a document."""

    title: Title


class Document(BaseModel):
    """A document as the caller sees it."""

    id: str
    title: str
    role: Role = Field(description="The caller's.")
    created: int = Field(description="Unix seconds, for show only.")
    shared: bool = Field(description="Whether anybody else has a role in it.")
    state: str = Field(
        description="Another one after each change of the text, and each start of the relay: who "
        "has synced the document since it was this one need not ask again."
    )
    comments_state: str | None = Field(
        description="The same of the comments beside it; null if nobody has written any."
    )


class DocumentList(BaseModel):
    """Documents, oldest first."""

    documents: list[Document]


def document(entry: DocumentEntry | None, relay: Context) -> Document:
    """Return what a member sees of a document. Raises `HTTPException`."""
    if entry is None:
        raise no_document()
    return Document(
        id=entry.id,
        title=entry.title,
        role=entry.role,
        created=entry.created,
        shared=entry.shared,
        state=relay.state(entry.sequence),
        comments_state=relay.state(entry.comments) if entry.comments else None,
    )


@router.get("", responses=problems(401))
def documents(caller: SignedIn, relay: Relay) -> DocumentList:
    """Return all documents in which the caller has a role."""
    entries = relay.accounts.documents(caller.user_id)
    return DocumentList(documents=[document(entry, relay) for entry in entries])


@router.post(
    "",
    status_code=201,
    responses={200: {"model": Document, "description": "It was there."}, **problems(401, 409)},
)
def create(body: NewDocument, response: Response, caller: SignedIn, relay: Relay) -> Document:
    """Make a document known to the relay; the caller becomes its owner.

    To do it again is no error, and changes nothing. A document is not deleted
    on the relay: people leave it, and its last owner cannot.
    """
    document_id = DocumentId(body.id)
    if not relay.accounts.create_document(document_id, body.title, caller.user_id, caller.actor):
        if relay.accounts.role(document_id, caller.user_id) is not Role.OWNER:
            raise HTTPException(409, "That document belongs to somebody else.")
        response.status_code = 200
    return document(relay.accounts.document(document_id, caller.user_id), relay)


@router.post("/publish", responses=problems(401))
def create_all(body: NewDocuments, caller: SignedIn, relay: Relay) -> Roles:
    """Make many documents known to the relay, as if one after the other; return the roles.

    Where a document belongs to somebody else, that is the role in it that the caller has already.
    """
    titles = {DocumentId(new.id): new.title for new in body.documents}
    relay.accounts.create_documents(titles, caller.user_id, caller.actor)
    return Roles(roles={one: relay.accounts.role(one, caller.user_id) for one in titles})


@router.get("/{document_id}", responses=problems(401, 404))
def show(found: AsMember, relay: Relay) -> Document:
    """Return one document."""
    return document(relay.accounts.document(found.document_id, found.caller.user_id), relay)


@router.patch("/{document_id}", responses=problems(401, 403, 404))
def rename(body: NewTitle, found: AsWriter, relay: Relay) -> Document:
    """Change the title that lists show. The one in the document itself is not touched."""
    relay.accounts.rename_document(found.document_id, body.title)
    return document(relay.accounts.document(found.document_id, found.caller.user_id), relay)

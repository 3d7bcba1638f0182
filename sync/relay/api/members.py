"""Routes: who has which role in a document."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from sync.relay.api.accounts import Person
from sync.relay.api.dependencies import (
    USER_ID_PATTERN,
    AsMember,
    AsOwner,
    Relay,
    UserIdPath,
)
from sync.relay.api.documents import Document, document
from sync.relay.api.problems import problems
from sync.types import Role

router = APIRouter(prefix="/api/documents/{document_id}", tags=["members"])


class Member(Person):
    """A person with a role in the document."""

    role: Role
    active: bool = Field(description="Whether the account can be signed in to.")


class MemberList(BaseModel):
    """Members, by name."""

    members: list[Member]


class NewRole(BaseModel):
    """What a member may do from now on."""

    role: Role


class Successor(BaseModel):
    """Who shall own the document."""

    user_id: str = Field(pattern=USER_ID_PATTERN)


@router.get("/members", responses=problems(401, 404))
def members(found: AsMember, relay: Relay) -> MemberList:
    """Return everybody who has a role in the document."""
    return MemberList(
        members=[
            Member(
                user_id=entry.user.id,
                name=entry.user.name,
                role=entry.role,
                active=entry.user.active,
            )
            for entry in relay.accounts.members(found.document_id)
        ]
    )


@router.put("/members/{user_id}", status_code=204, responses=problems(401, 403, 404, 409))
def change_role(user_id: UserIdPath, body: NewRole, found: AsOwner, relay: Relay) -> None:
    """Give a member another role. It takes hold on open sockets within two seconds.

    New members come by invites only. The last owner stays the owner.
    """
    actor = found.caller.actor
    relay.accounts.share(found.document_id, user_id, body.role, actor, members_only=True)


@router.delete("/members/{user_id}", status_code=204, responses=problems(401, 403, 404, 409))
def remove(user_id: UserIdPath, found: AsMember, relay: Relay) -> None:
    """Remove a member, or leave the document oneself. The last owner cannot go."""
    if found.role is not Role.OWNER and user_id != found.caller.user_id:
        raise HTTPException(403, "Only the owner may remove other people.")
    actor = found.caller.actor
    relay.accounts.share(found.document_id, user_id, None, actor, members_only=True)


@router.post("/transfer", responses=problems(401, 403, 404, 409))
def transfer(body: Successor, found: AsOwner, relay: Relay) -> Document:
    """Make another member the owner; the caller becomes an editor, both at once."""
    caller = found.caller
    if body.user_id != caller.user_id:
        relay.accounts.transfer(found.document_id, caller.user_id, body.user_id, caller.actor)
    return document(relay.accounts.document(found.document_id, caller.user_id), relay)

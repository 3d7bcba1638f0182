"""Routes: codes that give a role to whoever has one, once."""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, BeforeValidator, Field

from sync.errors import NameTaken
from sync.relay import policy
from sync.relay.api.accounts import Tokens, tokens
from sync.relay.api.dependencies import AsOwner, Context, Place, Relay, SignedIn
from sync.relay.api.documents import Document, document
from sync.relay.api.problems import problems
from sync.relay.auth import TokenPair, digest
from sync.relay.places import network_of
from sync.relay.storage.base import DocumentEntry
from sync.relay.storage.base import Invite as StoredInvite
from sync.relay.throttle import Key
from sync.types import Role

router = APIRouter(tags=["invites"])

CODE_BYTES = 24
"""Random bytes of a code."""


def _number(value: object) -> object:
    """Refuse what only looks like one: text, and true."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    return value


InvitedRole = Literal["editor", "commenter", "viewer"]


class NewInvite(BaseModel):
    """What an invite gives, and for how long it can be used."""

    role: InvitedRole
    hours: Annotated[int, BeforeValidator(_number)] = Field(default=168, ge=1, le=720)


class Invite(BaseModel):
    """An invite that nobody has used yet."""

    id: str = Field(description="Names it in a list; worth nothing to who has it.")
    role: InvitedRole
    created_by: str = Field(description="User id.")
    created: int = Field(description="Unix seconds.")
    expires: int = Field(description="Unix seconds.")


class InviteWithCode(Invite):
    """An invite with its code, which is shown this once."""

    code: str = Field(description="Secret: whoever has it may accept the invite.")


class InviteList(BaseModel):
    """Invites that can be used, oldest first; without their codes."""

    invites: list[Invite]


class Code(BaseModel):
    """The code of an invite."""

    code: str = Field(min_length=1, max_length=200)


class SignUp(Code):
    """A new account, by an invite."""

    name: str = Field(min_length=1, max_length=policy.LONGEST_NAME, pattern=policy.NAME_PATTERN)
    password: str = Field(min_length=policy.SHORTEST_PASSWORD, max_length=policy.LONGEST_PASSWORD)


class SignedUp(Tokens):
    """The tokens of a new account, and the document that it was invited to."""

    document: Document


def _invite(stored: StoredInvite) -> dict[str, object]:
    return {
        "id": stored.id,
        "role": stored.role.value,
        "created_by": stored.created_by,
        "created": stored.created,
        "expires": stored.expires,
    }


@router.post(
    "/api/documents/{document_id}/invites",
    status_code=201,
    responses=problems(401, 403, 404, 409),
)
def create(body: NewInvite, found: AsOwner, relay: Relay) -> InviteWithCode:
    """Make an invite. It is good once, until it expires, as long as its maker owns the document."""
    code = secrets.token_urlsafe(CODE_BYTES)
    stored = relay.accounts.create_invite(
        found.document_id,
        digest(code),
        Role(body.role),
        time.time() + body.hours * 3600,
        found.caller.actor,
    )
    return InviteWithCode.model_validate({**_invite(stored), "code": code})


@router.get("/api/documents/{document_id}/invites", responses=problems(401, 403, 404))
def invites(found: AsOwner, relay: Relay) -> InviteList:
    """Return the invites that can still be used."""
    stored = relay.accounts.invites(found.document_id)
    return InviteList(invites=[Invite.model_validate(_invite(entry)) for entry in stored])


@router.delete(
    "/api/documents/{document_id}/invites/{invite_id}",
    status_code=204,
    responses=problems(401, 403, 404),
)
def revoke(invite_id: str, found: AsOwner, relay: Relay) -> None:
    """Make an invite worthless."""
    if not relay.accounts.revoke_invite(found.document_id, invite_id, found.caller.actor):
        raise HTTPException(404, "There is no such invite that could still be used.")


@router.post("/api/invites/accept", responses=problems(401, 404, 429))
def accept(body: Code, caller: SignedIn, relay: Relay) -> Document:
    """Use an invite. It never lowers a role: one that would change nothing stays unused.

    To send it again, because the answer was lost, is no error.
    """
    key = Key("invite", caller.user_id)
    relay.auth.throttle.check(key)
    entry = relay.accounts.accept_invite(digest(body.code), caller.user_id, caller.actor)
    if entry is None:
        relay.auth.throttle.note_failure(key)
        raise _no_invite()
    return document(entry, relay)


@router.post("/api/invites/sign-up", status_code=201, responses=problems(404, 409, 429))
async def sign_up(body: SignUp, relay: Relay, place: Place) -> SignedUp:
    """Make an account with an invite, and sign in to it.

    Without a good invite nobody learns whether a name is taken.
    """
    pair, entry = await relay.hash_in_turn(partial(_sign_up, relay, body, place))
    return SignedUp(**tokens(pair).model_dump(), document=document(entry, relay))


def _sign_up(relay: Context, body: SignUp, place: str) -> tuple[TokenPair, DocumentEntry]:
    key = Key("sign-up", network_of(place))
    relay.auth.throttle.check(key)
    code = digest(body.code)
    try:
        # Asked first: a stranger without an invite shall not make us hash.
        made = relay.accounts.is_good_invite(code) and relay.accounts.sign_up(
            code, body.name, relay.auth.hash_password(body.password), place
        )
    except NameTaken:
        relay.auth.throttle.note_failure(key)
        raise
    if not made:
        relay.auth.throttle.note_failure(key)
        raise _no_invite()
    user, entry = made
    return relay.auth.start(user, place), entry


def _no_invite() -> HTTPException:
    return HTTPException(
        404, "This invite cannot be used: it is used up, revoked or expired. Ask for a new one."
    )

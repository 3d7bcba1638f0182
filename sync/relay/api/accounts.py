"""Routes: signing in and out, oneself, the password."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sync.relay import policy
from sync.relay.api.dependencies import Place, Relay, SignedIn
from sync.relay.api.problems import problems
from sync.relay.auth import ACCESS_SECONDS, REFRESH_SECONDS, Refused, TokenPair

router = APIRouter(prefix="/api", tags=["accounts"])


class SignIn(BaseModel):
    """A name and a password."""

    name: str = Field(min_length=1, max_length=policy.LONGEST_NAME)
    password: str = Field(min_length=1, max_length=policy.LONGEST_PASSWORD)


class RefreshToken(BaseModel):
    """A refresh token: good once."""

    refresh_token: str = Field(min_length=1, max_length=200)


class NewPassword(BaseModel):
    """The password that somebody has, and the one that they want."""

    old_password: str = Field(min_length=1, max_length=policy.LONGEST_PASSWORD)
    new_password: str = Field(
        min_length=policy.SHORTEST_PASSWORD, max_length=policy.LONGEST_PASSWORD
    )


class Person(BaseModel):
    """A person with an account."""

    user_id: str
    name: str


class Me(Person):
    """The person who is signed in."""

    created: int = Field(description="When the account was made: Unix seconds, for show only.")


class Tokens(Person):
    """What a sign-in gives. Both tokens are secret."""

    access_token: str = Field(description="Good for a short time, and only while the sign-in is.")
    expires_in: int = Field(description="Seconds for which the access token is good.")
    refresh_token: str = Field(description="Good once, at `/api/refresh`.")
    refresh_expires_in: int = Field(description="Seconds for which the refresh token is good.")


def tokens(pair: TokenPair) -> Tokens:
    """Return what a person gets to hold."""
    return Tokens(
        user_id=pair.user.id,
        name=pair.user.name,
        access_token=pair.access,
        expires_in=ACCESS_SECONDS,
        refresh_token=pair.refresh,
        refresh_expires_in=REFRESH_SECONDS,
    )


@router.post("/sign-in", responses=problems(401, 429))
async def sign_in(body: SignIn, relay: Relay, place: Place) -> Tokens:
    """Sign in with a name and a password.

    A wrong password and an unknown name sound the same and take as long. Ten
    failures for one name, or a hundred from one address, have to wait until a
    minute has passed since.
    """
    return tokens(
        await relay.hash_in_turn(partial(relay.auth.sign_in, body.name, body.password, place))
    )


@router.post("/refresh", responses=problems(401))
def refresh(body: RefreshToken, relay: Relay, place: Place) -> Tokens:
    """Exchange a refresh token for new tokens.

    It is good once. If it comes again, somebody has copied it, and the sign-in
    ends; only within ten seconds it may, for the first answer may have been lost.
    """
    return tokens(relay.auth.refresh(body.refresh_token, place))


@router.post("/sign-out", status_code=204, responses=problems())
def sign_out(body: RefreshToken, relay: Relay, place: Place) -> None:
    """End a sign-in. Its access tokens are worthless from now on."""
    relay.auth.sign_out(body.refresh_token, place)


@router.get("/me", responses=problems(401))
def me(caller: SignedIn, relay: Relay) -> Me:
    """Return who is signed in."""
    user = relay.accounts.user(caller.user_id)
    if user is None:
        raise Refused("That account is not active.")
    return Me(user_id=user.id, name=user.name, created=user.created)


@router.post("/change-password", responses=problems(401, 403, 429))
async def change_password(body: NewPassword, caller: SignedIn, relay: Relay) -> Tokens:
    """Change one's password, and end all other sign-ins.

    The answer's tokens take the place of those that the caller has. Wrong old
    passwords count as failures to sign in.
    """
    change = partial(
        relay.auth.change_password,
        caller.user_id,
        body.old_password,
        body.new_password,
        caller.place,
    )
    return tokens(await relay.hash_in_turn(change))

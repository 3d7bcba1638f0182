"""Passwords and tokens: who somebody is. What they may do is `Accounts.role`'s answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sync.errors import InkstandError
from sync.relay.audit import Actor
from sync.relay.storage.base import Accounts, SigningKey, User
from sync.relay.throttle import Key, Throttle, network_key
from sync.types import DocumentId

ACCESS_SECONDS = 15 * 60
REFRESH_SECONDS = 7 * 24 * 3600
RETRY_GRACE = 10.0
"""Seconds in which a refresh may be repeated, because its answer was lost."""

HASHES_AT_ONCE = 2
"""Passwords that are hashed at the same time: each takes 64 MiB."""

_ISSUER = "inkstand-relay"
_LONGEST_TOKEN = 4096


class Refused(InkstandError):
    """A sign-in or token that is not accepted; the sentence may be shown."""


class WrongPassword(Refused):
    """The old password, asked for before a change, is not right."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A good access token."""

    user_id: str
    expires: float
    """Unix seconds."""
    family: str | None = None
    """Of the sign-in that it rests on; None for one that the command line made."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in gives."""

    user: User
    access: str = field(repr=False)
    refresh: str = field(repr=False)


class Auth:
    """Methods that hash a password take about 50 ms: not for the event loop."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._hasher = PasswordHasher()
        self._keys: dict[str, SigningKey] = {}
        """By the first part of each token that they have signed."""
        self._newest: SigningKey
        self._revision = 0
        self._last: tuple[bytes, str, Grant] | None = None
        """Digest, first part and content of the token that was read last."""
        self.reload_keys()
        # Verified for unknown names too, so that the answer takes as long.
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        self.throttle = Throttle()
        self._hashing = threading.Semaphore(HASHES_AT_ONCE)

    def reload_keys(self) -> None:
        """Read the signing keys, which another process may have changed. Quick."""
        revision = self._accounts.revision()  # first, so that no change falls between the two
        keys = self._accounts.signing_keys()
        self._keys = {_encoded({}, key).partition(".")[0]: key for key in keys}
        self._newest = keys[0]
        self._revision = revision

    def hash_password(self, password: str) -> str:
        """Return the Argon2id hash to be kept."""
        with self._hashing:
            return self._hasher.hash(password)

    def sign_in(self, name: str, password: str, place: str) -> TokenPair:
        """Check a password that came from network address `place`.

        Raises `Refused` or `Throttled`.
        """
        user = self._verify(name, password, place)
        if user is None:
            raise Refused("Wrong name or password.")
        return self.start(user, place)

    def start(self, user: User, place: str) -> TokenPair:
        """Begin a sign-in of somebody who has proved who they are."""
        refresh = secrets.token_urlsafe(32)
        now = time.time()
        family = self._accounts.start_family(
            user.id, digest(refresh), now, now + REFRESH_SECONDS, Actor(user.id, place)
        )
        return TokenPair(user, self.access_token(user.id, family=family), refresh)

    def change_password(self, user_id: str, old: str, new: str, place: str) -> TokenPair:
        """Change a password and end all other sign-ins; return tokens for this one.

        Raises `WrongPassword` or `Throttled`.
        """
        user = self._accounts.user(user_id)
        user = user and self._verify(user.name, old, place)
        if user is None:
            raise WrongPassword("The old password is wrong.")
        self._accounts.set_password(user.id, self.hash_password(new), Actor(user.id, place))
        return self.start(user, place)

    def _verify(self, name: str, password: str, place: str) -> User | None:
        """Return the active user whose password that is. Raises `Throttled`."""
        keys = (Key("name", name.casefold()), network_key(place))
        self.throttle.check(*keys)
        found = self._accounts.find_user(name)
        try:
            with self._hashing:
                self._hasher.verify(found[1] if found else self._nobody, password)
            if found is not None and found[0].active:
                return found[0]
        except (VerificationError, InvalidHashError):
            pass
        self.throttle.note_failure(*keys)
        self._accounts.note_failed_sign_in(found[0].id if found else None, place)
        return None

    def refresh(self, token: str, place: str | None = None) -> TokenPair:
        """Exchange a refresh token. Raises `Refused`."""
        successor = secrets.token_urlsafe(32)
        now = time.time()
        sign_in = self._accounts.rotate(
            digest(token), digest(successor), now, now + REFRESH_SECONDS, RETRY_GRACE, place
        )
        user = self._accounts.user(sign_in.user_id) if sign_in else None
        if sign_in is None or user is None:
            raise Refused("This sign-in has ended. Sign in again.")
        return TokenPair(user, self.access_token(user.id, family=sign_in.family), successor)

    def sign_out(self, token: str, place: str | None = None) -> None:
        """End the sign-in of a refresh token, and with it its access tokens."""
        self._accounts.end_family(digest(token), place)

    def access_token(
        self, user_id: str, seconds: float = ACCESS_SECONDS, family: str | None = None
    ) -> str:
        """Return a signed token that is good for `seconds`, and no longer than its sign-in."""
        now = time.time()
        claims = {"iss": _ISSUER, "sub": user_id, "iat": now, "exp": now + seconds}
        if family is not None:
            claims["sid"] = family
        return _encoded(claims, self._newest)

    def is_at_hand(self, token: str, document_id: DocumentId) -> bool:
        """Whether `check` and `Accounts.role` need ask nobody else (`Accounts.is_at_hand`)."""
        if token.partition(".")[0] not in self._keys:
            return self._accounts.is_at_hand(None, None, document_id)
        try:
            grant = self._read(token)
        except Refused:
            return True
        return self._accounts.is_at_hand(grant.user_id, grant.family, document_id)

    def check(self, token: str) -> Grant:
        """Return what an access token grants. Raises `Refused`. Quick if `is_at_hand`."""
        grant = self._read(token)
        if grant.expires <= time.time():
            raise Refused("That access token has expired.")
        user = self._accounts.user(grant.user_id)
        if user is None or not user.active:
            raise Refused("That account is not active.")
        if self.has_ended(grant):
            raise Refused("This sign-in has ended. Sign in again.")
        return grant

    def _read(self, token: str) -> Grant:
        """Return what a token of ours says, be it expired or not. Raises `Refused`.

        Ours all begin in the same way, algorithm and key, so nothing else is a token here.
        The last one is kept: a device shows the same token for each of its documents.
        """
        if len(token) > _LONGEST_TOKEN or token.count(".") != 2:
            raise Refused("That is no access token.")
        last, name = self._last, digest(token)
        if last is not None and last[0] == name:
            self._key(last[1])  # it may be revoked since
            return last[2]
        signed, _, signature = token.rpartition(".")
        header, _, claims = signed.partition(".")
        mac = hmac.digest(self._key(header).secret, signed.encode(), "sha256")
        if not hmac.compare_digest(base64.urlsafe_b64encode(mac).rstrip(b"="), signature.encode()):
            raise Refused("That is no access token of this relay.")
        grant = _grant(claims)
        self._last = name, header, grant
        return grant

    def has_ended(self, grant: Grant) -> bool:
        """Whether the sign-in that a token rests on has been ended. Quick."""
        return grant.family is not None and not self._accounts.is_signed_in(grant.family)

    def _key(self, header: str) -> SigningKey:
        """Return what has signed tokens with that first part. Raises `Refused`."""
        if (
            header not in self._keys
            and len(header) == len(next(iter(self._keys)))  # all of ours are
            and self._accounts.revision() != self._revision
        ):
            self.reload_keys()  # another process has made it
        key = self._keys.get(header)
        if key is None or time.time() > key.good_until:
            raise Refused("That access token is not of this relay, or of an old key.")
        return key


def _encoded(claims: dict[str, Any], key: SigningKey) -> str:
    return jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.kid})


def _grant(claims: str) -> Grant:
    """Return what a token's second part says, which we have signed. Raises `Refused`.

    When it was made is no reason to refuse it: clocks are set back, and those of two
    machines differ.
    """
    try:
        found = json.loads(base64.urlsafe_b64decode(claims + "=="))
        if found["iss"] == _ISSUER:
            return Grant(str(found["sub"]), float(found["exp"]), found.get("sid"))
    except (ValueError, KeyError, TypeError):  # by a relay before this one, or one after it
        pass
    raise Refused("That is no access token of this relay.")


def digest(token: str) -> bytes:
    """Return what is kept of a token or code: it is random, so a plain hash will do."""
    return hashlib.sha256(token.encode()).digest()

"""Passwords and tokens: who somebody is. What they may do is `Accounts.role`'s answer."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sync.errors import InkstandError
from sync.relay.storage.base import Accounts, User

ACCESS_SECONDS = 15 * 60
REFRESH_SECONDS = 7 * 24 * 3600
RETRY_GRACE = 10.0
"""Seconds in which a refresh may be repeated, because its answer was lost."""

FAILURES = 10
"""Wrong passwords for one name within `FAILURE_WINDOW` before it has to wait."""
FAILURE_WINDOW = 60.0
"""Seconds."""
FAILURES_FROM_ONE_PLACE = 100
"""Wrong passwords from one network address, whatever the names, likewise."""
_PLACES_KEPT = 10_000
"""Names and addresses of which failures are remembered: no stranger can make it more memory."""
_HASHES_AT_ONCE = 2
"""Passwords that are verified at the same time: each takes 64 MiB."""

_Keys = tuple[tuple[str, str, int], ...]
"""What failures are counted by: kind, name, and how many are allowed."""

_ISSUER = "inkstand-relay"
_LONGEST_TOKEN = 4096


class Refused(InkstandError):
    """A sign-in or token that is not accepted; the sentence may be shown."""


class Throttled(Refused):
    """Too many failures; come again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Too many attempts. Wait a moment, then try again.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Grant:
    """A good access token."""

    user_id: str
    expires: float
    """Unix seconds."""


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
        self._keys = {key.kid: key.secret for key in accounts.signing_keys()}
        self._newest = next(iter(self._keys))
        # Verified for unknown names too, so that the answer takes as long.
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()
        self._lock = threading.Lock()
        self._hashing = threading.Semaphore(_HASHES_AT_ONCE)

    def hash_password(self, password: str) -> str:
        """Return the Argon2id hash to be kept."""
        return self._hasher.hash(password)

    def sign_in(self, name: str, password: str, place: str) -> TokenPair:
        """Check a password that came from network address `place`.

        Raises `Refused` or `Throttled`.
        """
        keys = (("name", name.casefold(), FAILURES), ("place", place, FAILURES_FROM_ONE_PLACE))
        self._throttle(keys)
        found = self._accounts.find_user(name)
        try:
            with self._hashing:
                self._hasher.verify(found[1] if found else self._nobody, password)
            good = found is not None and found[0].active
        except (VerificationError, InvalidHashError):
            good = False
        if not good or found is None:
            self._note_failure(keys)
            raise Refused("Wrong name or password.")
        refresh = secrets.token_urlsafe(32)
        now = time.time()
        self._accounts.start_family(found[0].id, _digest(refresh), now, now + REFRESH_SECONDS)
        return TokenPair(found[0], self.access_token(found[0].id), refresh)

    def refresh(self, token: str) -> TokenPair:
        """Exchange a refresh token. Raises `Refused`."""
        successor = secrets.token_urlsafe(32)
        now = time.time()
        user_id = self._accounts.rotate(
            _digest(token), _digest(successor), now, now + REFRESH_SECONDS, RETRY_GRACE
        )
        user = self._accounts.user(user_id) if user_id else None
        if user is None:
            raise Refused("This sign-in has ended. Sign in again.")
        return TokenPair(user, self.access_token(user.id), successor)

    def sign_out(self, token: str) -> None:
        """End the sign-in of a refresh token."""
        self._accounts.end_family(_digest(token))

    def access_token(self, user_id: str, seconds: float = ACCESS_SECONDS) -> str:
        """Return a signed token that is good for `seconds`."""
        now = time.time()
        claims = {"iss": _ISSUER, "sub": user_id, "iat": now, "exp": now + seconds}
        key = self._keys[self._newest]
        return jwt.encode(claims, key, algorithm="HS256", headers={"kid": self._newest})

    def check(self, token: str) -> Grant:
        """Return what an access token grants. Raises `Refused`. Quick."""
        if len(token) > _LONGEST_TOKEN:
            raise Refused("That is no access token.")
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise Refused("That access token is not of this relay.")
            claims = jwt.decode(
                token,
                key,
                algorithms=["HS256"],
                issuer=_ISSUER,
                options={"require": ["exp", "sub", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused("That access token has expired.") from None
        except jwt.PyJWTError:
            raise Refused("That is no access token of this relay.") from None
        user = self._accounts.user(str(claims["sub"]))
        if user is None or not user.active:
            raise Refused("That account is not active.")
        return Grant(user.id, float(claims["exp"]))

    def _throttle(self, keys: _Keys) -> None:
        with self._lock:
            for kind, name, allowed in keys:
                times = self._failures.get((kind, name), [])
                recent = [at for at in times if time.monotonic() - at < FAILURE_WINDOW]
                if len(recent) >= allowed:
                    raise Throttled(FAILURE_WINDOW - (time.monotonic() - recent[-allowed]))

    def _note_failure(self, keys: _Keys) -> None:
        with self._lock:
            for kind, name, allowed in keys:
                times = self._failures.setdefault((kind, name), [])
                times.append(time.monotonic())
                del times[:-allowed]
                self._failures.move_to_end((kind, name))
            while len(self._failures) > _PLACES_KEPT:
                self._failures.popitem(last=False)


def _digest(token: str) -> bytes:
    """Return what is kept of a refresh token: it is random, so a plain hash will do."""
    return hashlib.sha256(token.encode()).digest()

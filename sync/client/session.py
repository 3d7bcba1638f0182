"""Who is signed in, and the tokens that prove it.

The refresh token lives in the keyring (or, where there is none, in memory for
this session), the access token only ever in memory.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from sync.client import account
from sync.client.account import Tokens
from sync.client.address import RelayAddress, parse_address
from sync.client.credentials import Credentials, Keeping, Stored
from sync.errors import NotSignedIn, RelayError, SignInRefused
from sync.phrases import phrase
from sync.store.store import Account, Store

RENEW_BEFORE = 30.0
"""Seconds before its end from which an access token counts as used up."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The result of a sign-in."""

    user_id: str
    name: str
    keeping: Keeping
    """Where it is kept; if it is `SessionOnly`, tell the person."""


class Session:
    """The sign-in of one profile. Every method may block; any thread may call one."""

    def __init__(self, store: Store, credentials: Credentials) -> None:
        self._store = store
        self._credentials = credentials
        self._renewing = threading.Lock()
        self._access: tuple[str, float] | None = None
        """The access token and when it is used up, on the monotonic clock."""
        self.keeping: Keeping = Stored()
        """Where the last token was kept."""

    def sign_in(self, url: str, name: str, password: str) -> SignedIn:
        """Sign in to the relay at `url`, which becomes this profile's relay.

        Raises `SignInRefused`, `RelayBusy`, `RelayUnreachable`, or `CannotSave`.
        """
        relay = parse_address(url)
        tokens = account.sign_in(relay, name, password)
        with self._renewing:
            self._store.set_account(relay.url, tokens.user_id, tokens.name).result()
            self._keep(relay, tokens)
        return SignedIn(tokens.user_id, tokens.name, self.keeping)

    def sign_out(self) -> None:
        """Forget the sign-in here, and end it on the relay if that can be reached."""
        with self._renewing:
            who = self._store.account()
            self._access = None
            if who is None:
                return
            refresh_token = self._credentials.load(_key(who))
            self._credentials.delete(_key(who))
        if refresh_token is not None:
            with suppress(RelayError):
                account.sign_out(parse_address(who.relay_url), refresh_token)

    def relay(self) -> RelayAddress:
        """Return the address of this profile's relay. Raises `NotSignedIn` if there is none."""
        who = self._store.account()
        if who is None:
            raise NotSignedIn
        return parse_address(who.relay_url)

    def user_id(self) -> str:
        """Return who is signed in. Raises `NotSignedIn`."""
        account = self._store.account()
        if account is None:
            raise NotSignedIn
        return account.user_id

    def access_token(self, refused: str | None = None) -> str:
        """Return an access token that is good for a while, renewed if need be.

        `refused` is one that the relay did not accept: it is not returned again.
        Raises `NotSignedIn`, `SignInRefused` (the sign-in has ended, and is
        forgotten), `RelayBusy` or `RelayUnreachable`.
        """
        with self._renewing:
            if self._access is not None:
                token, used_up_at = self._access
                if token != refused and time.monotonic() < used_up_at:
                    return token
            who = self._store.account()
            refresh_token = None if who is None else self._credentials.load(_key(who))
            if who is None or refresh_token is None:
                raise NotSignedIn
            relay = parse_address(who.relay_url)
            try:
                tokens = account.refresh(relay, refresh_token)
            except SignInRefused:
                self._access = None
                self._credentials.delete(_key(who))
                raise SignInRefused(
                    phrase("Your sign-in has ended. Sign in again to bring this device in step.")
                ) from None
            return self._keep(relay, tokens)

    def _keep(self, relay: RelayAddress, tokens: Tokens) -> str:
        # The refresh token that was used is worth nothing from now on: keep the new one first.
        key = _key(Account(relay.url, tokens.user_id, tokens.name))
        self.keeping = self._credentials.save(key, tokens.refresh_token)
        margin = min(RENEW_BEFORE, tokens.expires_in / 4)
        self._access = tokens.access_token, time.monotonic() + tokens.expires_in - margin
        return tokens.access_token


def _key(who: Account) -> str:
    """Return what a sign-in is called in the keyring: whose it is, and where."""
    return f"{who.user_id} at {who.relay_url}"

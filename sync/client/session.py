"""Who is signed in, and the tokens that prove it.

The refresh token lives in the keyring (or, where there is none, in memory for
this session), the access token only ever in memory.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from sync.client import account, invites
from sync.client.account import RelayDocument, Tokens
from sync.client.address import RelayAddress, parse_address
from sync.client.credentials import Credentials, Keeping, Stored
from sync.errors import NotSignedIn, RelayError, SignInRefused
from sync.phrases import phrase
from sync.store.accounts import Account
from sync.store.store import Store

Result = TypeVar("Result")

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

    def sign_in(self, url: str, name: str, password: str, *, keep_here: bool = False) -> SignedIn:
        """Sign in to the relay at `url`, which becomes this profile's relay.

        `keep_here`: documents that belong to nobody yet are not sent there.
        Raises `SignInRefused`, `RelayBusy`, `RelayUnreachable`, or `CannotSave`.
        """
        relay = parse_address(url)
        return self._begin(relay, account.sign_in(relay, name, password), keep_here)

    def sign_up(
        self, url: str, code: str, name: str, password: str, *, keep_here: bool = False
    ) -> tuple[SignedIn, RelayDocument]:
        """Make an account by an invite and sign in to it; the document is the one invited to.

        Raises `RelayRefused` for an invite that is used up and a name that is taken, and what
        `sign_in` does.
        """
        relay = parse_address(url)
        tokens, document = invites.sign_up(relay, code, name, password)
        return self._begin(relay, tokens, keep_here), document

    def use(self, who: Account) -> None:
        """Make an account that was signed in to before the profile's again.

        Whether its sign-in is still good shows when the relay is asked. Raises `CannotSave`.
        """
        with self._renewing:
            self._store.set_account(who.relay_url, who.user_id, who.name).result()
            self._access = None

    def change_password(self, old: str, new: str) -> None:
        """Change the password; all other devices have to sign in again.

        Raises `RelayRefused` for a wrong old and a too short new one, and what `call` does.
        """
        who = self.account()
        tokens = self.call(lambda relay, token: account.change_password(relay, token, old, new))
        with self._renewing:
            self._keep(who, tokens)

    def call(self, function: Callable[[RelayAddress, str], Result]) -> Result:
        """Return what `function` makes of the relay and an access token; once more if that was old.

        Raises `NotSignedIn`, `SignInRefused`, `RelayBusy`, `RelayUnreachable` and what
        `function` does.
        """
        who = self.account()
        relay = parse_address(who.relay_url)
        token = self.access_token(who)
        try:
            return function(relay, token)
        except NotSignedIn:
            return function(relay, self.access_token(who, refused=token))

    def _begin(self, relay: RelayAddress, tokens: Tokens, keep_here: bool) -> SignedIn:
        who = Account(relay.url, tokens.user_id, tokens.name)
        with self._renewing:
            self._store.set_account(
                who.relay_url, who.user_id, who.name, keep_here=keep_here
            ).result()
            self._keep(who, tokens)
        return SignedIn(tokens.user_id, tokens.name, self.keeping)

    def sign_out(self) -> None:
        """Forget the sign-in here, and end it on the relay if that can be reached."""
        with self._renewing:
            who = self._store.account()
            self._access = None
            if who is None:
                return
            refresh_token = self._credentials.load(who.key)
            self._credentials.delete(who.key)
        if refresh_token is not None:
            with suppress(RelayError):
                account.sign_out(parse_address(who.relay_url), refresh_token)

    def account(self) -> Account:
        """Return whose this profile is. Raises `NotSignedIn` if it is nobody's."""
        who = self._store.account()
        if who is None:
            raise NotSignedIn
        return who

    def access_token(self, of: Account, refused: str | None = None) -> str:
        """Return an access token that is good for a while, renewed if need be.

        `refused` is one that the relay did not accept: it is not returned again.
        Raises `NotSignedIn` (also if somebody else is signed in meanwhile, whose token is
        nothing for that relay), `SignInRefused` (the sign-in has ended, and is
        forgotten), `RelayBusy` or `RelayUnreachable`.
        """
        with self._renewing:
            who = self._store.account()
            if who is None or who.key != of.key:
                raise NotSignedIn
            if self._access is not None:
                token, used_up_at = self._access
                if token != refused and time.monotonic() < used_up_at:
                    return token
            refresh_token = self._credentials.load(who.key)
            if refresh_token is None:
                raise NotSignedIn
            try:
                tokens = account.refresh(parse_address(who.relay_url), refresh_token)
            except SignInRefused:
                self._access = None
                self._credentials.delete(who.key)
                raise SignInRefused(
                    phrase("Your sign-in has ended. Sign in again to bring this device in step.")
                ) from None
            return self._keep(who, tokens)

    def _keep(self, who: Account, tokens: Tokens) -> str:
        # The refresh token that was used is worth nothing from now on: keep the new one first.
        self.keeping = self._credentials.save(who.key, tokens.refresh_token)
        margin = min(RENEW_BEFORE, tokens.expires_in / 4)
        self._access = tokens.access_token, time.monotonic() + tokens.expires_in - margin
        return tokens.access_token

"""Where the sign-in is kept: the operating system's keyring, or this session's memory.

Nothing else ever holds it (docs/architecture.md, "Secrets"). A keyring can hang:
with a D-Bus daemon that cannot start its service, a call blocks for two minutes
and then raises an error that is not keyring's own. So every call runs on a
thread of its own, with a deadline, and any error means that there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sync.client.background import BackgroundThread
from sync.phrases import phrase

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Result = TypeVar("Result")

DEADLINE = 10.0
"""Seconds that one call to the keyring may take."""

_SAFE_BACKENDS = (
    "keyring.backends.SecretService.",
    "keyring.backends.libsecret.",
    "keyring.backends.kwallet.",
    "keyring.backends.macOS.",
    "keyring.backends.Windows.",
    "sync.client.portal_keyring.",
)
"""Keyrings of operating systems and desktops. Others (keyrings.alt) may write plain text."""

_CHAINER = "keyring.backends.chainer."


@dataclass(frozen=True, slots=True)
class Stored:
    """The sign-in is in the keyring and outlives the program."""


@dataclass(frozen=True, slots=True)
class SessionOnly:
    """The sign-in is in memory only; the person must be told."""

    reason: str
    """Why the keyring cannot be used, in words that follow "because"."""

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        return phrase(
            "You stay signed in only until Inkstand closes, because {reason}; "
            "nothing secret was written to disk.",
            reason=self.reason,
        )


Keeping = Stored | SessionOnly


class _NoKeyring(Exception):
    """There is no keyring that may be used; the message follows "because"."""


class Credentials:
    """The secrets of one profile, by key. Calls block for up to `DEADLINE`; any thread may.

    `backend` is for tests; the program uses what `keyring` finds.
    """

    def __init__(self, profile_id: str, backend: KeyringBackend | None = None) -> None:
        self._service = f"inkstand:{profile_id}"
        self._backend = backend
        self._worker: BackgroundThread | None = None
        self._session: dict[str, str] = {}
        self._broken: str | None = None
        """Why the keyring was given up for this session: it hangs, so it is not asked again."""

    def save(self, key: str, secret: str) -> Keeping:
        """Keep `secret`; where is the result."""
        try:
            self._ask(lambda keyring: keyring.set_password(self._service, key, secret))
        except _NoKeyring as error:
            self._session[key] = secret
            return SessionOnly(str(error))
        self._session.pop(key, None)
        return Stored()

    def load(self, key: str) -> str | None:
        """Return what was saved; None if nothing was, or the keyring does not answer."""
        if key in self._session:
            return self._session[key]
        try:
            return self._ask(lambda keyring: keyring.get_password(self._service, key))
        except _NoKeyring:
            return None

    def delete(self, key: str) -> None:
        """Forget what was saved, if anything."""
        self._session.pop(key, None)

        def delete(keyring: KeyringBackend) -> None:
            if keyring.get_password(self._service, key) is not None:
                keyring.delete_password(self._service, key)

        try:
            self._ask(delete)
        except _NoKeyring:
            return

    def _ask(self, function: Callable[[KeyringBackend], Result]) -> Result:
        if self._broken is not None:
            raise _NoKeyring(self._broken)
        if self._worker is None:
            self._worker = BackgroundThread("inkstand-keyring")
        future = self._worker.call(lambda: function(self._usable_backend()))
        try:
            return future.result(DEADLINE)
        except _NoKeyring:
            raise
        except FutureTimeout:
            future.cancel()
            self._broken = phrase("the keyring of this computer does not answer")
            raise _NoKeyring(self._broken) from None
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            raise _NoKeyring(_explain(error)) from error

    def _usable_backend(self) -> KeyringBackend:
        if self._backend is None:
            import keyring  # slow to import, and only ever needed on this thread

            from sync.client.portal_keyring import PortalKeyring, in_sandbox

            if in_sandbox():
                self._backend = PortalKeyring()  # type: ignore[no-untyped-call]
            else:
                self._backend = keyring.get_keyring()
        candidates = [self._backend]
        if _name(self._backend).startswith(_CHAINER):
            candidates = list(getattr(self._backend, "backends", []))
        for backend in candidates:
            if _name(backend).startswith(_SAFE_BACKENDS):
                return backend
        names = [_name(backend) for backend in candidates]
        if all(
            name.startswith(("keyring.backends.fail", "keyring.backends.null")) for name in names
        ):
            raise _NoKeyring(phrase("there is no keyring on this computer"))
        raise _NoKeyring(phrase("{name} does not count as a safe keyring", name=names[0]))


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__name__}"


def _explain(error: BaseException) -> str:
    if type(error).__name__ in ("KeyringLocked", "LockedException", "PromptDismissedException"):
        return phrase("the keyring of this computer is locked")
    return phrase(
        "the keyring of this computer does not work ({error})", error=type(error).__name__
    )

"""The relay's processes beside itself (`sync.beside`), each for one kind of work."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from sync import beside
from sync.beside import Died, Message
from sync.errors import AdministrationError, InvalidUpdate
from sync.relay.storage.replay import CannotFold, deep_thread

__all__ = ["Beside", "Died", "Message", "serve"]

_ERRORS = beside.by_name((AdministrationError, CannotFold, InvalidUpdate))


class Beside(beside.Beside):
    """Starts a process when it is asked something, and again if it died."""

    def __init__(self, module: str, seconds: float) -> None:
        """Run `module`, which calls `serve`; a request may take so many `seconds`."""
        super().__init__(module, seconds, _ERRORS)

    def ask(self, head: dict[str, Any], *parts: bytes, life: int | None = None) -> Message:
        """Do what it does elsewhere; after `interrupt` raise `AdministrationError`."""
        self.start()
        return super().ask(head, *parts, life=life)

    def start(self) -> None:
        """Start the process if it does not run; after `interrupt` raise `AdministrationError`."""
        if self._closed:
            raise AdministrationError("The relay is stopping.")
        super().start()


def serve(answer: Callable[[dict[str, Any], list[bytes]], Message]) -> None:
    """Be the process, on a thread that may have replays; see `sync.beside.serve`."""
    # systemd asks every process of a service to end; the relay has to answer joins until it has.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    thread = deep_thread("beside")
    beside.serve(lambda *message: thread.submit(answer, *message).result(), _ERRORS)

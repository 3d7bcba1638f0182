"""Processes of our own beside the relay, for what would hold Python's lock for too long.

A request and its answer are messages: a line of JSON and some byte strings, over the
process's standard input and output, one request at a time. The process ends when its
standard input does, so also when the relay is killed, and by its own alarm when one
request takes too long: no lock that it holds can keep it from that.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from sync.errors import AdministrationError, InvalidUpdate
from sync.relay.storage.replay import CannotFold, deep_thread

NICENESS = 10
"""Those who type come first, where there are fewer processors than work."""

Message = tuple[dict[str, Any], list[bytes]]

_ERRORS = {error.__name__: error for error in (AdministrationError, CannotFold, InvalidUpdate)}
"""What may be raised there and is raised here; all are made of their `detail`."""


class Died(Exception):
    """The process ended before it had answered, or is another one than was meant."""


class Beside:
    """Starts a process when it is asked something, and again if it died."""

    def __init__(self, module: str, seconds: float) -> None:
        """Run `module`, whose main calls `serve`; a request may take so many `seconds`."""
        self._command = [sys.executable, "-m", module, str(seconds)]
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = threading.Lock()
        """Held only to start and to end the process: `interrupt` comes from another thread."""
        self.life = 0
        """How often it was started: what an earlier process was told, this one does not know."""

    def start(self) -> None:
        """Start the process if it does not run.

        Raises `AdministrationError` after `interrupt`, as `ask` does.
        """
        self._running()

    def ask(self, head: dict[str, Any], *parts: bytes, life: int | None = None) -> Message:
        """Return the process's answer to a message. One thread at a time.

        With `life`, only of that process. Raises `Died`, and what was raised there.
        """
        process = self._running()
        if life is not None and life != self.life:
            raise Died
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _write(process.stdin, head, parts)
            message = _read(process.stdout)
        except (OSError, ValueError):
            message = None
        if message is None:
            self.rest()
            raise Died
        answer, _ = message
        if "error" in answer:
            raise _ERRORS[answer["error"]](answer["detail"])
        if "mistake" in answer:
            self.rest()  # who knows what it has left behind
            raise RuntimeError(answer["mistake"])
        return message

    def rest(self) -> None:
        """End the process and give its memory back; the next `ask` starts it again."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what was not written yet has nowhere to go any more
                        stream.close()

    def interrupt(self) -> None:
        """End what `ask` does on another thread, and let it start nothing more."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.rest()
        with self._lock:
            if self._closed:
                raise AdministrationError("The relay is stopping.")
            if self._process is None:
                # Its own session: Ctrl-C in a terminal is for the relay.
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
                self.life += 1
            return self._process


def serve(answer: Callable[[dict[str, Any], list[bytes]], Message]) -> None:
    """Be the process: answer each message on a thread that may have replays, until there is none.

    The program's argument is how many seconds each may take.
    """
    os.nice(NICENESS)
    # systemd asks every process of a service to end; the relay has to answer joins until it has.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    seconds = float(sys.argv[1])
    thread = deep_thread("beside")
    try:
        while message := _read(sys.stdin.buffer):
            signal.setitimer(signal.ITIMER_REAL, seconds)  # nobody handles it: it ends the process
            head, parts = thread.submit(_guarded, answer, *message).result()
            del message  # it may be large, and the next may be long in coming
            _write(sys.stdout.buffer, head, parts)
            del head, parts
            signal.setitimer(signal.ITIMER_REAL, 0)
    except OSError:
        pass  # the relay was killed meanwhile
    os._exit(0)  # without a care for memory


def _guarded(
    answer: Callable[[dict[str, Any], list[bytes]], Message],
    head: dict[str, Any],
    parts: list[bytes],
) -> Message:
    try:
        return answer(head, parts)
    except tuple(_ERRORS.values()) as error:
        kind = next(name for name, known in _ERRORS.items() if isinstance(error, known))
        return {"error": kind, "detail": error.detail}, []
    except BaseException:  # a pycrdt panic is no Exception  # noqa: BLE001
        return {"mistake": traceback.format_exc()}, []


def _write(stream: IO[bytes], head: dict[str, Any], parts: tuple[bytes, ...] | list[bytes]) -> None:
    line = json.dumps({**head, "sizes": [len(part) for part in parts]})
    stream.write(line.encode() + b"\n")
    for part in parts:
        stream.write(part)
    stream.flush()


def _read(stream: IO[bytes]) -> Message | None:
    """Return the next message; None at the end. Raises `OSError` if it ends too early."""
    line = stream.readline()
    if not line:
        return None
    head = json.loads(line)
    sizes = head.pop("sizes")
    parts = [stream.read(size) for size in sizes]
    if [len(part) for part in parts] != sizes:
        raise OSError("it ended in the middle")
    return head, parts

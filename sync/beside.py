"""Processes of our own beside the program, for what would hold Python's lock for too long.

A request and its answer are messages: a line of JSON and some byte strings, over the
process's standard input and output, one request at a time. The process ends when its
standard input does, so also when the program is killed, and by its own alarm when one
request takes too long: no lock that it holds can keep it from that.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import IO, Any

NICENESS = 10
"""Those who type come first, where there are fewer processors than work."""

VERB = "--beside"
"""First argument of an installer's program that is to be a process beside itself."""

Message = tuple[dict[str, Any], list[bytes]]
Answer = Callable[[dict[str, Any], list[bytes]], Message]
Errors = Mapping[str, type[Exception]]


class Died(Exception):
    """The process ended before it had answered, or is another one than was meant."""


def by_name(errors: Iterable[type[Exception]]) -> Errors:
    """Return what may be raised there and is raised here; all are made of their `detail`."""
    return {error.__name__: error for error in errors}


def command(module: str) -> list[str]:
    """Return how this Python runs a module as a program.

    A program that an installer has frozen has no Python to run it with, but itself.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, VERB, module]
    return [sys.executable, "-m", module]


def run(arguments: list[str]) -> int:
    """Be the process that `VERB` asks for: `arguments` are a module of `sync` and its own."""
    module, *rest = arguments
    if not module.startswith("sync."):
        return 2
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__")
    return 0


class Beside:
    """Starts a process when it is asked something, and again if it died."""

    def __init__(self, module: str, seconds: float, errors: Errors) -> None:
        """Run `module`, which calls `serve`; a request may take so many `seconds`."""
        self._command = [*command(module), str(seconds)]
        self._errors = errors
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = threading.Lock()
        """Held only to start and to end the process: `interrupt` comes from another thread."""
        self.life = 0
        """How often it was started: what an earlier process was told, this one does not know."""

    def start(self) -> None:
        """Start the process if it does not run. Raises `Died` after `interrupt`, as `ask` does."""
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
            raise self._errors[answer["error"]](answer["detail"])
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
                raise Died
            if self._process is None:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    **_APART,
                )
                self.life += 1
            return self._process


_APART: dict[str, Any]
if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
else:
    _APART = {"start_new_session": True}  # Ctrl-C in a terminal is for the program


def serve(answer: Answer, errors: Errors) -> None:
    """Be the process: answer each message until there is none; does not return.

    The program's argument is how many seconds each may take.
    """
    seconds = float(sys.argv[1])
    alarm = getattr(signal, "setitimer", lambda *_: None)  # Windows has none
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        while message := _read(sys.stdin.buffer):
            alarm(_REAL, seconds)  # nobody handles it: it ends the process
            head, parts = _guarded(answer, errors, *message)
            del message  # it may be large, and the next may be long in coming
            _write(sys.stdout.buffer, head, parts)
            del head, parts
            alarm(_REAL, 0)
    except OSError:
        pass  # the program was killed meanwhile
    os._exit(0)  # without a care for memory


_REAL = getattr(signal, "ITIMER_REAL", 0)


def _guarded(answer: Answer, errors: Errors, head: dict[str, Any], parts: list[bytes]) -> Message:
    try:
        return answer(head, parts)
    except tuple(errors.values()) as error:
        kind = next(name for name, known in errors.items() if isinstance(error, known))
        return {"error": kind, "detail": getattr(error, "detail", "")}, []
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

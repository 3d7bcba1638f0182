"""Where the tests' relays come from: a process that has imported everything, and forks.

Importing the HTTP framework takes two seconds, hundreds of times in a run of the suite. What
is forked is a process of its own like any other: real sockets, a real disk, kill -9. That
`python -m sync.relay` begins at all is tested where commands are (`RelayProcess.run`). Linux
only; elsewhere each relay is started as usual.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import cache
from typing import IO, Any, NoReturn

POLL_SECONDS = 0.005
"""Between two looks whether a relay has ended."""


class Born:
    """A forked relay, with what tests use of `subprocess.Popen`."""

    def __init__(self, nursery: Nursery, pid: int, stdout: IO[str], stderr: IO[str]) -> None:
        self._nursery = nursery
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, as `subprocess` does; None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float = 60.0) -> int:
        """Wait for its end. Raises `subprocess.TimeoutExpired`."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(["relay"], timeout)
            time.sleep(POLL_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """Belongs to the whole run of the tests, and ends with it."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
            )

    def start(self, arguments: list[str]) -> Born:
        """Run `inkstand-relay` with these arguments."""
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        pid = self.ask({"start": arguments}, out_end, err_end)
        assert isinstance(pid, int)
        for end in (out_end, err_end):
            os.close(end)
        return Born(self, pid, os.fdopen(out), os.fdopen(err))

    def ask(self, question: dict[str, Any], *fds: int) -> int | None:
        """Return the answer to one question."""
        with self._lock:
            socket.send_fds(self._socket, [json.dumps(question).encode()], list(fds))
            answer = json.loads(self._socket.recv(1024))
        assert answer is None or isinstance(answer, int)
        return answer


@cache
def nursery() -> Nursery:
    """Return the one of this run."""
    return Nursery()


def start_relay(arguments: list[str]) -> Born | subprocess.Popen[str]:
    """Start `inkstand-relay` in a process of its own."""
    if sys.platform == "linux":
        return nursery().start(arguments)
    return subprocess.Popen(
        [sys.executable, "-m", "sync.relay", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def _serve(questions: socket.socket) -> None:
    import sync.relay.__main__
    import sync.relay.server  # noqa: F401

    gc.collect()
    gc.freeze()  # what all of them share is not looked through, and so not copied, by any
    running: set[int] = set()
    while True:
        data, fds, _, _ = socket.recv_fds(questions, 65_536, 2)
        if not data:  # the run of the tests is over, or has died without a word
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            return
        question = json.loads(data)
        answer = None
        if "start" in question:
            answer = _fork(questions, question["start"], fds)
            running.add(answer)
        elif "ended" in question:
            pid, status = os.waitpid(question["ended"], os.WNOHANG)
            if pid:
                answer = os.waitstatus_to_exitcode(status)
                running.discard(pid)
        for fd in fds:
            os.close(fd)
        questions.send(json.dumps(answer).encode())


def _fork(questions: socket.socket, arguments: list[str], fds: list[int]) -> int:
    pid = os.fork()
    if pid == 0:
        questions.close()
        _be_born(arguments, fds)
    return pid


def _be_born(arguments: list[str], fds: list[int]) -> NoReturn:
    from sync.relay.__main__ import main

    code: object = 1
    try:
        for number, fd in enumerate(fds, start=1):
            os.dup2(fd, number)
            os.close(fd)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1) for number in (1, 2))
        code = main(arguments)
    except SystemExit as error:
        code = error.code
    except BaseException:  # as Python does at the top  # noqa: BLE001
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))

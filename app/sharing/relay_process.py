"""The embedded relay: a process of its own that ends with this one, however that ends.

It is `python -m sync.relay`, never imported: the editor does without the server's libraries.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

from sync.beside import command
from sync.errors import CannotHost
from sync.phrases import phrase

ADMIN_SECONDS = 60.0
"""For one command of the administration."""
START_SECONDS = 60.0
STOP_SECONDS = 10.0
"""For a relay to say goodbye, before it is killed."""
DRAIN_SECONDS = 0.5
"""Over which a relay that stops sends its few clients away."""

_LISTENING = re.compile(r"listening on wss?://\S+:(\d+)\n?")
_LAST_LINES = 20


def can_host() -> bool:
    """Whether this installation has what a relay needs."""
    has_libraries = all(
        importlib.util.find_spec(name) is not None for name in ("argon2", "fastapi", "uvicorn")
    )
    return has_libraries and sys.platform != "win32"


def _command(*arguments: str) -> list[str]:
    return [*command("sync.relay"), *arguments]


def add_owner(data_dir: Path, name: str, password: str) -> None:
    """Make an account on the relay in `data_dir`, which is made if it is not there. Blocks.

    Raises `CannotHost` with the relay's sentence.
    """
    try:
        done = subprocess.run(
            _command("user", "add", name, "--password-stdin", "--data-dir", str(data_dir)),
            input=password + "\n",  # never an argument, which others could see
            capture_output=True,
            text=True,
            timeout=ADMIN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotHost(phrase("its program does not start")) from error
    if done.returncode:
        raise CannotHost(_last_sentence(done.stderr.splitlines()))


class RelayProcess:
    """One running relay."""

    def __init__(self, data_dir: Path, port: int, network: str) -> None:
        """Start it on a port, for who is in a private network (as 192.168.1.0/24). Blocks.

        Raises `CannotHost`.
        """
        try:
            self._process = subprocess.Popen(
                _command(
                    *("serve", "--data-dir", str(data_dir), "--listen", f"0.0.0.0:{port}"),
                    *("--insecure", "--only-from", network, "--end-with-stdin"),
                    *("--drain-seconds", str(DRAIN_SECONDS), "--log-level", "warning"),
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C in a terminal is for the editor
            )
        except OSError as error:
            raise CannotHost(phrase("its program does not start")) from error
        self._said: deque[str] = deque(maxlen=_LAST_LINES)
        self._reader = threading.Thread(target=self._read, name="inkstand-relay", daemon=True)
        self._reader.start()
        late = threading.Timer(START_SECONDS, self._process.kill)
        late.daemon = True
        late.start()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        late.cancel()
        match = _LISTENING.fullmatch(line)
        if match is None:
            self.stop()
            raise CannotHost(_last_sentence(list(self._said)))
        self.port = int(match.group(1))

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait(self) -> None:
        """Wait for its end, for a thread that has nothing else to do."""
        self._process.wait()

    def stop(self) -> None:
        """Let go of it, so that it ends; blocks until it has."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(STOP_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self._process.stderr is not None
        with suppress(ValueError):  # it was closed meanwhile
            for line in self._process.stderr:
                self._said.append(line[:1000])


def _last_sentence(lines: list[str]) -> str:
    said = [line.strip() for line in lines if line.startswith("inkstand-relay: ")]
    if said:
        return said[-1].removeprefix("inkstand-relay: ").rstrip(".")
    return phrase("its program ended at once")

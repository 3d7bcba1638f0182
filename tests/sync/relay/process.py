"""A real relay process on a port of its own, to be killed and started again."""

from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from unittest.mock import patch

import psycopg

from sync.relay.__main__ import main
from sync.relay.storage.sqlite.schema import FILE_NAME
from tests.sync.relay.backing import backing
from tests.sync.relay.nursery import Born, start_relay
from tests.sync.relay.programs import program

START_SECONDS = 30.0


class RelayProcess:
    """`with RelayProcess(data_dir) as relay:` — stopped by SIGTERM at the end, by its id."""

    def __init__(self, data_dir: Path, *options: str, store: str | None = None) -> None:
        """`options` are for `serve`; `store` is the URL of a database.

        With INKSTAND_TEST_STORE=cluster in the environment, a relay that would be alone is a
        node on PostgreSQL and Redis.
        """
        if store is None and os.environ.get("INKSTAND_TEST_STORE") == "cluster":
            store, bus = backing(data_dir)
            options = (*options, "--bus", bus)
        self.data_dir = data_dir
        self.store = store
        self.where = ["--data-dir", str(data_dir), *(["--store", store] if store else [])]
        self.options = options
        self.log: list[str] = []
        """Lines of standard error so far."""
        self._scheme = "ws"
        self.port = 0
        self.process: Born | subprocess.Popen[str] | None = None

    def __enter__(self) -> RelayProcess:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.process is not None:
            self.stop()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def http_url(self) -> str:
        return self.url.replace("ws", "http", 1)

    def start(self) -> None:
        """Start on the port that it had before, the first time on a free one."""
        self.process = start_relay(
            [
                *("serve", *self.where),
                *("--listen", f"127.0.0.1:{self.port}", *self.options),
            ]
        )
        lines: Queue[str] = Queue()
        process = self.process
        self._readers = [
            threading.Thread(target=_read, args=(process.stdout, lines.put), daemon=True),
            threading.Thread(target=_read, args=(process.stderr, self.log.append), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                line = lines.get(timeout=0.2)
                break
            except Empty:
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    self._gone()
                    raise AssertionError(f"no relay: {''.join(self.log)}") from None
        match = re.fullmatch(r"listening on (wss?)://127\.0\.0\.1:(\d+)\n", line)
        assert match, line
        self._scheme, self.port = match.group(1), int(match.group(2))

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._gone()

    def stop(self) -> int:
        """SIGTERM; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._gone()

    def ended(self) -> int:
        """Wait until it has ended by itself; return the exit code."""
        return self._gone()

    def _gone(self) -> int:
        assert self.process is not None
        process, self.process = self.process, None
        code = process.wait(30)
        for reader, stream in zip(self._readers, (process.stdout, process.stderr), strict=True):
            reader.join()
            assert stream is not None
            stream.close()
        return code

    def restart(self) -> None:
        """kill -9, then start on the same port."""
        self.kill()
        self.start()

    def admin(self, *arguments: str, stdin: str | None = None) -> str:
        """Run an administration command; return what it printed, without the line's end.

        In this process: most tests do so several times, and starting Python takes a second.
        """
        with (
            patch("sys.stdin", StringIO(stdin or "")),
            redirect_stdout(StringIO()) as printed,
            redirect_stderr(StringIO()) as complaint,
        ):
            code = main([*arguments, *self.where])
        assert code == 0, complaint.getvalue()
        return printed.getvalue().strip()

    def do(self, statement: str) -> None:
        """Do something to the relay's database that no program of ours would do."""
        if self.store is not None:
            with psycopg.connect(self.store, autocommit=True) as database:
                database.execute(statement.encode())
            return
        with closing(sqlite3.connect(self.data_dir / FILE_NAME, isolation_level=None)) as file:
            file.execute(statement)

    def kept(self) -> bytes:
        """Return all that is in the database, with the names of its tables."""
        if self.store is not None:
            dumped = [program("pg_dump"), "--dbname", self.store]
            return subprocess.run(dumped, capture_output=True, check=True).stdout
        files = sorted(self.data_dir.glob(f"{FILE_NAME}*"))
        return b"".join(path.read_bytes() for path in files)

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run an administration command, whatever comes of it."""
        return subprocess.run(
            [sys.executable, "-m", "sync.relay", *arguments, *self.where],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def add_user(self, name: str, password: str = "correct horse") -> None:
        self.admin("user", "add", name, "--password-stdin", stdin=password + "\n")


def _read(stream: Iterable[str], take: Callable[[str], object]) -> None:
    for line in stream:
        take(line)


def limit_files(relay: RelayProcess, size: int) -> None:
    """Let no write of the relay go beyond `size` bytes of a file. Linux only."""
    assert relay.process is not None
    resource.prlimit(relay.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are still there. Linux only."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # a thread that has ended meanwhile
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def child(relay: RelayProcess, module: str) -> int | None:
    """Return the relay's process that runs a module; None if there is none. Linux only."""
    assert relay.process is not None
    for pid in children(relay.process.pid):
        with suppress(OSError):  # it has ended meanwhile
            if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
    return None


def is_gone(pid: int) -> bool:
    """Whether a process has ended, though perhaps nobody has asked how. Linux only."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def until(condition: Callable[[], object]) -> None:
    """Wait for what another process brings about."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)

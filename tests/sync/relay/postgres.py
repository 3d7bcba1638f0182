"""A PostgreSQL server of the tests' own, to be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql

from tests.services import free_port, leashed
from tests.sync.relay.process import until
from tests.sync.relay.programs import program

USER, PASSWORD = "inkstand", "s3cret-of-the-tests"
_NOBODY = "nobody"

_CONFIGURATION = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 64MB
max_wal_senders = 4
log_min_messages = fatal
"""
"""All that makes a commit safe is as it is by default."""


def unprivileged() -> dict[str, Any]:
    """Return how to start a program as somebody else than root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    return {"user": _NOBODY, "group": "nogroup", "extra_groups": []}


def in_memory() -> Path | None:
    """Return a folder that is memory, if there is one with room.

    Tests kill processes, never the machine, so what the disk has makes no difference to them.
    What measures is to be on a disk.
    """
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2 * 1024**3 else None


class PostgresServer:
    """`with PostgresServer() as server:` — stopped at the end, by its id."""

    def __init__(self, configuration: str = "", folder: Path | None = None) -> None:
        """Keep all in a new folder within `folder`."""
        # Not in pytest's folder, where nobody may look.
        self.folder = Path(tempfile.mkdtemp(prefix="inkstand-postgres-", dir=folder))
        self.data = self.folder / "data"
        self._configuration = configuration
        self._names = count(1)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PostgresServer:
        if not self.data.exists():
            self.make()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def make(self) -> None:
        """Make an empty cluster."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (self.folder, password):
                shutil.chown(path, _NOBODY)
        options = ("--auth=scram-sha-256", f"--username={USER}", f"--pwfile={password}")
        self.run("initdb", "--no-sync", "--encoding=UTF8", "--no-locale", *options)
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION + self._configuration)

    def run(self, name: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        """Run one of PostgreSQL's programs on this cluster."""
        done = subprocess.run(
            [program(name), "-D", str(self.data), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={**os.environ, **(env or {})},
            **unprivileged(),
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it on the port that it had before, the first time on a free one."""
        if not self.port:
            self.port = free_port()
        self.process = subprocess.Popen(
            leashed([program("postgres"), "-D", str(self.data), "-p", str(self.port)], "INT"),
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **unprivileged(),
        )
        until(self.answers)

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "PostgreSQL has ended"
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url()).close()
            return True
        return False

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it at once, but in an orderly way."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """Kill all its processes with -9, as a power failure does."""
        assert self.process is not None
        # Each of its processes is the leader of a group of its own, in this session.
        for pid in [*_children(self.process.pid), self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    @contextmanager
    def replica(self) -> Iterator[PostgresServer]:
        """Give a streaming replica of this server."""
        replica = PostgresServer(folder=self.folder.parent)
        if os.geteuid() == 0:
            shutil.chown(replica.folder, _NOBODY)
        source = f"host=127.0.0.1 port={self.port} user={USER} password={PASSWORD}"
        replica.run("pg_basebackup", "--checkpoint=fast", "--write-recovery-conf", "-d", source)
        with replica:
            yield replica

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def do(self, statement: str, database: str = "postgres") -> list[Any]:
        """Do something that no program of ours would do."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Give the URL of a database that is there as long as the block."""
        name = f"test_{next(self._names)}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        yield self.url(name)
        if self.process is not None:
            self.do(f"DROP DATABASE {name} WITH (FORCE)")


def _children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]

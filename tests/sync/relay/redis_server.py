"""A real Redis on a port of its own, with a password and an append-only file, to be killed."""

from __future__ import annotations

import os
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from types import TracebackType

from redis import Redis
from redis.exceptions import RedisError

from tests.services import START_TIMEOUT, ServiceFailed, running

PASSWORD = "a password for the tests"


class RedisServer:
    """`with RedisServer(folder) as redis:` — started and ended as the test says."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        # Not on the command line, where everybody on the machine could read the password.
        (folder / "redis.conf").write_text(
            f"bind 127.0.0.1\nport {self.port}\ndir {folder}\ndatabases 4096\n"
            f'requirepass "{PASSWORD}"\nappendonly yes\nappendfsync everysec\nsave ""\n'
        )
        self._stack = ExitStack()
        self.process: Popen[bytes] | None = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def url(self, port: int | None = None, database: int = 0) -> str:
        """Return where it is, or where a proxy before it is. Each relay has a database."""
        return f"redis://:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port or self.port}/{database}"

    def client(self) -> Redis:
        return Redis(port=self.port, password=PASSWORD)

    def start(self) -> None:
        log = self._folder / "redis.log"
        command = ["redis-server", str(self._folder / "redis.conf")]
        self.process = self._stack.enter_context(running(command, os.environ, log))
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                with self.client() as client:
                    client.ping()
                return
            except (RedisError, OSError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    said = log.read_text(errors="replace").strip()
                    raise ServiceFailed(f"redis-server did not start: {said}") from None
                # Between two looks at a server that has no way to say that it is ready.
                time.sleep(0.01)

    def stop(self) -> None:
        """End it, if it runs."""
        self._stack.close()
        self.process = None

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.stop()

"""A real Redis on a port of its own, with a password and an append-only file, to be killed."""

from __future__ import annotations

from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.services import Server, free_port

PASSWORD = "a password for the tests"


class RedisServer(Server):
    """`with RedisServer(folder) as redis:` — started and ended as the test says."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        # Not on the command line, where everybody on the machine could read the password.
        (folder / "redis.conf").write_text(
            f"bind 127.0.0.1\nport {self.port}\ndir {folder}\ndatabases 4096\n"
            f'requirepass "{PASSWORD}"\nappendonly yes\nappendfsync everysec\nsave ""\n'
        )
        super().__init__(folder, ["redis-server", str(folder / "redis.conf")], self._is_there)

    def url(self, port: int | None = None, database: int = 0) -> str:
        """Return where it is, or where a proxy before it is. Each relay has a database."""
        return f"redis://:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port or self.port}/{database}"

    def client(self) -> Redis:
        return Redis(port=self.port, password=PASSWORD)

    def _is_there(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

"""What a test needs of a back end, whichever it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg

from sync.relay.storage.base import Settled, Storage
from sync.relay.storage.elsewhere import sqlite_url
from sync.relay.storage.postgres.log import PostgresLog
from sync.relay.storage.postgres.storage import PostgresStorage
from sync.relay.storage.sql.log import SqlLog
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.log import SqliteLog
from sync.relay.storage.sqlite.storage import SqliteStorage

BACKENDS = ["sqlite", "postgres"]


class Backend(Protocol):
    """A back end with nothing in it."""

    where: str
    """What tells another process which it is."""
    elsewhere: str
    """The URL of a log that is not there."""
    lie: tuple[str, str]
    """How a snapshot is made to be another one once it is written, and how that ends."""

    def storage(self) -> Storage: ...

    def log(self, settled: Settled, *more: Any, **others: Any) -> SqlLog: ...

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Do something that no program of ours would do; values stand as ``?``."""


class SqliteBackend:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.path = data_dir / schema.FILE_NAME
        self.where = str(data_dir)
        self.elsewhere = sqlite_url(data_dir)
        self.lie = (
            (
                "CREATE TRIGGER lie AFTER INSERT ON snapshots"
                " BEGIN UPDATE snapshots SET state = x'0000'; END"
            ),
            "DROP TRIGGER lie",
        )

    def storage(self) -> SqliteStorage:
        return SqliteStorage(self.data_dir)

    def log(self, settled: Settled, *more: Any, **others: Any) -> SqliteLog:
        return SqliteLog(self.path, settled, *more, **others)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=20)) as connection:
            return connection.execute(statement, values).fetchall()


class PostgresBackend:
    def __init__(self, url: str) -> None:
        self.url = self.where = url
        self.elsewhere = url + "_that_is_not_there"
        self.lie = (
            (
                "CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN NEW.state := '\\x0000'; RETURN NEW; END $$;"
                " CREATE TRIGGER lie BEFORE INSERT ON snapshots FOR EACH ROW EXECUTE FUNCTION lie()"
            ),
            "DROP TRIGGER lie ON snapshots",
        )

    def storage(self) -> PostgresStorage:
        return PostgresStorage(self.url)

    def log(self, settled: Settled, *more: Any, **others: Any) -> PostgresLog:
        return PostgresLog(self.url, settled, *more, **others)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.replace("?", "%s").encode(), values or None)
            return cursor.fetchall() if cursor.description else []


def rows(backend: Backend) -> int:
    """Return how long all logs are together."""
    return int(backend.sql("SELECT count(*) FROM updates")[0][0])


def turn(backend: Backend, table: str, column: str, old: bytes, new: bytes) -> None:
    """Turn some bits of what lies on the disk."""
    assert len(old) == len(new)
    for (data,) in backend.sql(f"SELECT {column} FROM {table}"):
        if old in data:
            changed = bytes(data).replace(old, new)
            backend.sql(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", changed, data)

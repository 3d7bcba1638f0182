"""What is SQLite's own: bad disks, and formats of the file."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from sync.relay.storage.base import StoredLog
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.log import SqliteLog
from tests.sync.relay.storage.conftest import BOOK, PATIENCE, Fill, Receipts, rows, sql, typed


def held(log: SqliteLog) -> threading.Event:
    """Keep the log's thread busy until the event is set, as a slow fsync does."""
    started, go_on = threading.Event(), threading.Event()

    def work(_: sqlite3.Connection) -> None:
        started.set()
        assert go_on.wait(PATIENCE)

    threading.Thread(target=log.write, args=[work], daemon=True).start()
    assert started.wait(PATIENCE)
    return go_on


def test_commits_are_full(log: SqliteLog) -> None:
    assert log.write(lambda writer: writer.execute("PRAGMA synchronous").fetchone()) == (2,)
    assert log.write(lambda writer: writer.execute("PRAGMA journal_mode").fetchone()) == ("wal",)


class TestABadDisk:
    def test_a_read_only_one_says_so_and_recovers(
        self, log: SqliteLog, receipts: Receipts, fill: Fill
    ) -> None:
        first, second, third = typed("one ", "two ", "three")
        fill([first])
        connection = log.write(lambda writer: writer)
        connection.execute("PRAGMA query_only = 1")
        log.append(BOOK, second, "ada", "refused")
        assert receipts.wait(2)[1] == ("refused", "the relay's disk is read-only")
        assert log.load(BOOK).updates == [first]
        connection.execute("PRAGMA query_only = 0")
        fill([second, third])
        assert log.load(BOOK).updates == [first, second, third]

    def test_a_full_one_refuses_a_whole_batch(
        self, log: SqliteLog, receipts: Receipts, fill: Fill
    ) -> None:
        fill(typed("there"))
        pages = log.write(lambda writer: writer.execute("PRAGMA page_count").fetchone()[0])
        log.write(lambda writer: writer.execute(f"PRAGMA max_page_count = {pages}").fetchall())
        go_on = held(log)
        big = typed("x" * 100_000)[0]
        log.append(BOOK, typed("small")[0], "ada", 1)
        log.append(BOOK, big, "ada", 2)
        go_on.set()
        why = "the relay's disk is full"
        assert receipts.wait(3)[1:] == [(1, why), (2, why)]
        assert rows_of(log) == 1
        log.write(lambda writer: writer.execute("PRAGMA max_page_count = 1000000").fetchall())
        fill([big])
        assert rows_of(log) == 2

    def test_probing_writes(self, path: Path, log: SqliteLog) -> None:
        assert log.probe()
        sql(path, "DROP TABLE probe")
        assert not log.probe()


def rows_of(log: SqliteLog) -> int:
    return len(log.load(BOOK).updates)


class TestFormats:
    def test_a_file_of_the_first_format_is_brought_up_to_date(self, tmp_path: Path) -> None:
        path = tmp_path / schema.FILE_NAME
        update = typed("written long ago")[0]
        with sqlite3.connect(path) as connection:
            connection.executescript(schema._STEPS[0])
            connection.execute("PRAGMA user_version = 1")
            connection.execute("INSERT INTO documents VALUES (1, 'book', 'Book', 0)")
            connection.execute("INSERT INTO updates VALUES (1, 1, 'ada', 0, ?)", [update])
        connection.close()
        schema.prepare(path)
        log = SqliteLog(path, receipts := Receipts())
        assert log.load(BOOK) == StoredLog(None, [update], log.load(BOOK).last_sequence)
        log.append(BOOK, typed("more")[0], "ada", 1)
        receipts.wait(1)
        log.compact(BOOK)
        log.close()
        assert sql(path, "PRAGMA user_version") == [(schema.VERSION,)]
        assert rows(path) == 0

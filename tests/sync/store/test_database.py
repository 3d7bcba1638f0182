from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from sync.errors import CannotSave, DatabaseDamaged
from sync.store.database import Database
from tests.sync.disks import fill


def make_database(path: Path) -> Database:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE lines (text TEXT NOT NULL)")
    connection.close()
    return Database(path)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = make_database(tmp_path / "lines.db")
    yield database
    database.close()


def add(database: Database, line: str | None) -> Future[int | None]:
    return database.submit(
        lambda writer: writer.execute("INSERT INTO lines VALUES (?)", [line]).lastrowid
    )


def lines(database: Database) -> list[str]:
    with database.reading() as connection:
        return [line for (line,) in connection.execute("SELECT text FROM lines ORDER BY rowid")]


def test_a_resolved_future_is_committed(database: Database) -> None:
    assert add(database, "one").result() == 1
    assert lines(database) == ["one"]


def test_many_tasks_share_a_commit(database: Database) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        entered.set()
        leave.wait(60)

    held = database.submit(hold)
    entered.wait(60)
    before = database.commits
    futures = [add(database, str(number)) for number in range(1000)]
    leave.set()
    assert [future.result() for future in [held, *futures]][1:] == list(range(1, 1001))
    assert database.commits - before <= 2
    assert lines(database) == [str(number) for number in range(1000)]


def test_a_failing_task_fails_alone(database: Database) -> None:
    first, bad, last = add(database, "first"), add(database, None), add(database, "last")
    with pytest.raises(sqlite3.IntegrityError):
        bad.result()
    assert (first.result(), last.result()) == (1, 2)
    assert lines(database) == ["first", "last"]


def test_what_a_failing_task_wrote_is_undone(database: Database) -> None:
    def fail(writer: sqlite3.Connection) -> None:
        writer.execute("INSERT INTO lines VALUES ('half')")
        raise LookupError

    with pytest.raises(LookupError):
        database.submit(fail).result()
    assert lines(database) == []


def test_a_cancelled_task_does_not_run(database: Database) -> None:
    leave = threading.Event()
    database.submit(lambda _: leave.wait(60))
    cancelled, kept = add(database, "cancelled"), add(database, "kept")
    assert cancelled.cancel() or lines(database)
    leave.set()
    kept.result()
    assert "kept" in lines(database)


def test_closing_commits_what_was_submitted(tmp_path: Path) -> None:
    database = make_database(tmp_path / "lines.db")
    futures = [add(database, "x") for _ in range(100)]
    database.close()
    assert all(future.result() for future in futures)
    assert not (tmp_path / "lines.db-wal").exists()
    with pytest.raises(CannotSave, match="profile was closed"):
        add(database, "late").result()
    with pytest.raises(CannotSave, match="profile was closed"):
        lines(database)


def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(CannotSave, match="read-only"), database.reading() as connection:
        connection.execute("INSERT INTO lines VALUES ('x')")
    assert lines(database) == []


def test_every_thread_may_read(database: Database) -> None:
    add(database, "one").result()
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(lines(database))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["one"]] * 8


def test_a_page_that_broke_is_reported_when_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.db"
    database = make_database(path)
    database.submit(
        lambda writer: writer.executemany("INSERT INTO lines VALUES (?)", [["x" * 500]] * 1000)
    ).result()
    database.close()
    content = bytearray(path.read_bytes())
    content[2 * 4096 :] = os.urandom(len(content) - 2 * 4096)
    path.write_bytes(content)
    database = Database(path)
    with pytest.raises(DatabaseDamaged, match="is damaged"):
        lines(database)
    database.close()


def test_a_full_disk_cannot_save_and_recovers(small_disk: Path) -> None:
    database = make_database(small_disk / "lines.db")
    add(database, "before").result()
    filler = fill(small_disk)
    with pytest.raises(CannotSave, match="the disk is full"):
        add(database, "y" * 100_000).result()
    assert lines(database) == ["before"]
    filler.unlink()
    add(database, "after").result()
    assert lines(database) == ["before", "after"]
    database.close()


def test_a_task_too_large_for_the_disk_fails_alone(small_disk: Path) -> None:
    database = make_database(small_disk / "lines.db")
    leave = threading.Event()
    database.submit(lambda _: leave.wait(60))
    small, large, last = (add(database, line) for line in ("a", "y" * 2_000_000, "b"))
    leave.set()
    with pytest.raises(CannotSave):
        large.result()
    assert small.result()
    assert last.result()
    assert lines(database) == ["a", "b"]
    database.close()


def test_a_disk_that_turns_read_only_and_back(small_disk: Path) -> None:
    database = make_database(small_disk / "lines.db")
    add(database, "before").result()
    filler = fill(small_disk)
    with pytest.raises(CannotSave, match="the disk is full"):
        add(database, "y" * 100_000).result()
    filler.unlink()
    # Possible because nothing has the file open between a failure and the next attempt.
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(CannotSave, match=r"read-only|cannot be opened"):
        add(database, "lost").result()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    add(database, "after").result()
    assert lines(database) == ["before", "after"]
    database.close()


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """The same without root: the kernel refuses to let files of a child process grow."""
    make_database(tmp_path / "lines.db").close()
    script = """
import resource, sys
from pathlib import Path
from sync.errors import CannotSave
from sync.store.database import Database

database = Database(Path(sys.argv[1]))
def add(line):
    return database.submit(lambda writer: writer.execute("INSERT INTO lines VALUES (?)", [line]))
add("before").result()
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
try:
    add("y" * 1_000_000).result()
except CannotSave as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
add("after").result()
database.close()
"""
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "lines.db"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("Cannot save on this device: the disk")
    database = Database(tmp_path / "lines.db")
    assert lines(database) == ["before", "after"]
    database.close()


def test_alone_nobody_has_the_file(database: Database) -> None:
    add(database, "one").result()
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        with database.reading() as connection:
            reading.set()
            done.wait(60)
            connection.execute("SELECT text FROM lines").fetchall()

    reader = threading.Thread(target=read)
    reader.start()
    reading.wait(60)
    opened: list[bool] = []

    def work() -> str:
        opened.append(reader.is_alive())
        database.path.rename(database.path.with_name("old.db"))
        make_database(database.path).close()
        return "done"

    future = database.alone(work)
    later = add(database, "two")
    assert not future.done()
    done.set()
    assert future.result() == "done"
    later.result()
    assert lines(database) == ["two"]
    reader.join()
    failing = database.alone(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failing.result()
    assert lines(database) == ["two"]


def test_damage_is_told_once_until_the_file_is_another(tmp_path: Path) -> None:
    path = tmp_path / "lines.db"
    database = make_database(path)
    database.submit(
        lambda writer: writer.executemany("INSERT INTO lines VALUES (?)", [["x" * 500]] * 1000)
    ).result()
    database.close()
    content = bytearray(path.read_bytes())
    content[2 * 4096 :] = os.urandom(len(content) - 2 * 4096)
    path.write_bytes(content)
    database = Database(path)
    told: list[int] = []
    database.on_damage = lambda: told.append(1)
    for _ in range(2):
        with pytest.raises(DatabaseDamaged):
            lines(database)
    assert told == [1]
    database.alone(lambda: None).result()
    with pytest.raises(DatabaseDamaged):
        lines(database)
    assert told == [1, 1]
    database.close()

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sync.errors import DatabaseDamaged, NewerSchema
from sync.store import migrations
from sync.store.accounts import Account
from sync.store.database import connect
from sync.store.migrations import (
    DATABASE,
    MIGRATIONS,
    _homes_and_members,
    check,
    make,
    prepare,
)
from sync.store.store import Store
from sync.types import DocumentId


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "inkstand.db"
    prepare(path)
    return path


def execute(path: Path, *statements: str) -> None:
    connection = connect(path, writable=True)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_new_database_is_complete_and_private(path: Path) -> None:
    assert check(path) == len(MIGRATIONS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["inkstand.db"]


def test_preparing_again_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    prepare(path)
    assert path.read_bytes() == before


def test_a_half_made_database_is_made_anew(path: Path) -> None:
    path.rename(path.with_name("inkstand.db.new"))
    prepare(path)
    assert check(path) == len(MIGRATIONS)


def test_the_log_of_a_database_that_was_moved_away_is_not_replayed(path: Path) -> None:
    leftover = path.with_name("inkstand.db-wal")
    leftover.write_bytes(b"x" * 1000)
    path.unlink()
    prepare(path)
    assert path.with_name("inkstand.db-wal.orphan").read_bytes() == b"x" * 1000
    assert check(path) == len(MIGRATIONS)


def test_each_step_runs_once_and_counts_itself(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        migrations, "MIGRATIONS", (*MIGRATIONS, lambda db: db.execute("CREATE TABLE more (x)"))
    )
    prepare(path)
    prepare(path)
    assert check(path) == len(MIGRATIONS) + 1


def test_a_step_that_fails_leaves_the_version_before(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(db: object) -> None:
        execute_on = getattr(db, "execute")  # noqa: B009
        execute_on("CREATE TABLE half (x)")
        execute_on("CREATE TABLE documents (x)")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, fail))
    with pytest.raises(sqlite3.OperationalError):
        prepare(path)
    monkeypatch.undo()
    assert check(path) == len(MIGRATIONS)
    connection = connect(path, writable=False)
    assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchall() == []
    connection.close()


def test_a_newer_schema_is_refused_and_untouched(path: Path) -> None:
    execute(path, "PRAGMA user_version=999")
    before = path.read_bytes()
    with pytest.raises(NewerSchema) as raised:
        prepare(path)
    assert "made by a newer version of Inkstand (format 999" in str(raised.value)
    assert path.read_bytes() == before


def test_a_newer_schema_that_is_only_in_the_log_is_refused(path: Path) -> None:
    """A newer version that was killed right after its migration."""
    newer = connect(path, writable=True)
    newer.execute("PRAGMA user_version=999")
    before = path.read_bytes(), path.with_name("inkstand.db-wal").read_bytes()
    with pytest.raises(NewerSchema):
        prepare(path)
    assert (path.read_bytes(), path.with_name("inkstand.db-wal").read_bytes()) == before
    newer.close()


SIZES = (0, 1, 50, 99, 100, 101, 511, 512, 1000, 4095, 4096, 4097, 8192, -4096, -1)


@pytest.mark.parametrize("size", SIZES)
def test_a_truncated_database_is_refused_and_untouched(path: Path, size: int) -> None:
    truncated = path.read_bytes()[:size]
    path.write_bytes(truncated)
    with pytest.raises(DatabaseDamaged, match="is damaged"):
        prepare(path)
    assert path.read_bytes() == truncated


@pytest.mark.parametrize("content", [b"x" * 8192, b"SQLite format 3\0" + b"\xff" * 8176])
def test_garbage_is_refused_and_untouched(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match="is damaged"):
        prepare(path)
    assert path.read_bytes() == content


def test_a_file_with_garbage_behind_its_first_page_is_refused(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        prepare(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "inkstand.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseDamaged, match="not one of Inkstand's"):
        prepare(path)
    assert path.read_bytes() == before


def test_what_there_was_belongs_to_the_account_that_there_was(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    before = MIGRATIONS.index(_homes_and_members)
    make(path, before)
    account = {"relay_url": "wss://relay.example", "user_id": "u1", "name": "Ada"}
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("INSERT INTO profile VALUES ('account', ?)", [json.dumps(account)])
        old.execute("INSERT INTO documents (id, title, created) VALUES ('paper', 'Paper', '')")
    with Store.open(tmp_path) as store:
        assert store.accounts() == [Account(**account)]
        assert store.homes() == {"u1 at wss://relay.example": 1}
        assert store.document(DocumentId("paper")).elsewhere is None


def test_without_an_account_nothing_belongs_to_anybody(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    make(path, MIGRATIONS.index(_homes_and_members))
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("INSERT INTO documents (id, title, created) VALUES ('paper', 'Paper', '')")
    with Store.open(tmp_path) as store:
        assert store.accounts() == []
        assert store.homes() == {None: 1}

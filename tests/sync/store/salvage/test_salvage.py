from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from sync.errors import CannotSalvage, DatabaseDamaged, NothingReadable
from sync.store import backup, integrity, migrations, replacing
from sync.store.compaction import build_document
from sync.store.migrations import DATABASE
from sync.store.salvage.pages import Pages, frames
from sync.store.salvage.salvage import salvage
from sync.store.store import Store
from sync.types import DocumentId, Origin
from tests.sync.disks import fill as fill_disk
from tests.sync.store.library import PAGE, make


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make(tmp_path_factory.mktemp("library"), 15)


@pytest.fixture
def profile(library: tuple[Path, Path], tmp_path: Path) -> Path:
    shutil.copytree(library[0], tmp_path / "profile")
    return tmp_path / "profile"


def texts(profile: Path) -> dict[str, str]:
    with Store.open(profile) as store:
        return {
            record.title: build_document(store.load(record.id))[0].text()
            for record in store.documents()
        }


def execute(profile: Path, *statements: str) -> None:
    connection = sqlite3.connect(profile / DATABASE, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def longest(profile: Path) -> int:
    """Return the number of the document with the longest log; its id has one less."""
    connection = sqlite3.connect(profile / DATABASE)
    (number, _) = connection.execute(
        "SELECT document, count(*) AS rows FROM updates WHERE document NOT IN"
        " (SELECT document FROM snapshots) GROUP BY document ORDER BY rows DESC LIMIT 1"
    ).fetchone()
    connection.close()
    return int(number)


def test_a_sound_database_comes_through_as_it_is(profile: Path) -> None:
    before = texts(profile)
    tables = ("documents", "updates", "snapshots", "outbox", "profile")

    def rows() -> list[object]:
        connection = sqlite3.connect(profile / DATABASE)
        found = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
        connection.close()
        return found

    first = rows()
    with Store.open(profile) as store:
        report = store.salvage()
        assert (report.losses, report.unknown, report.signed_out) == ((), 0, False)
        assert "Everything in it could be read." in report.sentences
        assert store.salvage_report() == report
        store.forget_salvage().result()
        assert store.salvage_report() is None
    assert rows() == first
    assert texts(profile) == before


def test_what_was_lost_is_said_with_its_time(profile: Path) -> None:
    number = longest(profile)
    execute(
        profile,
        "PRAGMA foreign_keys = OFF",
        f"UPDATE updates SET written = 1700000000000 + 60000 * sequence WHERE document = {number}",
        f"DELETE FROM updates WHERE document = {number} AND sequence IN (3, 4)",
        f"DELETE FROM outbox WHERE document = {number}",
    )
    with Store.open(profile) as store:
        (loss,) = store.salvage().losses
    title = f"Title {number - 1}"
    assert (loss.title, loss.changes) == (title, 2)
    assert loss.sentence == f"“{title}”: 2 changes, from 2023-11-14 22:15 to 2023-11-14 22:18."


def test_a_snapshot_that_is_gone_comes_from_the_newest_backup(profile: Path) -> None:
    before = texts(profile)
    backup.back_up_daily(profile)
    backup.back_up_daily(profile)
    execute(profile, "DELETE FROM snapshots WHERE document = 1")
    with Store.open(profile) as store:
        (loss,) = store.salvage().losses
        assert loss.backup == backup.made(profile / backup.BACKUPS)[0].name[:10]
        assert "Completed from the backup of" in loss.sentence
    assert texts(profile) == before
    assert list(integrity.check(profile)) == []


def test_a_list_of_documents_that_is_gone_comes_back(profile: Path) -> None:
    before = texts(profile)
    backup.back_up_daily(profile)
    execute(profile, "PRAGMA foreign_keys = OFF", "DELETE FROM documents", "DELETE FROM profile")
    with pytest.raises(DatabaseDamaged):
        Store.open(profile)
    with Store.open(profile, salvaging=lambda *_: None) as store:
        account = store.account()
        assert account is not None
        assert account.name == "Ada"
    assert texts(profile) == before


def test_without_a_backup_titles_come_from_the_documents(profile: Path) -> None:
    before = texts(profile)
    execute(profile, "PRAGMA foreign_keys = OFF", "DELETE FROM documents", "DELETE FROM profile")
    with Store.open(profile, salvaging=lambda *_: None) as store:
        report = store.salvage_report()
        assert report is not None
        assert report.signed_out
        assert store.account() is None
        assert all(record.waiting for record in store.documents())
    assert sorted(texts(profile).values()) == sorted(before.values())


def test_a_row_that_the_disk_changed_is_found_by_its_sum(profile: Path) -> None:
    execute(profile, "UPDATE updates SET bytes = x'0000' WHERE document = 2 AND sequence = 2")
    found: list[int] = []
    with Store.open(profile) as store:
        store.on_damage = lambda: found.append(1)
        with pytest.raises(DatabaseDamaged, match="not what was written"):
            store.load(DocumentId("document-0001"))
        assert found == [1]
    with pytest.raises(DatabaseDamaged, match="found so"):
        Store.open(profile)
    with Store.open(profile, salvaging=lambda *_: None) as store:
        report = store.salvage_report()
        assert report is not None
        assert [loss.document_id for loss in report.losses] == ["document-0001"]
        store.load(DocumentId("document-0001"))
    Store.open(profile).close()


def test_what_waits_is_kept_whatever_comes_between(profile: Path) -> None:
    """What builds on a lost change is not in the snapshot, and must not go with its row."""
    number = longest(profile)
    paper = DocumentId(f"document-{number - 1:04}")
    with Store.open(profile) as store:
        stored = store.load(paper)
        text = build_document(stored)[0].text()
        lost = stored.last_sequence - 3
        update = stored.updates[lost - 1]
    execute(
        profile,
        "PRAGMA foreign_keys = OFF",
        f"DELETE FROM updates WHERE document = {number} AND sequence = {lost}",
        f"DELETE FROM outbox WHERE document = {number}",
    )
    with Store.open(profile) as store:
        assert len(store.salvage().losses) == 1
        document, _ = build_document(store.load(paper))
        assert document.missing
        assert document.text() != text
        store.append_remote(paper, update).result()
        document, _ = build_document(store.load(paper))
        assert not document.missing
        assert document.text() == text
        assert store.append_local(paper, b"\0\0", Origin.VIEW, None).result() > 1_000_000


def test_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    migrations.make(path, 1)
    execute(
        tmp_path,
        "INSERT INTO documents (number, id, title, created, last_sequence)"
        " VALUES (7, 'old', 'Old', 'then', 2)",
        "INSERT INTO updates VALUES (7, 2, 'view', NULL, 5, x'0000')",
    )
    report = salvage(path)
    assert [loss.changes for loss in report.losses] == [1]
    assert migrations.check(path) == len(migrations.MIGRATIONS)


def test_tables_that_are_added_later_are_carried_and_their_states_used(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = texts(profile)
    drafts = (
        "CREATE TABLE drafts (number INTEGER PRIMARY KEY, document INTEGER NOT NULL"
        " REFERENCES documents (number), sequence INTEGER NOT NULL, name TEXT,"
        " state BLOB NOT NULL) STRICT"
    )

    def add(db: object) -> None:
        getattr(db, "execute")(drafts)  # noqa: B009
        getattr(db, "execute")("CREATE VIRTUAL TABLE words USING fts5 (text)")  # noqa: B009

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, add))
    with Store.open(profile) as store:
        state = build_document(store.load(DocumentId("document-0000")))[0].encode_state()
    connection = sqlite3.connect(profile / DATABASE)
    rows = [
        (7, 1, 3, None, b"unreadable"),
        (8, 1, 2, "named", zlib.compress(state)),
        *((number, 2, 1, "x" * 30, os.urandom(9_000)) for number in range(9, 90)),
    ]
    connection.executemany("INSERT INTO drafts VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("INSERT INTO words VALUES ('words')")
    connection.execute("DELETE FROM snapshots WHERE document = 1")
    connection.commit()
    connection.close()
    with Store.open(profile) as store:
        assert len(store.salvage().losses) == 1
        with store.database.reading() as reader:
            assert reader.execute("SELECT * FROM drafts ORDER BY number").fetchall() == rows
            assert reader.execute("SELECT * FROM words").fetchall() == []
    assert texts(profile) == before


def test_nothing_readable_is_left_as_it_is(tmp_path: Path) -> None:
    garbage = os.urandom(3 * PAGE)
    (tmp_path / DATABASE).write_bytes(garbage)
    for _ in range(2):
        with pytest.raises(NothingReadable, match="there is no backup"):
            Store.open(tmp_path, salvaging=lambda *_: None)
    assert (tmp_path / DATABASE).read_bytes() == garbage
    assert {path.name for path in tmp_path.iterdir()} == {DATABASE, "inkstand.lock"}


def test_a_full_disk_changes_nothing(small_disk: Path, library: tuple[Path, Path]) -> None:
    path = small_disk / DATABASE
    data = bytearray((library[0] / DATABASE).read_bytes())
    data[5 * PAGE : 6 * PAGE] = bytes(PAGE)
    path.write_bytes(data)
    filler = fill_disk(small_disk)
    with pytest.raises(CannotSalvage, match="the disk is full"):
        Store.open(small_disk, salvaging=lambda *_: None)
    assert path.read_bytes() == data
    assert not list(small_disk.glob("damaged-*"))
    assert not list(small_disk.glob("*.salvaging"))
    filler.unlink()
    Store.open(small_disk, salvaging=lambda *_: None).close()
    assert len(list(small_disk.glob("damaged-*"))) == 1


KILLED_AT = """
import sys, os, pathlib
from sync.store.store import Store
at, seen = int(sys.argv[2]), 0
def rename(self, target, name):
    global seen
    if at == seen:
        os.kill(os.getpid(), 9)
    seen += 1
    return original[name](self, target)
original = {name: getattr(pathlib.Path, name) for name in ("rename", "replace")}
for name in original:
    setattr(pathlib.Path, name, lambda self, target, name=name: rename(self, target, name))
Store.open(pathlib.Path(sys.argv[1]), salvaging=lambda *_: None).close()
print("done")
"""


def test_a_crash_at_any_move_is_finished_by_the_next_start(
    library: tuple[Path, Path], tmp_path: Path
) -> None:
    at, done = 0, False
    while not done:
        profile = tmp_path / str(at)
        shutil.copytree(library[1], profile)
        (profile / f"{DATABASE}-shm").unlink()
        data = bytearray((profile / DATABASE).read_bytes())
        data[PAGE : 2 * PAGE] = bytes(PAGE)
        (profile / DATABASE).write_bytes(data)
        log = (profile / f"{DATABASE}-wal").read_bytes()
        (profile / f"{DATABASE}-damaged").touch()
        script = [sys.executable, "-c", KILLED_AT, profile, str(at)]
        done = subprocess.run(script, capture_output=True, text=True, check=False).stdout != ""
        with Store.open(profile, salvaging=lambda *_: None) as store:
            assert len(store.documents()) == 15
            assert store.salvage_report() is not None
        (aside,) = profile.glob("damaged-*")
        assert (aside / DATABASE).read_bytes() == data
        assert (aside / f"{DATABASE}-wal").read_bytes() == log
        assert not list(profile.glob(f"{DATABASE}.*"))
        at += 1
    assert at > 3


# The log


def test_transactions_behind_a_broken_frame_are_found(
    library: tuple[Path, Path], tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    shutil.copytree(library[1], profile)
    (profile / f"{DATABASE}-shm").unlink()
    log = profile / f"{DATABASE}-wal"
    data = bytearray(log.read_bytes())
    committing = [frame for frame in frames(bytes(data), summed=True) if frame.commits]
    assert len(committing) > 4
    with Pages(profile / DATABASE) as pages:
        before = {number: pages.page(number) for number in range(1, pages.count + 1)}
    broken = committing[len(committing) // 2]
    data[broken.start + 100] ^= 1
    log.write_bytes(data)
    with pytest.raises(DatabaseDamaged, match="its log is broken"):
        Store.open(profile)
    with Pages(profile / DATABASE) as pages:
        after = {number: pages.page(number) for number in range(1, pages.count + 1)}
    assert {number for number in before if before[number] != after.get(number)} <= {broken.page}
    Store.open(profile, salvaging=lambda *_: None).close()


def test_a_last_transaction_that_is_torn_is_no_damage(
    library: tuple[Path, Path], tmp_path: Path
) -> None:
    """A power failure leaves it so; nobody was told that it is on disk."""
    profile = tmp_path / "profile"
    shutil.copytree(library[1], profile)
    (profile / f"{DATABASE}-shm").unlink()
    log = profile / f"{DATABASE}-wal"
    data = bytearray(log.read_bytes())
    last = [frame for frame in frames(bytes(data), summed=False) if frame.commits][-1]
    data[last.start + 100] ^= 1
    log.write_bytes(data)
    Store.open(profile).close()


def test_a_replacement_without_anything_there(tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.write_text("new")
    replacing.replace(tmp_path / DATABASE, new, tmp_path / "aside")
    assert (tmp_path / DATABASE).read_text() == "new"
    assert not (tmp_path / "aside").exists()

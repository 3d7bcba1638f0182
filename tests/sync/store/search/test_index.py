"""The index may be lost, cut, old, damaged or ahead at any time: it is made again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sync.errors import CannotSave
from sync.store.database import connect
from sync.store.search import bookkeeping, index
from sync.store.search.search import Search
from sync.store.store import Store
from tests.sync.store.search.library import add, ids, remove, rewrite, search


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile of three indexed documents, closed."""
    path = tmp_path / "profile"
    with Store.open(path) as store:
        for number in range(3):
            add(store, f"d{number}", f"whale number{number}")
        store.search.catch_up()
    return path


def sound(store: Store) -> None:
    """All documents are found, each once, and a second look has nothing to do."""
    assert sorted(ids(store, "whale")) == ["d0", "d1", "d2"]
    assert store.search.search("whale").total == 3
    assert store.search.stale() == []
    assert store.search.check()


def damage_missing(path: Path) -> None:
    path.unlink()


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_garbage(path: Path) -> None:
    path.write_bytes(b"x" * 10_000)


def damage_other_version(path: Path) -> None:
    connection = connect(path, writable=True)
    connection.execute("UPDATE about SET version = 'other'")
    connection.close()


def damage_lost_entry(path: Path) -> None:
    connection = connect(path, writable=True)
    connection.execute("BEGIN")
    index.remove(connection, [2])
    connection.execute("COMMIT")
    connection.close()


def damage_fts(path: Path) -> None:
    """Rows of FTS5's own tables that are nonsense: each page of the file is still right."""
    connection = connect(path, writable=True)
    for table in ("titles", "words", "phrases"):
        connection.execute(f"UPDATE {table}_data SET block = x'00ff' || block WHERE id > 10")
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        damage_missing,
        damage_empty,
        damage_cut,
        damage_garbage,
        damage_other_version,
        damage_lost_entry,
    ],
)
def test_what_is_found_damaged_at_the_start_is_made_anew(profile: Path, damage: object) -> None:
    assert callable(damage)
    damage(profile / "search.db")
    with Store.open(profile) as store:
        sound(store)


def test_fts_that_reports_damage_is_made_anew(profile: Path) -> None:
    damage_fts(profile / "search.db")
    with Store.open(profile) as store:
        results = store.search.search("whale")
        assert (results.found, results.unindexed) == ((), 3)
        sound(store)


def test_damage_that_indexing_meets_is_mended(profile: Path) -> None:
    connection = connect(profile / "search.db", writable=True)
    connection.execute("UPDATE texts SET text = x'00'")
    connection.close()
    with Store.open(profile) as store:
        rewrite(store, store.documents()[0].id, "the whale again")
        store.search.catch_up()
        store.search.catch_up()
        sound(store)


def test_the_full_check_finds_damage(profile: Path) -> None:
    damage_fts(profile / "search.db")
    with Store.open(profile) as store:
        assert not store.search.check()
        sound(store)


def test_a_crash_between_both_commits_doubles_nothing_and_loses_nothing(profile: Path) -> None:
    with Store.open(profile) as store:
        store.database.submit(lambda writer: bookkeeping.forget(writer, [1, 2])).result()
    with Store.open(profile) as store:
        sound(store)


def test_a_restored_backup_is_searched_as_it_is(profile: Path, tmp_path: Path) -> None:
    """The index is ahead of it, and then at the same sequence with another text."""
    shutil.copy(profile / "inkstand.db", tmp_path / "backup.db")
    with Store.open(profile) as store:
        rewrite(store, store.documents()[0].id, "a duck")
        remove(store, store.documents()[2].id)
        add(store, "new", "whale")
        assert sorted(ids(store, "whale")) == ["d1", "new"]
    shutil.copy(tmp_path / "backup.db", profile / "inkstand.db")
    with Store.open(profile) as store:
        rewrite(store, store.documents()[0].id, "a swan, no whale")
        assert ids(store, "duck") == []
        sound(store)


INDEXER = """
import sys
from pathlib import Path
from sync.store.store import Store
from tests.sync.store.search.library import rewrite
with Store.open(Path(sys.argv[1])) as store:
    names = [record.id for record in store.documents()]
    for round in range(10_000):
        for number, name in enumerate(names):
            rewrite(store, name, f"whale number{number} round{round}")
            print(round, flush=True)
            store.search.catch_up()
"""


@pytest.mark.parametrize("rounds", [3, 7, 12])
def test_killed_while_indexing(profile: Path, rounds: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INDEXER, str(profile)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(rounds):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Store.open(profile) as store:
        sound(store)
        for number in range(3):
            assert ids(store, f"number{number}") == [f"d{number}"]
        numbers = range(rounds + 1)
        totals = [search(store, f"round{number}").total for number in numbers]
        store.search.rebuild()
        assert [search(store, f"round{number}").total for number in numbers] == totals


def test_a_closed_search_says_so(profile: Path) -> None:
    with Store.open(profile) as store:
        search(store, "whale")
    with pytest.raises(CannotSave):
        store.search.search("whale")


def test_an_index_that_cannot_be_written_is_no_end_of_the_store(profile: Path) -> None:
    with Store.open(profile) as store:
        elsewhere = Search(store.database, profile / "no such folder" / "search.db")
        with pytest.raises(CannotSave, match="no such file or folder"):
            elsewhere.search("whale")
        add(store, "more", "text")
        assert ids(store, "text") == ["more"]

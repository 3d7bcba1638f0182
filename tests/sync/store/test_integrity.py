from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from sync.store.integrity import check
from sync.store.migrations import DATABASE
from sync.store.store import Store
from tests.sync.store.library import PAGE, fill


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    with Store.open(folder) as store:
        fill(store, 12)
    return folder


@pytest.fixture
def profile(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "profile")
    return tmp_path / "profile"


def execute(profile: Path, *statements: str) -> None:
    connection = sqlite3.connect(profile / DATABASE, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_all_is_well_also_while_it_is_in_use(profile: Path) -> None:
    assert list(check(profile)) == []
    with Store.open(profile) as store:
        fill(store, 14)
        assert list(check(profile)) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE documents SET waiting = waiting + 1 WHERE number = 2", "changes wait"),
        ("UPDATE documents SET refused_reason = 'x' WHERE refused = 0", "refused changes"),
        ("UPDATE documents SET last_sequence = 0 WHERE number = 2", "but it says 0"),
        (
            "UPDATE documents SET last_sequence = last_sequence + 2 WHERE number = 2",
            "2 changes",
        ),
        ("DELETE FROM updates WHERE sequence = 1 AND document = 2", "missing from its log"),
        ("UPDATE updates SET bytes = x'0102' WHERE sequence = 2", "cannot be read"),
        ("UPDATE snapshots SET bytes = x'0000', crc = NULL WHERE document = 1", "its snapshot is"),
        ("INSERT INTO outbox VALUES (2, 900, 0)", "belong to nothing"),
        ("UPDATE documents SET role = 'king' WHERE number = 2", "makes no sense"),
        ("UPDATE profile SET value = '{' WHERE name = 'account'", "makes no sense"),
        ("DROP TABLE outbox", "tables are missing"),
    ],
)
def test_what_is_amiss_is_said(profile: Path, statement: str, words: str) -> None:
    with Store.open(profile) as store:  # so that rows are there that a snapshot stands for
        store.database.submit(lambda writer: writer.execute("SELECT 1").fetchone()).result()
    execute(profile, "PRAGMA foreign_keys = OFF", statement)
    found = list(check(profile))
    assert any(words in one for one in found), found
    assert all("inkstand s" in one for one in found)  # salvage, or sync


def test_a_broken_page_is_found_and_the_rest_is_looked_at(profile: Path) -> None:
    path = profile / DATABASE
    data = bytearray(path.read_bytes())
    at = len(data) // PAGE // 2 * PAGE
    data[at : at + PAGE] = os.urandom(PAGE)
    path.write_bytes(data)
    assert any(str(path) in one for one in check(profile))


def test_a_spoiled_image_is_found(profile: Path) -> None:
    (image,) = (profile / "attachments").glob("??/*")
    image.write_bytes(b"spoiled")
    (found,) = check(profile)
    assert str(image) in found


def test_it_can_be_ended(profile: Path) -> None:
    class Enough(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        if what == "documents" and done == 3:
            raise Enough

    with pytest.raises(Enough):
        list(check(profile, stop))


def test_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(check(tmp_path))

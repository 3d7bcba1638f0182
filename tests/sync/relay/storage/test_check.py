"""`inkstand-relay check`: each kind of damage is found, and the document is named."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.document.delta import insert
from sync.document.document import Document
from sync.errors import AdministrationError
from sync.relay.audit import Actor
from sync.relay.storage import files
from sync.relay.storage.base import Attachment
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.check import check
from sync.relay.storage.sqlite.log import SqliteLog
from sync.relay.storage.sqlite.storage import SqliteStorage
from sync.types import DocumentId, Origin
from tests.sync.relay.storage.conftest import BOOK, Fill, sql, turn, typed

PICTURE = b"\x89PNG\r\n\x1a\n picture"
DIGEST = hashlib.sha256(PICTURE).digest()
OTHER = DocumentId("other")


def add_picture(data_dir: Path) -> None:
    storage = SqliteStorage(data_dir)
    user = storage.accounts.users()[0].id
    attachment = Attachment(DIGEST, len(PICTURE), "image/png")
    storage.accounts.add_attachment(BOOK, attachment, 10, Actor(user, None))
    storage.close()
    place = files.attachment_path(data_dir, DIGEST)
    place.parent.mkdir(parents=True)
    place.write_bytes(PICTURE)


@pytest.fixture
def found(data_dir: Path, path: Path, log: SqliteLog, fill: Fill) -> list[str]:
    """Hold two documents with a snapshot, a version, a tail and a picture, all in order."""
    storage = SqliteStorage(data_dir)
    user = storage.accounts.users()[0].id
    storage.accounts.create_document(OTHER, "Other", user)
    storage.close()
    for document_id in (BOOK, OTHER):
        updates = typed("one ", "two ", "three ", "four")
        fill(updates[:2], document_id)
        log.compact(document_id)
        fill(updates[2:], document_id)
    add_picture(data_dir)
    assert list(check(data_dir)) == []
    return []


BOOKS = "(SELECT key FROM documents WHERE id = 'book')"


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (
            f"UPDATE updates SET data = x'0101ff' WHERE sequence = 4 AND document = {BOOKS}",
            "1 rows of its log cannot be read",
        ),
        (f"DELETE FROM updates WHERE sequence = 3 AND document = {BOOKS}", "1 rows are missing"),
        (
            f"UPDATE snapshots SET state = x'00ff' WHERE document = {BOOKS}",
            "its snapshot cannot be read",
        ),
        (
            f"UPDATE snapshots SET state = x'0000' WHERE document = {BOOKS}",
            "its snapshot are not as they were written",
        ),
        (
            f"UPDATE snapshots SET sequence = 1 WHERE document = {BOOKS}",
            "1 rows are missing",
        ),
        (f"DELETE FROM snapshots WHERE document = {BOOKS}", "2 rows are missing"),
        (f"UPDATE versions SET state = x'78' WHERE document = {BOOKS}", "version 2 cannot be read"),
    ],
)
def test_damaged_rows(
    data_dir: Path, path: Path, found: list[str], damage: str, sentence: str
) -> None:
    sql(path, damage)
    found += check(data_dir)
    assert any(sentence in line for line in found), found
    assert all("document book:" in line for line in found), found


def test_a_turned_bit_that_still_makes_an_update(
    data_dir: Path, path: Path, found: list[str]
) -> None:
    turn(path, "updates", "data", b"four", b"fear")
    turn(path, "snapshots", "state", b"two", b"toe")
    found += check(data_dir)
    assert [line.split(":")[0] for line in found] == ["document book", "document other"]
    assert all("its snapshot and 1 rows of its log are not as" in line for line in found)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"other")])
def test_an_attachment_that_is_not_there(data_dir: Path, found: list[str], spoil: object) -> None:
    assert callable(spoil)
    spoil(files.attachment_path(data_dir, DIGEST))
    (line,) = check(data_dir)
    assert f"attachment {DIGEST.hex()} of document book is missing or damaged" in line


def test_a_damaged_page(data_dir: Path, path: Path, log: SqliteLog, fill: Fill) -> None:
    fill(typed("x" * 200_000))
    log.close()
    sql(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(-50_000, os.SEEK_END)
        file.write(b"\xff" * 8192)
    found = list(check(data_dir))
    assert any("document book:" in line for line in found), found


def test_what_waits_for_a_gap_to_close(data_dir: Path, fill: Fill) -> None:
    updates = typed("one", "two", "three")
    fill([updates[0], updates[2]])
    (line,) = check(data_dir)
    assert "document book: 1 changes build on changes that have not come" in line


def test_a_file_of_another_format_is_said_to_be_so(data_dir: Path, path: Path) -> None:
    sql(path, "PRAGMA user_version = 1")
    (line,) = check(data_dir)
    assert "Start the relay once" in line
    with pytest.raises(AdministrationError, match="no relay's data"):
        list(check(data_dir / "nowhere"))
    assert schema.VERSION > 1


def run(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sync.relay", *arguments, "--data-dir", str(data_dir)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_command(data_dir: Path, path: Path, fill: Fill) -> None:
    fill(typed("one", "two"))
    well = run(data_dir, "check")
    assert (well.returncode, well.stdout) == (0, "Everything can be read.\n")
    turn(path, "updates", "data", b"two", b"toe")
    ill = run(data_dir, "check")
    assert ill.returncode == 1
    assert "document book" in ill.stdout
    assert "1 problem was found." in ill.stderr


def test_the_document_and_its_versions_can_be_taken_out(
    data_dir: Path, tmp_path: Path, log: SqliteLog, fill: Fill
) -> None:
    updates = typed("one ", "two")
    fill(updates[:1])
    log.compact(BOOK)
    fill(updates[1:])
    out = tmp_path / "out"
    assert run(data_dir, "document", "versions", "book").stdout.split()[0] == "1"
    options = ("document", "export", "book", "--output", str(out))
    assert run(data_dir, *options, "--format", "text", "--version", "1").returncode == 0
    assert out.read_text() == "one "
    taken = run(data_dir, *options)
    assert (taken.returncode, "Choose another file" in taken.stderr) == (1, True)
    out.unlink()
    assert run(data_dir, *options).returncode == 0
    document = Document()
    document.apply_update(out.read_bytes())
    document.apply(insert(document.length, "!"), Origin.COMMAND)
    assert document.text() == "one two!"

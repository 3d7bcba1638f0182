"""The audit log: who did what, written with what it records, and no secret in it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.relay.audit import FAILURES_AN_HOUR, Action
from sync.relay.storage.sqlite.storage import SqliteStorage
from tests.sync.relay.api.client import PASSWORD, Api, Person
from tests.sync.relay.process import RelayProcess


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SqliteStorage]:
    storage = SqliteStorage(tmp_path)
    yield storage
    storage.close()


def actions(storage: SqliteStorage) -> list[str]:
    return [entry.action for entry in storage.accounts.audit(0)]


def test_a_life_of_a_document(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        api = Api(relay.port)
        api.sign_in("ada", "a wrong guess")
        api.sign_in("a name that nobody has", PASSWORD)
        ada = Person(relay.port, api.sign_in("ada").json)
        book = ada.new_document("A secret title")
        code = ada.invite(book, "viewer")
        body = {"code": code, "name": "ben", "password": "battery staple"}
        ben = Person(relay.port, api.post("/api/invites/sign-up", body).json)
        ada.put(f"{book}/members/{ben.user_id}", {"role": "editor"})
        ben.attach(book, b"the bytes of a file")
        spare = ada.post(f"{book}/invites", {"role": "viewer"})
        ada.delete(f"{book}/invites/{spare['id']}")
        ada.post(f"{book}/transfer", {"user_id": ben.user_id})
        ada.delete(f"{book}/members/{ada.user_id}")
        new = {"old_password": "battery staple", "new_password": "a newer one"}
        ben = Person(relay.port, ben.post("/api/change-password", new).json)
        newest = ben.refresh_token
        for _ in range(2):
            newest = api.post("/api/refresh", {"refresh_token": newest})["refresh_token"]
        api.post("/api/refresh", {"refresh_token": ben.refresh_token})
        api.post("/api/sign-out", {"refresh_token": ada.refresh_token})
        relay.admin("user", "deactivate", "ben")
        relay.admin("user", "activate", "ben")
        relay.admin("key", "rotate")

        table = relay.admin("audit")
        entries = [json.loads(line) for line in relay.admin("audit", "--json").splitlines()]
        of_ben = relay.admin("audit", "--user", "BEN", "--since", "1h").splitlines()[1:]
        of_book = relay.admin("audit", "--document", book.rpartition("/")[2]).splitlines()[1:]
        database = b"".join(path.read_bytes() for path in relay.data_dir.glob("relay.sqlite3*"))

    assert [entry["action"] for entry in entries] == [
        "user_added",
        "sign_in_failed",
        "sign_in_failed",
        "signed_in",
        "document_created",
        "invite_created",
        "user_added",
        "invite_accepted",
        "signed_in",
        "member_role_changed",
        "attachment_added",
        "invite_created",
        "invite_revoked",
        "ownership_transferred",
        "member_removed",
        "password_changed",
        "signed_in",
        "token_family_revoked",
        "signed_out",
        "user_deactivated",
        "user_activated",
        "key_rotated",
    ]
    assert {entry["action"] for entry in entries} == set(Action)
    guess, stranger = entries[1:3]
    assert (guess["subject_name"], guess["place"]) == ("ada", "127.0.0.1")
    assert (stranger["subject"], stranger["place"]) == (None, "127.0.0.1")
    changed = entries[9]
    assert (changed["actor_name"], changed["subject_name"], changed["detail"]) == (
        "ada", "ben", "editor",
    )  # fmt: skip
    assert entries[0]["actor"] is entries[0]["place"] is None

    lines = table.splitlines()
    assert len(lines) == 1 + len(entries)
    column = lines[0].index("action")
    assert [line[column:].split()[0] for line in lines[1:]] == [e["action"] for e in entries]
    assert all("ben" in line for line in of_ben)
    assert len(of_book) == 9
    for secret in (
        *("a wrong guess", "a name that nobody has", PASSWORD, "battery staple", "A secret title"),
        *(code, ada.token, ada.refresh_token, newest),
    ):
        assert secret not in table
    for secret in (code, PASSWORD, "battery staple", ada.refresh_token, "a name that nobody has"):
        assert secret.encode() not in database


def test_what_was_not_done_is_not_written(storage: SqliteStorage) -> None:
    with sqlite3.connect(storage.accounts.path) as database:
        database.execute(
            "CREATE TRIGGER no BEFORE INSERT ON members BEGIN SELECT RAISE(ABORT, ''); END"
        )
    database.close()
    ada = storage.accounts.add_user("ada", "no hash")
    before = actions(storage)
    with pytest.raises(Exception, match="does not work"):
        storage.accounts.create_document("book", "Book", ada.id)
    assert actions(storage) == before == ["user_added"]


def test_it_is_bounded_in_time(storage: SqliteStorage) -> None:
    storage.accounts.add_user("ada", "no hash")
    with sqlite3.connect(storage.accounts.path) as database:
        database.execute("UPDATE audit SET at = ?", [int((time.time() - 401 * 24 * 3600) * 1000)])
    database.close()
    storage.accounts.add_user("ben", "no hash")
    [entry] = storage.accounts.audit(0)
    assert entry.subject_name == "ben"


def test_guessing_does_not_fill_the_disk(
    storage: SqliteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.relay.storage.sql.audit.FAILURES_AN_HOUR", 5)
    assert FAILURES_AN_HOUR > 5
    for number in range(10):
        storage.accounts.note_failed_sign_in(None, f"10.0.0.{number}")
    assert actions(storage) == ["sign_in_failed"] * 5


@pytest.mark.parametrize("since", ["7", "7y", "-1d", "d", ""])
def test_a_length_of_time_that_is_none(tmp_path: Path, since: str) -> None:
    result = RelayProcess(tmp_path).run("audit", f"--since={since}")
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "Write minutes, hours or days" in result.stderr

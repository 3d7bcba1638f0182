from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sync.errors import (
    CannotOpenProfile,
    DatabaseDamaged,
    NewerSchema,
    ProfileInUse,
    UnknownDocument,
)
from sync.store.accounts import HERE, Account
from sync.store.copying import copy_document
from sync.store.members import Member
from sync.store.store import DATABASE, Store
from sync.types import DocumentId, Origin, Role
from tests.sync.store.conftest import PAPER

# Appends for ever, from two threads, and reports each sequence once its future is resolved.
APPEND_FOR_EVER = """
import sys, threading
from pathlib import Path
from sync.store.store import Store
from sync.types import Origin

store = Store.open(Path(sys.argv[1]))
printing = threading.Lock()

def report(future):
    with printing:
        print(future.result(), flush=True)

def append():
    window = []
    while True:
        future = store.append_local("paper", b"update", Origin.VIEW, "me")
        future.add_done_callback(report)
        window.append(future)
        if len(window) > 50:
            window.pop(0).result()

for _ in range(2):
    threading.Thread(target=append).start()
"""


@pytest.mark.parametrize("reports", [1, 200, 2000])
def test_kill_9_loses_nothing_that_was_reported(tmp_path: Path, reports: int) -> None:
    with Store.open(tmp_path) as store:
        store.create_document(PAPER, "Paper").result()
    writer = subprocess.Popen(
        [sys.executable, "-c", APPEND_FOR_EVER, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    reported = [int(writer.stdout.readline()) for _ in range(reports)]
    writer.send_signal(signal.SIGKILL)
    reported += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    writer.wait()
    writer.stdout.close()

    with Store.open(tmp_path) as store:
        stored = store.load(PAPER)
        assert stored.last_sequence >= max(reported)
        assert len(stored.updates) == stored.last_sequence
        assert sorted(reported) == list(range(1, len(reported) + 1))
        waiting = store.waiting(PAPER, limit=10**9)
        assert [sequence for sequence, _ in waiting] == list(range(1, stored.last_sequence + 1))
        assert store.document(PAPER).waiting == stored.last_sequence
        assert store.append_local(PAPER, b"more", Origin.VIEW, None).result() == len(waiting) + 1


def test_an_update_comes_back_as_it_went_in(store: Store) -> None:
    assert store.append_local(PAPER, b"one", Origin.VIEW, "me").result() == 1
    assert store.append_remote(PAPER, b"two").result() == 2
    stored = store.load(PAPER)
    assert (stored.snapshot, stored.updates, stored.last_sequence) == (None, [b"one", b"two"], 2)
    assert store.last_sequence(PAPER) == 2


def test_sequences_are_per_document(store: Store) -> None:
    store.create_document(DocumentId("other"), "Other")
    store.append_remote(PAPER, b"x")
    assert store.append_remote(DocumentId("other"), b"x").result() == 1


def test_a_document_is_created_with_its_first_updates(store: Store) -> None:
    other = DocumentId("other")
    store.create_document(other, "Other", [(b"first", Origin.COMMAND)], "me").result()
    assert store.load(other).updates == [b"first"]
    assert store.waiting(other) == [(1, b"first")]


def test_creating_a_document_again_changes_nothing(store: Store) -> None:
    store.create_document(PAPER, "Another title").result()
    assert [record.title for record in store.documents()] == ["Paper"]


def test_an_unknown_document_is_named(store: Store) -> None:
    nothing = DocumentId("nothing")
    for future in (
        store.append_local(nothing, b"x", Origin.VIEW, None),
        store.append_remote(nothing, b"x"),
        store.rename_document(nothing, "x"),
        store.set_role(nothing, Role.OWNER),
        store.acknowledge(nothing, store.last_sequence(PAPER)),
    ):
        with pytest.raises(UnknownDocument, match="no document 'nothing'"):
            future.result()
    with pytest.raises(UnknownDocument):
        store.load(nothing)
    with pytest.raises(UnknownDocument):
        store.document(nothing)


def test_title_and_role_are_kept(store: Store) -> None:
    assert (store.document(PAPER).role, store.document(PAPER).on_relay) == (None, False)
    store.rename_document(PAPER, "New")
    store.set_role(PAPER, Role.VIEWER).result()
    record = store.document(PAPER)
    assert (record.title, record.role, record.on_relay) == ("New", Role.VIEWER, True)
    store.set_role(PAPER, None).result()
    assert (store.document(PAPER).role, store.document(PAPER).on_relay) == (None, True)


def test_one_process_owns_a_profile(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        with pytest.raises(ProfileInUse, match="already open"):
            Store.open(tmp_path)
        script = (
            "import sys, pathlib; from sync.errors import ProfileInUse; from sync.store.store "
            "import Store\ntry: Store.open(pathlib.Path(sys.argv[1]))\n"
            "except ProfileInUse as error: print(error)"
        )
        other = subprocess.run(
            [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
        )
        assert other.stdout.startswith(f"Inkstand is already open on {tmp_path}.")
    Store.open(tmp_path).close()


def test_a_refused_profile_is_not_left_locked(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"garbage")
    for _ in range(2):
        with pytest.raises(DatabaseDamaged):
            Store.open(tmp_path)
    (tmp_path / DATABASE).unlink()
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("PRAGMA user_version=999")
    connection.close()
    for _ in range(2):
        with pytest.raises(NewerSchema):
            Store.open(tmp_path)


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotOpenProfile, match="Cannot open the folder"):
        Store.open(tmp_path / "file" / "profile")


@pytest.mark.skipif(sys.platform == "win32", reason="folder modes")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may do anything")
    tmp_path.chmod(0o500)
    with pytest.raises(CannotOpenProfile, match="no permission"):
        Store.open(tmp_path)
    tmp_path.chmod(0o700)


def test_the_profile_keeps_its_identity(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a") as store:
        identity = store.profile_id
        assert len(identity) == 32
    with Store.open(tmp_path / "a") as store, Store.open(tmp_path / "b") as other:
        assert store.profile_id == identity != other.profile_id


def test_the_account_is_kept(store: Store) -> None:
    assert store.account() is None
    store.set_account("ws://a", "u1", "Ada").result()
    assert store.account() == Account("ws://a", "u1", "Ada")


def test_what_belongs_to_another_account_stays_as_it_is_until_it_is_moved(store: Store) -> None:
    store.set_account("ws://a", "u1", "Ada")
    store.set_role(PAPER, Role.VIEWER, "u1 at ws://a")
    last = store.append_local(PAPER, b"x", Origin.VIEW, "u1").result()
    store.refuse(PAPER, last, "no").result()
    store.set_account("ws://a", "u1", "Ada L.").result()
    assert store.document(PAPER).elsewhere is None
    assert store.accounts() == [Account("ws://a", "u1", "Ada L.")]

    store.set_account("ws://b", "u1", "Ada").result()
    record = store.document(PAPER)
    assert (record.role, record.on_relay, record.waiting, record.refused) == (
        *(Role.VIEWER, True, 0, 1),
    )
    assert record.elsewhere == "ws://a"
    assert store.totals().documents_refused == 0
    assert [account.relay_url for account in store.accounts()] == ["ws://b", "ws://a"]
    assert store.homes() == {"u1 at ws://a": 1}
    copy = copy_document(store, PAPER, "Copy", "u1")
    assert store.document(copy).elsewhere == "ws://a"

    store.move_documents("u1 at ws://a", "u1 at ws://b").result()
    record = store.document(PAPER)
    assert (record.role, record.on_relay, record.waiting, record.refused) == (None, False, 1, 0)
    assert record.elsewhere is None
    assert store.waiting(PAPER) == [(1, b"x")]


def test_what_was_written_before_the_first_account_can_stay_here(store: Store) -> None:
    assert store.document(PAPER).home is None
    store.set_account("ws://a", "u1", "Ada", keep_here=True).result()
    assert store.document(PAPER).elsewhere == ""
    store.create_document(DocumentId("later"), "Later").result()
    assert store.document(DocumentId("later")).elsewhere is None
    store.move_documents(HERE, "u1 at ws://a").result()
    assert store.document(PAPER).elsewhere is None


def test_members_are_remembered(store: Store) -> None:
    assert store.members(PAPER) is None
    ada, ben = Member("1", "Ada", Role.OWNER), Member("2", "Ben", Role.VIEWER, active=False)
    store.remember_members(PAPER, [ada]).result()
    store.remember_members(PAPER, [ada, ben]).result()
    found = store.members(PAPER)
    assert found is not None
    assert found.members == (ada, ben)
    assert found.known > 0


def test_in_another_role_nothing_is_known_to_be_in_step(store: Store) -> None:
    store.set_role(PAPER, Role.VIEWER)
    store.set_relay_states({PAPER: "7"})
    store.set_role(PAPER, Role.VIEWER).result()
    assert store.document(PAPER).relay_state == "7"
    store.set_role(PAPER, Role.EDITOR).result()
    assert store.document(PAPER).relay_state is None

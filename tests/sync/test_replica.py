from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.document.delta import insert
from sync.document.document import Document
from sync.errors import CannotOpenProfile, InvalidUpdate
from sync.replica import Replica
from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import DocumentId, Origin, Sequence
from tests.sync.disks import fill, make_read_only

PAPER = DocumentId("paper")


class Writer:
    """A document that is open for writing, and what its replica said about it."""

    def __init__(self, store: Store) -> None:
        self.saved: list[Sequence] = []
        self.errors: list[str] = []
        self._heard = threading.Condition()
        self.document = Document()
        self.replica = Replica(
            self.document, store, PAPER, "me", self._note(self.saved), self._note(self.errors, str)
        )

    def _note(self, notes: list, convert: Callable = lambda value: value) -> Callable:  # type: ignore[type-arg]
        def note(value: object) -> None:
            with self._heard:
                notes.append(convert(value))
                self._heard.notify_all()

        return note

    def type(self, text: str) -> None:
        self.document.apply(insert(self.document.length, text), Origin.VIEW)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._heard:
            assert self._heard.wait_for(condition, 60)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "profile") as store:
        store.create_document(PAPER, "Paper").result()
        yield store


def text_on_disk(store: Store) -> str:
    document, left_out = build_document(store.load(PAPER))
    assert not left_out
    return document.text()


def break_writing(store: Store) -> None:
    """Make every append to the log fail, inside SQLite."""
    store.database.submit(
        lambda writer: writer.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON updates"
            " BEGIN SELECT RAISE(ABORT, 'out of order'); END"
        )
    ).result()


def mend_writing(store: Store) -> None:
    store.database.submit(lambda writer: writer.execute("DROP TRIGGER broken")).result()


def test_a_local_change_gets_on_disk_and_into_the_outbox(store: Store) -> None:
    writer = Writer(store)
    writer.type("Hello")
    writer.wait_for(lambda: writer.saved == [1])
    assert text_on_disk(store) == "Hello"
    assert store.document(PAPER).waiting == 1
    assert writer.replica.unsaved == 0
    assert writer.replica.close() == 0


def test_many_changes_share_writes_and_keep_their_order(store: Store) -> None:
    writer = Writer(store)
    before = store.database.commits
    for number in range(2000):
        writer.type(f"{number} ")
    assert writer.replica.close() == 0
    assert text_on_disk(store) == writer.document.text()
    assert store.load(PAPER).last_sequence == 2000
    assert store.database.commits - before < 1000


def test_a_remote_change_is_not_logged_again(store: Store) -> None:
    other = Document()
    other.apply(insert(0, "theirs"), Origin.COMMAND)
    update = other.encode_state()
    store.append_remote(PAPER, update).result()
    writer = Writer(store)
    writer.replica.receive(update)
    assert writer.document.text() == "theirs"
    assert writer.replica.close() == 0
    assert store.last_sequence(PAPER) == 1
    with pytest.raises(InvalidUpdate):
        writer.replica.receive(b"garbage")


def test_a_failed_write_is_kept_and_tried_again(store: Store) -> None:
    writer = Writer(store)
    break_writing(store)
    writer.type("one ")
    writer.wait_for(lambda: bool(writer.errors))
    writer.type("two ")
    assert writer.replica.unsaved == 2
    assert str(writer.replica.error) in writer.errors
    mend_writing(store)
    writer.wait_for(lambda: bool(writer.saved))
    writer.type("three")
    assert writer.replica.close() == 0
    assert text_on_disk(store) == "one two three"
    assert len(writer.errors) == 1
    assert writer.replica.error is None


def test_what_cannot_be_saved_at_the_end_is_counted(store: Store) -> None:
    writer = Writer(store)
    break_writing(store)
    writer.type("one ")
    writer.type("two ")
    assert writer.replica.close(timeout=0.1) == 2
    writer.type("not listened to")
    assert writer.replica.unsaved == 2


def test_a_full_disk(small_disk: Path) -> None:
    with Store.open(small_disk / "profile") as store:
        store.create_document(PAPER, "Paper").result()
        writer = Writer(store)
        writer.type("before ")
        writer.wait_for(lambda: writer.saved == [1])
        filler = fill(small_disk)
        writer.type("x" * 200_000)
        writer.type(" after")
        writer.wait_for(lambda: bool(writer.errors))
        assert "the disk is full" in writer.errors[0]
        assert writer.replica.unsaved == 2
        filler.unlink()
        assert writer.replica.close(timeout=60) == 0
        assert text_on_disk(store) == writer.document.text()


def test_a_disk_that_takes_no_more_writes(real_disk: Path) -> None:
    with Store.open(real_disk / "profile") as store:
        store.create_document(PAPER, "Paper").result()
        writer = Writer(store)
        writer.type("before ")
        writer.wait_for(lambda: bool(writer.saved))
        make_read_only(real_disk)
        writer.type("meanwhile ")
        writer.wait_for(lambda: bool(writer.errors))
        assert writer.replica.unsaved == 1
        assert text_on_disk(store) == "before "
        assert store.document(PAPER).waiting == 1
        assert writer.replica.close(timeout=0.1) == 1


def test_a_folder_that_is_read_only_at_the_start(small_disk: Path) -> None:
    Store.open(small_disk / "profile").close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(CannotOpenProfile, match="read-only"):
        Store.open(small_disk / "profile")


def test_a_closed_store_is_an_error_like_any_other(store: Store) -> None:
    writer = Writer(store)
    store.close()
    writer.type("late")
    assert "profile was closed" in writer.errors[0]
    assert writer.replica.close(timeout=0.1) == 1


TYPE_FOR_EVER = """
import sys
from pathlib import Path
from sync.store.store import Store
from tests.sync.test_replica import PAPER, Writer

writer = Writer(Store.open(Path(sys.argv[1])))
for number in range(10**9):
    writer.type(f"{number} ")
    seen = len(writer.saved)
    if seen:
        print(writer.saved[-1], flush=True)
"""


def test_kill_9_while_typing_keeps_what_was_said_to_be_saved(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.create_document(PAPER, "Paper").result()
    child = subprocess.Popen(
        [sys.executable, "-c", TYPE_FOR_EVER, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for _ in range(300):
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    saved = max(int(line) for line in child.stdout.read().split("\n")[:-1] or ["1"])
    child.wait()
    child.stdout.close()
    with Store.open(tmp_path) as store:
        stored = store.load(PAPER)
        assert stored.last_sequence >= saved
        words = text_on_disk(store).split()
        assert words == [str(number) for number in range(stored.last_sequence)]

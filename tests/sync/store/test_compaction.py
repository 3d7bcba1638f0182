from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from sync.document.delta import insert
from sync.document.document import Document
from sync.document.library import Library
from sync.store.compaction import build_document, equal
from sync.store.store import Store
from sync.types import DocumentId, Origin, Sequence, library_id
from tests.sync.store.conftest import PAPER


def typed(*words: str) -> tuple[Document, list[bytes]]:
    document = Document(client_id=1)
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    document.apply(insert(0, "\n"), Origin.COMMAND)
    for word in words:
        document.apply(insert(document.length - 1, word), Origin.VIEW)
    return document, updates


def text_on_disk(store: Store) -> str:
    document, left_out = build_document(store.load(PAPER))
    assert not left_out
    return document.text()


def rows(store: Store) -> int:
    with store.database.reading() as connection:
        (count,) = connection.execute("SELECT count(*) FROM updates").fetchone()
    return int(count)


def test_a_snapshot_replaces_the_log(store: Store) -> None:
    document, updates = typed("one ", "two ", "three")
    store.append_remote_all(PAPER, updates).result()
    assert store.compact(PAPER)
    stored = store.load(PAPER)
    assert (stored.updates, stored.last_sequence, rows(store)) == ([], 4, 0)
    assert text_on_disk(store) == document.text()
    assert store.append_remote(PAPER, b"\0\0").result() == 5


def test_what_stands_in_maps_only_is_compared_too(store: Store) -> None:
    """A library has no text, and two of one client look alike by their state vectors."""

    def library(favourite: str) -> Document:
        made = Library(client_id=1)
        made.favour([DocumentId(favourite)])
        return Document.load(made.encode_state())

    assert equal(library("a"), Document.load(library("a").encode_state()))
    one, other = library("a"), library("b")
    assert one.state_vector() == other.state_vector()
    assert not equal(one, other)
    mine = library_id("1" * 32)
    update = one.encode_state()
    store.create_document(mine, "", [(update, Origin.COMMAND)]).result()
    assert store.compact(mine)
    assert Document.load(store.load(mine).snapshot).maps() == one.maps()


def test_rows_in_the_outbox_stay(store: Store) -> None:
    document, updates = typed("one ", "two ", "three")
    store.append_remote_all(PAPER, updates[:2])
    store.append_local_all(PAPER, [(update, Origin.VIEW) for update in updates[2:]], None).result()
    assert store.compact(PAPER)
    assert rows(store) == 2
    assert store.waiting(PAPER) == [(3, updates[2]), (4, updates[3])]
    assert store.load(PAPER).updates == []
    assert text_on_disk(store) == document.text()
    store.acknowledge(PAPER, Sequence(4)).result()
    assert store.compact(PAPER)
    assert rows(store) == 0


def test_the_tail_is_read_after_the_snapshot(store: Store) -> None:
    document, updates = typed("one ", "two ", "three")
    store.append_remote_all(PAPER, updates[:3]).result()
    assert store.compact(PAPER)
    store.append_remote_all(PAPER, updates[3:]).result()
    assert store.load(PAPER).updates == updates[3:]
    assert text_on_disk(store) == document.text()


def test_a_gap_keeps_the_log_as_it_is(store: Store) -> None:
    _, updates = typed("one ", "two ", "three")
    store.append_remote_all(PAPER, [*updates[:2], updates[3]]).result()
    assert not store.compact(PAPER)
    assert rows(store) == 3
    store.append_remote(PAPER, updates[2]).result()
    assert store.compact(PAPER)
    assert text_on_disk(store) == "one two three\n"


def test_an_unreadable_row_costs_only_itself(store: Store) -> None:
    document, updates = typed("one ", "two ")
    store.append_remote_all(PAPER, [*updates[:2], b"garbage", *updates[2:]]).result()
    found, left_out = build_document(store.load(PAPER))
    assert found.text() == document.text()
    assert [str(error)[:28] for error in left_out] == ["A change could not be read a"]
    assert not store.compact(PAPER)
    assert rows(store) == 4


COMPACT_FOR_EVER = """
import sys
from pathlib import Path
from sync.store import compaction
from sync.store.store import Store
from tests.sync.store.test_compaction import PAPER, typed

compaction.ROWS_AT_A_TIME = 1
store = Store.open(Path(sys.argv[1]))
_, updates = typed(*["word "] * 300)
for start in range(0, 301, 43):
    store.append_remote_all(PAPER, updates[start : start + 43]).result()
    print(flush=True)
    store.compact(PAPER)
"""


def test_a_crash_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    for batches in (1, 2, 4, 6):
        profile = tmp_path / str(batches)
        with Store.open(profile) as store:
            store.create_document(PAPER, "Paper").result()
        child = subprocess.Popen(
            [sys.executable, "-c", COMPACT_FOR_EVER, profile], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(batches):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        more = len(child.stdout.read().split("\n")) - 1
        child.wait()
        child.stdout.close()
        words = min(43 * (batches + more), 301) - 1
        with Store.open(profile) as store:
            assert text_on_disk(store).count("word ") in (words, min(words + 43, 300))
            assert store.compact(PAPER)
            assert rows(store) == 0

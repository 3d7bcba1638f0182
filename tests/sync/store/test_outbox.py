from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from sync.store import documents, log, migrations, outbox
from sync.store.store import Store
from sync.types import Origin, Sequence
from tests.sync.store.conftest import PAPER


def write(store: Store, *updates: bytes) -> None:
    for update in updates:
        store.append_local(PAPER, update, Origin.VIEW, None).result()


def test_updates_wait_in_order_until_they_are_acknowledged(store: Store) -> None:
    write(store, b"a", b"b", b"c")
    assert store.waiting(PAPER) == [(1, b"a"), (2, b"b"), (3, b"c")]
    assert store.waiting(PAPER, Sequence(1), limit=1) == [(2, b"b")]
    store.acknowledge(PAPER, Sequence(2)).result()
    assert store.waiting(PAPER) == [(3, b"c")]
    assert store.document(PAPER).waiting == 1


def test_remote_updates_do_not_wait(store: Store) -> None:
    store.append_remote(PAPER, b"x").result()
    assert store.waiting(PAPER) == []
    assert store.document(PAPER).waiting == 0


def test_a_refused_update_is_kept_with_its_reason(store: Store) -> None:
    write(store, b"a")
    store.refuse(PAPER, Sequence(1), "You may only read this document.").result()
    record = store.document(PAPER)
    assert (record.waiting, record.refused) == (0, 1)
    assert record.refused_reason == "You may only read this document."
    assert store.waiting(PAPER) == []
    assert store.load(PAPER).updates == [b"a"]


def test_a_later_acknowledgment_leaves_what_was_refused(store: Store) -> None:
    write(store, b"a", b"b")
    store.refuse(PAPER, Sequence(1), "no")
    store.acknowledge(PAPER, Sequence(2)).result()
    assert (store.document(PAPER).waiting, store.document(PAPER).refused) == (0, 1)


def test_an_acknowledgment_of_everything_takes_what_was_refused(store: Store) -> None:
    write(store, b"a", b"b")
    store.refuse(PAPER, Sequence(1), "no")
    store.acknowledge(PAPER, Sequence(2), refused_too=True).result()
    record = store.document(PAPER)
    assert (record.waiting, record.refused, record.refused_reason) == (0, 0, None)


def test_refusing_nothing_says_nothing(store: Store) -> None:
    store.refuse(PAPER, Sequence(0), "no").result()
    assert store.document(PAPER).refused_reason is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "receive", "acknowledge", "all", "refuse"]), st.integers(0)
    ),
    max_size=40,
)


@given(STEPS)
def test_the_counts_are_what_the_rows_say(steps: list[tuple[str, int]]) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    migrations.apply(connection, len(migrations.MIGRATIONS))
    documents.create(connection, PAPER, "Paper")
    for kind, number in steps:
        up_to = Sequence(number % (log.last_sequence(connection, PAPER) + 1))
        match kind:
            case "write":
                outbox.put(connection, *log.append(connection, PAPER, [(b"x", Origin.VIEW)], None))
            case "receive":
                log.append(connection, PAPER, [(b"x", Origin.REMOTE)], None)
            case "refuse":
                outbox.refuse(connection, PAPER, up_to, "no")
            case _:
                outbox.acknowledge(connection, PAPER, up_to, refused_too=kind == "all")
    record = documents.record(connection, PAPER)
    rows = connection.execute("SELECT refused FROM outbox").fetchall()
    assert record.waiting == rows.count((0,))
    assert record.refused == rows.count((1,))
    assert (record.refused_reason is None) == (record.refused == 0)
    connection.close()

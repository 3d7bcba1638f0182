"""What `read_header` lets through, pycrdt can take in; what it joins, says the same."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import pycrdt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.document.delta import insert
from sync.document.document import Document
from sync.document.runs import join_runs
from sync.document.updates import MAX_PARENTS, CausalBuffer, guarded, read_header
from sync.errors import InvalidUpdate
from sync.lib0 import encode_bytes, encode_string, encode_varuint
from sync.types import Origin

WORDS = ["a", "word ", "é", "中", "😀", "\n", "שלום", "\0"]


def any_document(seed: int) -> list[bytes]:
    """Return updates of shared types of every kind, nested, deleted and typed in a row."""
    rng = random.Random(seed)
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    updates: list[bytes] = []
    subscription = doc.observe(lambda event: updates.append(event.update))
    text = doc.get("content", type=pycrdt.Text)
    items = doc.get("items", type=pycrdt.Array)
    table = doc.get("table", type=pycrdt.Map)
    for number in range(30):
        match rng.randrange(7):
            case 0:
                at = len(text)
                for _ in range(rng.randint(1, 20)):
                    text.insert(at, "x", {})
                    at += 1
            case 1:
                text += rng.choice(WORDS)
            case 2:
                items.append(rng.choice([1, 1.5, None, True, "s", [1, [2]], {"k": b"bytes"}]))
            case 3:
                table[f"k{rng.randrange(5)}"] = rng.choice([1, "s", pycrdt.Map({"n": number})])
            case 4:
                items.append(pycrdt.Array([pycrdt.Text("deep"), number]))
            case 5 if len(items):
                del items[rng.randrange(len(items))]
            case _:
                text.insert(0, "b", {"bold": True})
    doc.unobserve(subscription)
    return updates


def state_of(*updates: bytes) -> tuple[bytes, bytes]:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    for update in updates:
        guarded(doc.apply_update, update)
    return doc.get_state(), doc.get_update()


def one_by_one(updates: list[bytes]) -> bytes:
    """Return what Yjs' `mergeUpdates` makes of updates: all items, none joined."""
    return bytes(pycrdt.merge_updates(*updates))


@given(st.integers(0, 10_000))
def test_joined_runs_say_the_same(seed: int) -> None:
    updates = any_document(seed)
    merged = one_by_one(updates)
    joined = join_runs(merged)
    assert len(joined) <= len(merged)
    read_header(joined)
    assert state_of(joined) == state_of(merged) == state_of(*updates)


def test_a_typed_run_becomes_one_item() -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=1)
    updates: list[bytes] = []
    subscription = doc.observe(lambda event: updates.append(event.update))
    text = doc.get("content", type=pycrdt.Text)
    for index in range(1_000):
        text.insert(index, "x", {})
    doc.unobserve(subscription)
    assert len(one_by_one(updates)) > 5_000
    assert join_runs(one_by_one(updates)) == doc.get_update()


def item(kind: int, body: bytes) -> bytes:
    return b"\x01\x01\x01\x00" + bytes([kind]) + b"\x01\x01t" + body + b"\x00"


HUGE = encode_varuint((1 << 53) - 1)
TOO_HUGE = b"\xff" * 7 + b"\x7f"
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    "update",
    [
        b"",
        b"\x00",
        HUGE,
        b"\x01" + HUGE,
        item(4, HUGE),
        item(4, b"\x00"),
        item(8, b"\x00"),
        item(8, HUGE + bytes(10)),
        item(8, b"\x01" + b"\x75\x01" * 100_000 + b"\x7e"),
        item(1, HUGE),
        item(1, encode_varuint(1 << 31)),
        b"\x01\x01\x01\x00\x00" + HUGE + b"\x00",
        b"\x01\x01\x01" + HUGE + b"\x04\x01\x01t\x01x\x00",
        b"\x01\x01" + TOO_HUGE + b"\x00\x04\x01\x01t\x01x\x00",
        item(2, b"\x01" + encode_string("nonsense")),
        item(2, b"\x01" + encode_bytes(DEEP)),
        item(5, encode_string("nonsense")),
        item(5, encode_bytes(DEEP)),
        item(6, encode_string("bold") + encode_string("nonsense")),
        item(6, encode_string("bold") + encode_bytes(DEEP)),
        item(6, encode_bytes(b"\xff") + encode_string("true")),
        item(4, encode_bytes(b"\xff\xfe")),
        item(4, encode_bytes(b"\xed\xa0\x80")),
        item(7, b"\x07"),
        item(31, b"\x00"),
        b"\x00\x01\x01" + HUGE,
        b"\x00\x00\x00",
    ],
)
def test_what_is_no_update(update: bytes) -> None:
    with pytest.raises(InvalidUpdate):
        read_header(update)


@given(st.integers(0, 200), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4))
@example(0, [])
def test_what_is_let_through_can_be_taken_in(seed: int, changes: list[tuple[float, int]]) -> None:
    rng = random.Random(seed)
    data = bytearray(rng.choice(any_document(seed % 20)))
    for where, byte in changes:
        data[int(where * (len(data) - 1))] = byte
    update = bytes(data)
    try:
        read_header(update)
    except InvalidUpdate:
        return
    state_of(update)  # raises if it cannot
    read_header(join_runs(update))
    assert state_of(join_runs(update)) == state_of(update)


def nested(depth: int, client: int = 1) -> bytes:
    """Return maps in maps, the first of which is deleted, and all with it."""
    name = encode_varuint(client)
    parts = [b"\x01", encode_varuint(depth), name, b"\x00"]
    for level in range(depth):
        where = b"\x01\x01m" if level == 0 else b"\x00" + name + encode_varuint(level - 1)
        parts.append(b"\x27" + where + b"\x01k\x01")
    return b"".join([*parts, b"\x01", name, b"\x01\x00\x01"])


def test_nesting_is_bounded() -> None:
    assert Document.load(None, [nested(MAX_PARENTS)])  # and this process is still there
    with pytest.raises(InvalidUpdate, match="nests too deeply"):
        Document.load(None, [nested(MAX_PARENTS + 2)])


def test_nesting_is_bounded_over_all_updates() -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    buffer = CausalBuffer(doc.get_state, most_parents=10)
    for client in range(1, 6):
        assert buffer.admit(nested(3, client))
        assert buffer.admit(nested(3, client))  # the same again counts once
    with pytest.raises(InvalidUpdate, match="nests too deeply"):
        buffer.admit(nested(3, 6))


def test_nesting_is_bounded_over_a_snapshot_and_what_follows() -> None:
    not_deleted = nested(MAX_PARENTS // 2).removesuffix(b"\x01\x01\x01\x00\x01") + b"\0"
    snapshot = Document.load(None, [not_deleted]).encode_state()
    with pytest.raises(InvalidUpdate, match="nests too deeply"):
        Document.load(snapshot, [nested(MAX_PARENTS // 2 + 4, client=2)])


def test_a_damaged_snapshot_is_refused() -> None:
    writer = Document()
    writer.apply(insert(0, "some words\n"), Origin.COMMAND)
    snapshot = writer.encode_state()
    for size in range(len(snapshot)):
        with pytest.raises(InvalidUpdate):
            Document.load(snapshot[:size])


def test_a_long_update_takes_little_memory() -> None:
    script = (
        "import resource\n"
        "from sync.document.document import Document\n"
        "from sync.lib0 import encode_varuint\n"
        "count = 100_000\n"
        "head = b'\\x01' + encode_varuint(count) + b'\\x09\\x00\\x04\\x01\\x07content\\x01a'\n"
        "rest = (b'\\x84\\x09' + encode_varuint(n - 1) + b'\\x01a' for n in range(1, count))\n"
        "update = head + b''.join(rest) + b'\\x00'\n"
        "document = Document()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "document.apply_update(update)\n"
        "print(document.length, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, check=True, timeout=60
    )
    length, grown = map(int, result.stdout.split())
    assert length == 100_000
    kibibyte = 1 if sys.platform == "linux" else 1024  # macOS counts bytes
    assert grown < 100_000 * kibibyte

"""How a node follows a log to which others append: whatever a bus does to what it carries."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.relay.following import MOST_AHEAD, Following
from sync.relay.storage.base import StoredLog
from sync.types import Sequence


def update(sequence: int) -> bytes:
    return b"%d" % sequence


def since(after: int, last: int) -> StoredLog:
    return StoredLog(None, [update(n) for n in range(after + 1, last + 1)], Sequence(last))


@given(st.data())
def test_all_others_updates_are_passed_on_once_and_in_order(data: st.DataObject) -> None:
    """Lost, swapped, doubled; some are this node's own; the log is read at any moment."""
    begin = data.draw(st.integers(0, 3), "what the log holds at first")
    last = begin + data.draw(st.integers(1, 25), "what it holds in the end")
    own = set(data.draw(st.lists(st.integers(begin + 1, last)), "this node's own"))
    others = [n for n in range(begin + 1, last + 1) if n not in own]
    carried = data.draw(st.lists(st.sampled_from(others)) if others else st.just([]), "the bus")
    # What a node appends itself comes back in order, and always.
    events = [("came", n) for n in carried]
    for n in sorted(own, reverse=True):
        at = data.draw(st.integers(0, len(events)))
        later = [i for i, (kind, _) in enumerate(events) if kind == "own"]
        events.insert(min([at, *later]), ("own", n))
    following, passed = Following(), []
    passed += following.begin(Sequence(begin))
    on_disk = begin
    for kind, n in events:
        on_disk = max(on_disk, n)
        if kind == "own":
            passed += following.appended(Sequence(n))
        else:
            passed += following.came(Sequence(n), [update(n)])
        if data.draw(st.booleans(), "read the log"):
            assert following.known is not None
            found = following.read(since(following.known, on_disk), following.highest)
            assert found is not None
            passed += found
            assert following.known == on_disk
            assert not following.lacks
    assert following.known is not None
    passed += following.read(since(following.known, last), following.highest) or []
    assert following.known == last
    assert not following.lacks
    # One of its own that was read from the log before it came back is passed on again: the CRDT
    # knows it. All others are there once.
    numbers = [int(one) for one in passed]
    assert numbers == sorted(set(numbers))
    assert [n for n in numbers if n not in own] == others


def test_what_came_before_the_end_of_the_log_was_known_is_not_lost() -> None:
    following = Following()
    assert following.came(Sequence(5), [update(5), update(6)]) == []
    assert not following.lacks
    assert following.begin(Sequence(4)) == [update(5), update(6)]


def test_a_gap_is_seen_and_closes_by_itself_or_by_the_log() -> None:
    following = Following()
    following.begin(Sequence(3))
    assert following.came(Sequence(5), [update(5)]) == []
    assert following.lacks
    assert following.came(Sequence(4), [update(4)]) == [update(4), update(5)]
    assert not following.lacks
    following.exists(Sequence(8))
    assert following.lacks
    assert following.read(since(5, 8), following.highest) == [update(6), update(7), update(8)]
    assert not following.lacks


def test_behind_a_snapshot_all_begin_again() -> None:
    following = Following()
    following.begin(Sequence(3))
    stored = StoredLog(b"a state", [update(9)], Sequence(9))
    assert following.read(stored, following.highest) is None
    assert following.known == 9
    assert following.came(Sequence(10), [update(10)]) == [update(10)]


def test_a_sequence_that_no_log_has_is_forgotten_once_the_log_was_read() -> None:
    following = Following()
    following.begin(Sequence(3))
    following.came(Sequence(10**12), [b"a lie"])
    assert following.lacks
    assert following.read(since(3, 3), following.highest) == []
    assert not following.lacks
    assert following.came(Sequence(4), [update(4)]) == [update(4)]


def test_one_that_came_while_the_log_was_read_still_waits() -> None:
    following = Following()
    following.begin(Sequence(3))
    following.exists(Sequence(4))
    heard_of = following.highest
    following.came(Sequence(6), [update(6)])  # after the log was asked
    assert following.read(since(3, 4), heard_of) == [update(4)]
    assert following.lacks
    assert following.came(Sequence(5), [update(5)]) == [update(5), update(6)]


def test_what_waits_is_bounded() -> None:
    following = Following()
    following.begin(Sequence(0))
    for number in range(2, MOST_AHEAD + 100):
        assert following.came(Sequence(number), [update(number)]) == []
    assert len(following._ahead) <= MOST_AHEAD
    assert following.lacks
    last = MOST_AHEAD + 99
    assert following.read(since(0, last), following.highest) == since(0, last).updates

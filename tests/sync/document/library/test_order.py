"""Keys between keys: always in order, and short, whatever is inserted where."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.library.order import (
    COMFORTABLE,
    LONGEST,
    UNPLACED,
    arrange,
    insert_keys,
    is_key,
    tag_of,
)

Where = Callable[[int, list[str]], int]
"""Returns an index from how many insertions there have been, and the keys."""

A, B = tag_of(1), tag_of(2)


def grown(
    at: Callable[[int, list[str]], int], times: int, tags: list[str]
) -> tuple[list[str], int]:
    """Insert one key at a time; return all of them and how many were given anew on the way."""
    keys: list[str] = []
    again = 0
    for number in range(times):
        index = at(number, keys)
        first, made = insert_keys(keys, index, 1, tags[number % len(tags)])
        keys[first : first + len(made) - 1] = made
        again += len(made) - 1
        assert keys[index] in made
    assert keys == sorted(set(keys))
    assert all(map(is_key, keys))
    return keys, again


PLACES: dict[str, Where] = {
    "always last": lambda _, keys: len(keys),
    "always first": lambda _, keys: 0,
    "always second": lambda _, keys: min(1, len(keys)),
    "always last but one": lambda _, keys: max(0, len(keys) - 1),
    "in the middle": lambda _, keys: len(keys) // 2,
    "closing in": lambda number, keys: (len(keys) + number % 2) // 2,
    "first and last in turns": lambda number, keys: number % 2 * len(keys),
    "at random": lambda number, keys: random.Random(number).randint(0, len(keys)),
}


@pytest.mark.parametrize("tags", [[A], [A, B], [A, A, B]])
@pytest.mark.parametrize("place", PLACES)
def test_keys_stay_short(place: str, tags: list[str]) -> None:
    keys, again = grown(PLACES[place], 2_000, tags)
    assert max(map(len, keys)) <= COMFORTABLE < LONGEST
    assert again <= 2_000 * 16, "siblings are given new keys too often"


def test_a_library_that_only_grows_never_needs_new_keys() -> None:
    for place in ("always last", "always first", "first and last in turns"):
        keys, again = grown(PLACES[place], 5_000, [A, B])
        assert not again
        assert max(map(len, keys)) <= 10


@given(
    st.lists(st.text("0aVz", min_size=1, max_size=5), max_size=8),
    st.integers(0, 8),
    st.integers(1, 5),
)
def test_room_is_made_between_any_keys(keys: list[str], at: int, count: int) -> None:
    """A peer may have written equal keys, keys of zeros, keys with nothing between them."""
    keys = sorted(keys)
    at = min(at, len(keys))
    first, made = insert_keys(keys, at, count, A)
    last = first + len(made) - count
    assert first <= at <= last
    assert made == sorted(set(made))
    assert all(key < made[0] for key in keys[:first])
    assert all(made[-1] < key for key in keys[last:])


def test_rows_made_at_the_same_time_do_not_mix() -> None:
    _, ends = insert_keys([], 0, 2, A)
    rows = {}
    for tag in (A, B):
        keys = list(ends)
        for number in range(10):  # one behind the other, and then one before the other
            _, [key] = insert_keys(keys, 1 + (number if number < 5 else 0), 1, tag)
            keys.insert(1 + (number if number < 5 else 0), key)
        rows[tag] = keys[1:-1]
    both = sorted([*rows[A], *rows[B]])
    assert both in (rows[A] + rows[B], rows[B] + rows[A])


def test_arranging_places_what_has_no_place_only_where_it_must() -> None:
    siblings = [("V00", "placed"), (UNPLACED + "1", "one"), (UNPLACED + "2", "two")]
    assert list(arrange(siblings, ["new"], None, A)) == ["new"]
    assert list(arrange(siblings, ["new"], "one", A)) == ["new"]
    before_two = arrange(siblings, ["new"], "two", A)
    assert list(before_two) == ["one", "new"]
    assert "V00" < before_two["one"] < before_two["new"]
    assert list(arrange(siblings, ["two"], "two", A)) == ["one", "two"]

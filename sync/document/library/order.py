"""Keys that order siblings: strings, compared as they are, with room between any two.

A key is a fraction in base 62. Keys that one device makes in a row share a beginning that
ends with the device's tag, and count on behind it, so two rows made at the same place at
the same time come to stand one behind the other and not mixed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sync.errors import InvalidChange

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_BASE = len(_DIGITS)
_TAG = 3
"""Digits of a tag: two devices have the same one in 1 of 238,328 cases, which mixes rows."""
_COUNT = 2
"""Digits that count within a row."""
_END = 3
"""Digits of a row's place at an end: 119,000 rows fit before and behind the first one."""

COMFORTABLE = 54
"""Digits of a key from which on its neighbours get new ones as well."""
LONGEST = 64
"""Digits of a key that is read."""

_KEY = re.compile(f"[0-9A-Za-z]{{1,{LONGEST}}}")

UNPLACED = "~"
"""Begins what stands in the place of a key where there is none: behind all keys."""


def is_key(value: object) -> bool:
    """Whether a value is a key."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def tag_of(client_id: int) -> str:
    """Return the tag of a Yjs client's keys."""
    return _encode(client_id % _BASE**_TAG, _TAG)


def arrange(
    siblings: Sequence[tuple[str, str]], items: Sequence[str], before: str | None, tag: str
) -> dict[str, str]:
    """Return new keys by id: of `items`, and of siblings beside them where room was lacking.

    `siblings` are keys and ids in order. The items come to stand before the sibling of id
    `before`, or the next that is none of them; None: behind all that have a key. Raises
    `InvalidChange` if there is no such sibling.
    """
    if not items:
        return {}
    moving = set(items)
    others = [(key, id_) for key, id_ in siblings if id_ not in moving]
    ids = [id_ for _, id_ in others]
    at = sum(1 for key, _ in others if not key.startswith(UNPLACED))
    if before is not None:
        behind = [id_ for _, id_ in siblings]
        if before not in behind:
            raise InvalidChange("what it should stand before is not there any more")
        at = len(ids)
        for id_ in behind[behind.index(before) :]:
            if id_ not in moving:
                at = ids.index(id_)
                break
    first, made = insert_keys([key for key, _ in others], at, len(items), tag)
    ids[at:at] = items
    return dict(zip(ids[first:], made, strict=False))


def insert_keys(keys: Sequence[str], at: int, count: int, tag: str) -> tuple[int, list[str]]:
    """Return keys for `count` new siblings before the one at index `at` of `keys`.

    `keys` are in order; some may be equal, or begin with `UNPLACED`. Where no room is left,
    siblings beside the new ones need new keys too: returned are the index of the first
    of them, and the keys of all from there to the last of them, the new ones among them.
    """
    first = last = at
    while first > 0 and keys[first - 1].startswith(UNPLACED):
        first -= 1
    reach = 4
    while True:
        lower = keys[first - 1] if first else ""
        upper = keys[last] if last < len(keys) else None
        if upper is not None and upper.startswith(UNPLACED):
            upper = None
        wanted = count + last - first
        if upper is None or lower.rstrip("0") < upper.rstrip("0"):
            again = wanted > count
            made = _row(lower, upper, wanted, tag)
            # New keys for siblings are worth their bytes only if they last.
            if len(made[-1]) <= (COMFORTABLE // 2 if again else COMFORTABLE) or (
                first == 0 and upper is None
            ):
                return first, made
        first = max(0, first - reach)
        if upper is not None:
            last = min(len(keys), last + reach)
        reach *= 2


def _row(lower: str, upper: str | None, count: int, tag: str) -> list[str]:
    """Return keys between two others, "" and None being the ends."""
    beginning, value = _own(lower, tag)
    other, end = _own(upper or "", tag)
    start = value + 1 if beginning else end - count
    # Between two keys of one row a new one begins, as it would for another device.
    if beginning != other and 0 <= start <= _BASE**_COUNT - count:
        made = _counted(beginning or other, start, count, _COUNT)
        # Without zeros at its end a key is the same fraction: nothing fits between the two.
        if lower < made[0].rstrip("0") and (upper is None or made[-1] < upper.rstrip("0")):
            return made
    width = _COUNT
    while _BASE**width < 2 * count:
        width += 1
    return _counted(_between(lower, upper) + tag, (_BASE**width - count) // 2, count, width)


def _counted(beginning: str, start: int, count: int, digits: int) -> list[str]:
    return [beginning + _encode(start + number, digits) for number in range(count)]


def _own(key: str, tag: str) -> tuple[str, int]:
    """Return how the device's row begins that a key is of, and how far it has counted."""
    own = key[-_TAG - _COUNT : -_COUNT] == tag
    return (key[:-_COUNT], _decode(key[-_COUNT:])) if own else ("", 0)


def _between(lower: str, upper: str | None) -> str:
    """Return a short fraction between two, so that all that begin with it are there too."""
    digits = _END if not lower or upper is None else 1
    while True:
        low = _decode(lower[:digits].ljust(digits, "0"))
        high = _BASE**digits if upper is None else _decode(upper[:digits].ljust(digits, "0"))
        if high - low > 1:
            if lower and upper is None:
                return _encode(low + 1, digits)
            if upper is not None and not lower:
                return _encode(high - 1, digits)
            return _encode((low + high) // 2, digits)
        digits += 1


def _decode(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * _BASE + _VALUES[digit]
    return value


def _encode(value: int, digits: int) -> str:
    made = ""
    for _ in range(digits):
        value, digit = divmod(value, _BASE)
        made = _DIGITS[digit] + made
    return made

"""Reading what most updates are, a few characters typed or deleted, in one step.

A relay looks at one for each keystroke of everybody, and read numbers for a fifth of its time;
whoever loads a log of keystrokes did little else.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sync.document.structs import Reader, UpdateHeader

_NUMBER = rb"[\x80-\xff]{0,3}[\x00-\x7f]"  # below 2**28: a clock that is far from its end
# Below 2**53, or JavaScript could not count so far.
_CLIENT = rb"(?:[\x80-\xff]{0,6}[\x00-\x7f]|[\x80-\xff]{7}[\x00-\x0f])"
_CLIENT_AND_CLOCK = rb"(" + _CLIENT + rb")(" + _NUMBER + rb")"

TYPED = re.compile(
    # One struct of one client, after an item or before one, or between two ...
    rb"\x01\x01"
    + _CLIENT_AND_CLOCK
    + rb"(?:[\x84\x44]|\xc4"
    + _CLIENT_AND_CLOCK
    + rb")"
    # ... of ASCII text, so that a UTF-16 unit is a byte; no deletions.
    + _CLIENT_AND_CLOCK
    + rb"([\x01-\x7f])([\x20-\x7e]+)\x00"
)
"""Groups: who types, at what clock, the left origin if there are two, the other one, the text."""
DELETED = re.compile(rb"\x00\x01(" + _CLIENT + rb")\x01(" + _NUMBER + rb")([\x01-\x7f])")
"""Groups: whose letters, from what clock on, how many."""


def is_keystroke(update: bytes) -> bool:
    """Whether this is an update that types some ASCII in a row, or deletes a few in a row.

    If so, `sync.document.updates.read_header` would read it, and find that it says something.
    """
    typed = TYPED.fullmatch(update)
    if typed is not None:
        return typed[7][0] == len(typed[8])
    return DELETED.fullmatch(update) is not None


def read_keystroke(update: bytes) -> UpdateHeader | None:
    """Return what `sync.document.updates.read_header` would, None if this is no keystroke."""
    typed = TYPED.fullmatch(update)
    if typed is None:
        deleted = DELETED.fullmatch(update)
        if deleted is None:
            return None
        by, at, size = deleted.groups()
        return UpdateHeader({}, {}, {read_client(by): read_number(at) + size[0]}, set())
    by, at, left, left_at, beside, beside_at, size, text = typed.groups()
    if size[0] != len(text):
        return None
    client, clock = read_client(by), read_number(at)
    needs = {read_client(beside): read_number(beside_at) + 1}
    if left is not None:
        first, after = read_client(left), read_number(left_at) + 1
        if after > needs.get(first, 0):
            needs[first] = after
    return UpdateHeader({client: clock}, {client: clock + len(text)}, needs, set())


@lru_cache(4096)
def read_client(encoded: bytes) -> int:
    """Return a Yjs client id of a keystroke."""
    return Reader(encoded).varuint()


def read_number(encoded: bytes) -> int:
    """Return a clock of a keystroke."""
    value = 0
    for byte in reversed(encoded):
        value = value << 7 | byte & 0x7F
    return value

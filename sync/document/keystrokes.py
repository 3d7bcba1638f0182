"""Recognising what most updates are, a few characters typed or deleted, without reading them.

A relay looks at one for each keystroke of everybody, and read numbers for a fifth of its time.
"""

from __future__ import annotations

import re

_NUMBER = rb"[\x80-\xff]{0,3}[\x00-\x7f]"  # below 2**28: a clock that is far from its end
# Below 2**53, or JavaScript could not count so far.
_CLIENT = rb"(?:[\x80-\xff]{0,6}[\x00-\x7f]|[\x80-\xff]{7}[\x00-\x0f])"
_ID = _CLIENT + _NUMBER

_TYPED = re.compile(
    # One struct of one client, after an item, before one, or both ...
    rb"\x01\x01" + _ID + rb"(?:[\x84\x44]" + _ID + rb"|\xc4" + _ID + _ID + rb")"
    # ... of ASCII text, so that a UTF-16 unit is a byte; no deletions.
    rb"([\x01-\x7f])([\x20-\x7e]+)\x00"
)
_DELETED = re.compile(rb"\x00\x01" + _CLIENT + rb"\x01" + _NUMBER + rb"[\x01-\x7f]")


def is_keystroke(update: bytes) -> bool:
    """Whether this is an update that types some ASCII in a row, or deletes a few in a row.

    If so, `sync.document.updates.read_header` would read it, and find that it says something.
    """
    typed = _TYPED.fullmatch(update)
    if typed is not None:
        size, text = typed.groups()
        return size[0] == len(text)
    return _DELETED.fullmatch(update) is not None

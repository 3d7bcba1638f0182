"""Bringing what a person organised before the first sign-in into their account's library.

Who is signed out organises in `library.local`, which stays on the device. At sign-in it
moves into `library.<user id>`, once, into one account. The functions take the states of
documents and return updates to append to them; None says that there is nothing to do.
When `library.<user id>` is in step with the relay:

    1  claim(local, user id)    → append to library.local
    2  claimed_by(local)        → whose it is: somebody who signed in before, if they were
                                  interrupted; then 3 and 4 are for that person's library
                                  on this device, and 1 to 4 again for the one who is here
    3  adopt(local, account)    → append to that person's library; it goes to the relay
    4  clear(local)             → append to library.local

Each is on the disk before the next begins. After a crash anywhere, all of it again from 1
comes to the same: the claim keeps the second person out, and `adopt` leaves a mark in the
account together with all the rest, so that it is not done twice.

What the account's library says already, stays: it is what the other devices show. It gains
the folders, tags and favourites, and the place of each document that had none; what stood
in no folder comes behind what stands there. Should the account not be in step, it still
wins, because among concurrent writers Yjs prefers the larger client id.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sync.document.companion import Key
from sync.document.library import marks
from sync.document.library.format import (
    ADOPTION,
    FAVOURITES,
    ROOT,
    ROOTS,
    Place,
    is_id,
    new_id,
    place_key,
)
from sync.document.library.library import Library
from sync.document.library.order import arrange, tag_of
from sync.types import Origin

_NAME = Key(ADOPTION, "name")
_CLAIMED = Key(ADOPTION, "claimed")
_CONTENT = tuple(root for root in ROOTS if root != ADOPTION)

_LARGEST_CLIENT = 1 << 31
"""Other client ids here have 53 bits: one in four million is not larger."""


def claim(local_state: bytes, user_id: str) -> bytes | None:
    """Say that the local library is this person's from now on; None if nothing is to be had."""
    local = Library.load(local_state)
    if local.value(_CLAIMED) is not None or not any(local.values[root] for root in _CONTENT):
        return None
    return _written(local, {_NAME: new_id(), _CLAIMED: user_id})


def claimed_by(local_state: bytes) -> str | None:
    """Return the id of the user who has claimed the local library; None if nobody has."""
    user_id = Library.load(local_state).value(_CLAIMED)
    return user_id if isinstance(user_id, str) else None


def adopt(local_state: bytes, account_state: bytes) -> bytes | None:
    """Bring a claimed local library into the library of who claimed it."""
    local = Library.load(local_state)
    account = Library.load(account_state, client_id=secrets.randbelow(_LARGEST_CLIENT))
    name = local.value(_NAME)
    mark = Key(ADOPTION, f"adopted/{name}")
    if not is_id(name) or account.value(mark) is not None:
        return None
    entries = {
        Key(root, key): value
        for root in _CONTENT
        for key, value in local.values[root].items()
        if key not in account.values[root] and value is not False
    }
    entries |= _behind(local, account, entries)
    return _written(account, {**entries, mark: True})


def clear(local_state: bytes) -> bytes | None:
    """Empty the local library of what it held in this state; what came since stays."""
    local = Library.load(local_state)
    every = (Key(root, key) for root in ROOTS for key in local.values[root])
    return _written(local, dict.fromkeys(every))


def _behind(local: Library, account: Library, entries: Mapping[Key, Any]) -> dict[Key, Any]:
    """Return entries that put what stood in the local root behind what is in the account's."""
    tag = tag_of(account.client_id)
    items = [id_ for _, id_ in local.placed_in(ROOT) if place_key(id_) in entries]
    places = arrange(account.placed_in(ROOT), items, None, tag)
    there, new = (marks.favourites(one.values[FAVOURITES]) for one in (account, local))
    chosen = [id_ for _, id_ in new if Key(FAVOURITES, id_) in entries]
    return {
        **{place_key(id_): Place(ROOT, key).entry() for id_, key in places.items()},
        **{Key(FAVOURITES, id_): key for id_, key in arrange(there, chosen, None, tag).items()},
    }


def _written(library: Library, entries: Mapping[Key, Any]) -> bytes | None:
    updates: list[bytes] = []
    library.on_update(lambda update, _: updates.append(update))
    library.put(entries, Origin.COMMAND)
    return updates[0] if updates else None

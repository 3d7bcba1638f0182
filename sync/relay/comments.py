"""The rule of a document's comments: nobody changes what another person said or decided.

An update is judged by what it makes of the comments (`sync.document.comment_entries`), never by
what it claims: it is applied to a copy, and the maps before and after are compared. So
that nothing can hide from that comparison, an update may consist of entries of the known
maps and nothing else, may leave no gap, and each Yjs client in it must be the sender's:
whoever wrote under another's client id would make that client's next words disappear.
Why it is so: docs/decisions/0006; who may write which entry: docs/comments.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pycrdt

from sync.document.comment_entries import (
    ACCEPTED,
    COMMENTS,
    DECISIONS,
    RESOLUTIONS,
    ROOTS,
    THREADS,
    WITHDRAWN,
    is_entry,
)
from sync.document.new_entries import read_place
from sync.document.schema import AUTHORS
from sync.document.structs import Reader, UpdateHeader, read_origins, skip_content
from sync.document.updates import guarded, read_header, read_state_vector
from sync.lib0 import encode_varuint
from sync.types import Role

LARGEST_UPDATE = 1024 * 1024
"""Bytes of one update of the comments."""

_GC, _DELETED, _ANY, _SKIP = 0, 1, 8, 10

Maps = dict[str, dict[str, Any]]
"""The entries of each of `ROOTS`."""


class Refused(Exception):
    """An update that the rule forbids; `str` is the reason for its sender."""


def judge(state: bytes, update: bytes, user_id: str, role: Role) -> None:
    """Judge an update of the comments that are in `state`, one update, sent by a user.

    May take long. Raises `Refused`, and `InvalidUpdate` if it is none.
    """
    if not role.may_comment:
        raise Refused(f"a {role.value} may not comment on this document")
    header = _check_structs(update)
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    guarded(doc.apply_update, state)
    before = _maps(doc)
    _check_gaps(header, read_state_vector(doc.get_state()))
    clocks = read_state_vector(doc.get_state())
    guarded(doc.apply_update, update)
    after = _maps(doc)
    # Those who only send again what is there are nobody new.
    clients = [client for client, end in header.ends.items() if end > clocks.get(client, 0)]
    writers = [after[AUTHORS].get(str(client)) for client in clients]
    _compare(before, after, user_id, role, writers)
    if role is not Role.OWNER and any(writer != user_id for writer in writers):
        raise Refused("it is written in another person's name")


def own_part(state: bytes, update: bytes, user_id: str, role: Role) -> bytes | None:
    """Return what a user may bring of an update that `judge` refused; None: nothing.

    After a restore each device holds what others said as well as what its person did. That is
    what has been written under that person's client ids, as far as all that it builds on is here.
    """
    try:
        _check_structs(update)
    except Refused:
        return None
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    whole: pycrdt.Doc[Any] = pycrdt.Doc()
    guarded(doc.apply_update, state)
    for some in (state, update):
        guarded(whole.apply_update, some)
    own = {client for client, user in _maps(whole)[AUTHORS].items() if user == user_id}
    before = doc.get_state()
    try:
        guarded(doc.apply_update, _written_by(own, update))
        part = doc.get_update(before)
        judge(state, part, user_id, role)
    except Refused:
        return None
    return part if doc.get_state() != before else None


def _check_structs(update: bytes) -> UpdateHeader:
    """See that there is nothing but entries of the known maps, and not too much of it."""
    if len(update) > LARGEST_UPDATE:
        raise Refused(f"an update of comments may have {LARGEST_UPDATE:,} bytes")
    header = read_header(update)
    for _ in _sections(Reader(update)):
        pass
    return header


def _written_by(clients: set[str], update: bytes) -> bytes:
    """Return what an update has of some clients (decimal digits), and deletes of them."""
    reader = Reader(update)
    structs = [structs for client, structs in _sections(reader) if str(client) in clients]
    deletions = []
    for _ in range(reader.varuint()):
        start = reader.at
        client = reader.varuint()
        for _ in range(2 * reader.varuint()):
            reader.varuint()
        if str(client) in clients:
            deletions.append(reader.data[start : reader.at])
    parts = [b"".join([encode_varuint(len(some)), *some]) for some in (structs, deletions)]
    return b"".join(parts)


def _sections(reader: Reader) -> Iterator[tuple[int, bytes]]:
    """Yield each client's structs. Raises `Refused` unless they are entries of the known maps."""
    for _ in range(reader.varuint()):
        start = reader.at
        count = reader.varuint()
        client = reader.varuint()
        reader.varuint()
        for _ in range(count):
            info = reader.data[reader.at]
            reader.at += 1
            kind = info & 0x1F
            if info in (_GC, _SKIP) or kind == _GC:
                reader.varuint()
                continue
            if kind not in (_ANY, _DELETED):
                raise Refused("comments are plain values, and this is something else")
            if info & 0xC0:
                # It is where its origin is; the first of each key says where it is itself.
                read_origins(reader, UpdateHeader(), info)
            elif (place := read_place(reader, info)) is None or place[0] not in ROOTS:
                raise Refused("it is not about comments")
            skip_content(reader, kind)
        yield client, reader.data[start : reader.at]


def _check_gaps(header: UpdateHeader, clocks: dict[int, int]) -> None:
    for client, start in header.starts.items():
        if start > clocks.get(client, 0):
            raise Refused("it builds on changes that are not here; sync again")
    for client, clock in header.needs.items():
        if clock > max(clocks.get(client, 0), header.ends.get(client, 0)):
            raise Refused("it builds on changes that are not here; sync again")


def _maps(doc: pycrdt.Doc[Any]) -> Maps:
    return {root: dict(doc.get(root, type=pycrdt.Map).items()) for root in ROOTS}


def _compare(before: Maps, after: Maps, user_id: str, role: Role, writers: list[Any]) -> None:
    for root in ROOTS:
        old, new = before[root], after[root]
        for key in old.keys() | new.keys():
            if old.get(key) != new.get(key):
                by = user_id
                if role is Role.OWNER and new.get(key) is not None:
                    by = _brought_back(root, old.get(key), new[key], user_id, writers)
                _check_change(root, key, old.get(key), new.get(key), after, by, role)


def _brought_back(root: str, old: Any, new: Any, user_id: str, writers: list[Any]) -> str:
    """Return who is to answer for an entry that an owner brings: whom it names, or the owner.

    After a restore the relay lacks what was said and changed since, and each device's copy holds
    everybody's words: the owner's device brings all of it back. What is there already changes
    only together with something that is new under a client id of whom the entry names.
    """
    signed = _field(new, _signature(root))
    return signed if isinstance(signed, str) and (old is None or signed in writers) else user_id


def _check_change(
    root: str, key: str, old: Any, new: Any, after: Maps, user_id: str, role: Role
) -> None:
    owner = role is Role.OWNER
    if new is None:
        if not owner:  # who may tidy up
            _check_removal(root, old, user_id)
        return
    if not is_entry(root, key, new):
        raise Refused("that is no comment")
    if root == AUTHORS:
        if (old is not None) or (new != user_id and not owner):
            raise Refused("it is written in another person's name")
        return
    signed = new[_signature(root)]
    if signed != user_id:
        if old is not None and root in (THREADS, COMMENTS):
            raise Refused("it changes what another person said")
        raise Refused("it is written in another person's name")
    match root:
        case "threads":
            _check_thread(old)
        case "comments":
            _check_comment(old, new, user_id)
        case "decisions":
            _check_decision(new, after, user_id, role)


def _signature(root: str) -> str:
    """Return which field of an entry says whose it is."""
    return "by" if root in (RESOLUTIONS, DECISIONS) else "author"


def _check_removal(root: str, old: Any, user_id: str) -> None:
    # That authors and resolutions go is nobody's wish.
    whose = {THREADS: "author", COMMENTS: "author", DECISIONS: "by"}.get(root)
    if whose is None or _field(old, whose) != user_id:
        raise Refused("it removes what another person said")
    if root == DECISIONS and _field(old, "verdict") == ACCEPTED:
        raise Refused("that suggestion has been accepted")


def _check_thread(old: Any) -> None:
    # Whoever answers, or accepts a suggestion, must know what it will have been about.
    if old is not None:
        raise Refused("only the words of a comment may change")


def _check_comment(old: Any, new: dict[str, Any], user_id: str) -> None:
    if old is None:
        return
    if _field(old, "author") != user_id:
        raise Refused("it changes what another person said")
    if any(_field(old, name) != new[name] for name in ("author", "created", "thread")):
        raise Refused("only the words of a comment may change")
    if old.get("body") != new["body"] and "edited" not in new:
        raise Refused("a comment that has changed must say so")


def _check_decision(new: dict[str, Any], after: Maps, user_id: str, role: Role) -> None:
    thread = after[THREADS].get(new["thread"])
    if new["verdict"] == WITHDRAWN:
        # One that is gone meanwhile was withdrawn in good faith.
        if thread is not None and _field(thread, "author") != user_id:
            raise Refused("that is another person's suggestion")
    elif not role.may_write_content:
        raise Refused(f"a {role.value} may not accept or reject suggestions")


def _field(entry: Any, name: str) -> Any:
    """Return a field of an entry that was here before, whatever that is."""
    return entry.get(name) if isinstance(entry, dict) else None

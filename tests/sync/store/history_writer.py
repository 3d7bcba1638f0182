"""Writes to a document and all of its history for ever: `python -m tests.sync.store.history_writer
PROFILE CLIENT`.

What the update of each sequence does follows from the sequence alone (`letter`, `author`, `gone`),
so whatever is on the disk afterwards tells whether it agrees with the log.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from sync.document.delta import delete, insert
from sync.errors import UnknownVersion
from sync.store.store import Store
from sync.types import Sequence
from tests.sync.store.conftest import PAPER
from tests.sync.store.writing import ME, Desk, Elsewhere

BEN = "ben"
NEWS = 30
"""Updates between two looks."""
BACK = 4
"""Updates after which a letter goes, if it does."""


def letter(sequence: int) -> str:
    """Return what the update of a sequence puts in, if it does."""
    return chr(0x4E00 + sequence)


def gone(sequence: int) -> str:
    """Return what the update of a sequence takes out instead, empty if it does not."""
    return letter(sequence - BACK) if sequence > BACK and sequence % 7 == 0 else ""


def author(sequence: int) -> str:
    """Return who made the update of a sequence."""
    return BEN if sequence % 3 == 1 and not gone(sequence) else ME


def letters(up_to: int) -> set[str]:
    """Return what is in the text after the update of a sequence."""
    numbers = range(1, up_to + 1)
    return {letter(one) for one in numbers if not gone(one)} - {gone(one) for one in numbers}


def say(what: str, number: int) -> None:
    """Tell the parent of something that is on the disk, or about to be; threads never mix lines."""
    os.write(1, f"{what} {number}\n".encode())


def write(store: Store, client: int) -> None:
    desk = Desk(store, PAPER, client)
    ben = Elsewhere(desk, client + 1, BEN)
    for sequence in count(store.last_sequence(PAPER) + 1):
        if going := gone(sequence):
            desk.type(delete(desk.document.text().index(going), 1))
        elif author(sequence) == BEN:
            ben.type(insert(len(ben.document.text()) // 2, letter(sequence)))
            desk.sync(ben)
        else:
            desk.type(insert(len(desk.document.text()) // 3, letter(sequence)))
        say("written", sequence)


def keep(store: Store) -> None:
    rng = random.Random(1)
    for number in count():
        kept = store.history.keep(PAPER, rng.choice((None, f"Draft {number}")))
        if kept is not None:
            say("kept", kept.number)
        versions = store.history.versions(PAPER)
        if not versions:
            continue
        version = rng.choice(versions)
        with suppress(UnknownVersion):
            if rng.random() < 0.3:
                store.history.rename(PAPER, version.number, f"Name {number}").result()
            elif version.name is not None and rng.random() < 0.3:
                say("deleting", version.number)
                store.history.delete(PAPER, version.number).result()


def see(store: Store) -> None:
    """Look now and then, so that there is something that was not seen."""
    seen = store.last_sequence(PAPER)
    while True:
        last = store.last_sequence(PAPER)
        if last > seen + NEWS:
            say("seeing", last)
            store.history.mark_seen(PAPER, Sequence(last)).result()
            seen = last


def compact(store: Store) -> None:
    """Let go of what the relay has, as if it took everything at once."""
    while True:
        store.acknowledge(PAPER, store.last_sequence(PAPER)).result()
        store.compact(PAPER)
        say("compacted", store.last_sequence(PAPER))


def main(profile: Path, client: int) -> None:
    store = Store.open(profile)
    others: tuple[Callable[[Store], None], ...] = (keep, see, compact)
    for work in others:
        threading.Thread(target=work, args=(store,), daemon=True).start()
    write(store, client)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

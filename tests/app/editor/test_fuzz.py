"""Random writers at real editors: after each sync all show and hold the same.

`INKSTAND_FUZZ_STEPS` runs more of it, `INKSTAND_FUZZ_SEED` one failing seed again.
"""

from __future__ import annotations

import os
import random

import pycrdt
import pytest
from PySide6.QtCore import QCoreApplication

from sync.document.document import Document
from tests.app.editor.writers import Writer, write_raw

STEPS_A_SEED = 100
STEPS = int(os.environ.get("INKSTAND_FUZZ_STEPS", "5000"))
ONE_SEED = os.environ.get("INKSTAND_FUZZ_SEED")
FOUND = [41, 45, 107, 406, 638, 1513, 1557, 1576, 1589]
"""Seeds that have failed once; what each was has a test of its own, too."""
SEEDS = [int(ONE_SEED)] if ONE_SEED else sorted({*FOUND, *range(1, 1 + STEPS // STEPS_A_SEED)})


@pytest.mark.parametrize("seed", SEEDS)
def test_writers_converge(qapp: QCoreApplication, seed: int) -> None:
    rng = random.Random(seed)
    writers = [Writer(1 + number) for number in range(2 + seed % 2)]
    raw, raw_inbox = Document(client_id=9), list[bytes]()

    def tell(sender: Document, update: bytes) -> None:
        for writer in writers:
            if writer.document is not sender:
                writer.inbox.append(update)
        if raw is not sender:
            raw_inbox.append(update)

    for document in (*(writer.document for writer in writers), raw):
        document.on_update(lambda update, _, sender=document: tell(sender, update))

    for _ in range(STEPS_A_SEED):
        writer = rng.choice(writers)
        if seed % 4 >= 2:  # plain edits of everybody go past pycrdt's walks
            writer.document.prepare(smallest=0)
            raw.prepare(smallest=0)
        match rng.randrange(20):
            case 0 | 1:
                _deliver(writer, rng)
            case 2:
                while raw_inbox:
                    raw.apply_update(raw_inbox.pop(0))
                write_raw(raw, rng)
            case 3:
                _sync(writers, raw, raw_inbox)
            case _:
                writer.write(rng, [other for other in writers if other is not writer])
    _sync(writers, raw, raw_inbox)


def _deliver(writer: Writer, rng: random.Random) -> None:
    """Some of what waits, one by one or as one batch."""
    count = rng.randint(0, len(writer.inbox))
    if count > 1 and rng.random() < 0.5 and not writer.editor.composing:
        writer.inbox[:count] = [pycrdt.merge_updates(*writer.inbox[:count])]
        count = 1
    writer.receive(count)


def _sync(writers: list[Writer], raw: Document, raw_inbox: list[bytes]) -> None:
    for writer in writers:
        writer.end_composition()
    while raw_inbox or any(writer.inbox for writer in writers):
        for writer in writers:
            writer.receive(len(writer.inbox))
        while raw_inbox:
            raw.apply_update(raw_inbox.pop(0))
    for writer in writers:
        writer.check()
        assert writer.document.contents() == raw.contents()


@pytest.mark.parametrize("seed", range(1, 21))
def test_one_writer_with_one_document_in_two_windows(qapp: QCoreApplication, seed: int) -> None:
    """Typing, commands, undo in both by turns, somebody else's updates between them."""
    rng = random.Random(seed)
    first = Writer()
    windows = [first, Writer(beside=first)]
    friend = Writer()
    for one in (first, friend):
        other = friend if one is first else first
        one.document.on_update(lambda update, _, other=other: other.inbox.append(update))
    for _ in range(STEPS_A_SEED):
        window = rng.choice(windows)
        if seed % 4 >= 2:
            window.document.prepare(smallest=0)
        for other in windows:
            if other is not window:
                other.end_composition()  # the focus has left it
        match rng.randrange(10):
            case 0 if not window.editor.composing:
                first.receive(len(first.inbox))
            case 1:
                friend.receive(len(friend.inbox))
                friend.write(rng, [])
            case 2:
                windows[1].end_composition()
                windows[1].editor.show_binding(None)
                windows[1].binding.close()
                windows[1] = Writer(beside=first)
            case _:
                window.write(rng, windows)
    for writer in (*windows, friend):
        writer.end_composition()
    while first.inbox or friend.inbox:
        first.receive(len(first.inbox))
        friend.receive(len(friend.inbox))
    for writer in (*windows, friend):
        writer.check()
    assert first.document.contents() == friend.document.contents()

"""Yjs and Inkstand write into one document at the same time, and read the same Delta.

`INKSTAND_FUZZ_STEPS` and `INKSTAND_FUZZ_SEED` run more of it, or one failing seed again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication

from sync.document.document import Document
from tests.app.editor.writers import Writer
from tests.interop.yjs import Ours, Theirs, World, Yjs

STEPS = int(os.environ.get("INKSTAND_FUZZ_STEPS", "2000"))
ONE_SEED = os.environ.get("INKSTAND_FUZZ_SEED")
SEEDS = [int(ONE_SEED)] if ONE_SEED else range(1, 1 + STEPS // 100)


class Shown(Ours):
    """A document of Inkstand as a writer sees it: in an editor, with hands at its keys."""

    def __init__(self, client: int) -> None:
        self.page = Writer(client_id=client)
        super().__init__(self.page.document)

    def edit(self, rng: random.Random) -> list[bytes]:
        for _ in range(rng.randint(1, 4)):
            self.page.write(rng, [])
        self.page.end_composition()  # what comes from elsewhere would wait for it
        return self.take()


@pytest.fixture(scope="module")
def yjs() -> Iterator[Yjs]:
    with Yjs() as process:
        yield process


@pytest.mark.parametrize("seed", SEEDS)
def test_all_read_the_same(qapp: QCoreApplication, yjs: Yjs, seed: int) -> None:
    rng = random.Random(seed)
    shown = Shown(21)
    ours = Ours(Document(client_id=11))
    replicas = [
        ours,
        Theirs(yjs, "a", 5),
        shown,
        Theirs(yjs, "b", 2**32 - 3, gc=False),
    ]
    world = World(replicas)
    for step in range(100):
        if seed % 2:
            ours.document.prepare(smallest=0)
            shown.document.prepare(smallest=0)
        if rng.randrange(3):
            world.edit(rng.randrange(4), rng)
        else:
            world.deliver(rng.randrange(4), rng.choice([1, 3, 10, None]))
        if step % 25 == 24:
            world.settle()
            qapp.processEvents()
            shown.page.check()
            first, *others = [replica.contents() for replica in replicas]
            for other in others:
                assert other == first

"""Relative positions are those of Yjs itself, in random documents that both write.

`INKSTAND_FUZZ_STEPS` and `INKSTAND_FUZZ_SEED` run more of it, or one failing seed again.
"""

from __future__ import annotations

import os
import random
from base64 import b64decode
from collections.abc import Iterator

import pytest

from sync.document.delta import Delete, Delta, Insert, Retain, insert
from sync.document.document import Document
from sync.document.relative import RelativePosition
from sync.types import Origin
from tests.interop.yjs import TEXTS, Ours, Theirs, World, Yjs, boundaries, contents

STEPS = int(os.environ.get("INKSTAND_FUZZ_STEPS", "2000"))
ONE_SEED = os.environ.get("INKSTAND_FUZZ_SEED")
SEEDS = [int(ONE_SEED)] if ONE_SEED else range(1, 1 + STEPS // 100)


@pytest.fixture(scope="module")
def yjs() -> Iterator[Yjs]:
    with Yjs() as process:
        yield process


def same_places(document: Document, theirs: Theirs, rng: random.Random) -> list[dict[str, object]]:
    """Create positions on both sides, see that they are equal, and return them."""
    length = document.length
    assert theirs.ask("length") == length
    indices = range(length + 1) if length < 30 else rng.sample(range(length + 1), 30)
    places = [(index, assoc) for index in indices for assoc in (0, -1, rng.choice([-9, 7, 64]))]
    expected = theirs.ask("positions", places=places)
    for (index, assoc), (json, data) in zip(places, expected, strict=True):
        position = document.relative_position(index, assoc)
        assert position.to_json() == json
        assert RelativePosition.from_json(json) == position
        assert position.encode() == b64decode(data)
        assert RelativePosition.decode(b64decode(data)).encode() == b64decode(data)
    return [json for json, _ in expected]


def resolved(document: Document, positions: list[dict[str, object]]) -> list[int | None]:
    return [document.resolve(RelativePosition.from_json(position)) for position in positions]


@pytest.mark.parametrize("seed", SEEDS)
def test_positions_are_those_of_yjs(yjs: Yjs, seed: int) -> None:
    rng = random.Random(seed)
    # Undo here does not tell others what it brought back: those who compare only read.
    reader, their_reader = Ours(Document(client_id=31)), Theirs(yjs, "reader", 32, gc=seed % 2 == 0)
    writers = [
        Ours(Document(client_id=11)),
        Theirs(yjs, "a", 5),
        Ours(Document(client_id=2**31 + 7)),
        Theirs(yjs, "b", 6, gc=False),
    ]
    world = World([*writers, reader, their_reader])
    kept: list[dict[str, object]] = []
    for _ in range(100):
        action = rng.randrange(20)
        if action < 10:
            world.edit(rng.randrange(4), rng)
        elif action < 16:
            world.deliver(rng.randrange(4), rng.choice([1, 3, None]))
        elif action < 17:
            writer = rng.choice([w for w in writers if isinstance(w, Ours)])
            index = rng.randint(0, writer.document.length)
            kept.append(writer.document.relative_position(index, rng.choice([0, -1])).to_json())
        else:
            count = rng.choice([1, 5, None])
            world.deliver(4, count)
            world.deliver(5, count)
            kept += rng.sample(fresh := same_places(reader.document, their_reader, rng), 2)
            asked = [*kept, *fresh]
            assert resolved(reader.document, asked) == their_reader.ask("resolve", positions=asked)
    world.settle()
    expected = their_reader.ask("resolve", positions=kept)
    whole = Document.load(reader.document.encode_state())
    for document in (reader.document, whole):
        assert resolved(document, kept) == expected
    for writer in writers:
        if isinstance(writer, Ours):
            same_places(writer.document, their_reader, rng)


@pytest.mark.parametrize("seed", range(1, 6))
def test_what_undo_brings_back_takes_its_positions_along(yjs: Yjs, seed: int) -> None:
    """The same writing in a document of each, because undo tells others no such thing."""
    rng = random.Random(seed)
    ours = Document(client_id=7)
    theirs = Theirs(yjs, f"undo {seed}", 7)

    def change(at: int, deleted: int, inserted: str) -> None:
        ops = [{"retain": at}, {"delete": deleted}, {"insert": inserted}]
        theirs.ask("change", ops=[op for op in ops if op not in ({"retain": 0}, {"delete": 0})])
        delta: Delta = [Retain(at), Delete(deleted), Insert(inserted)]
        ours.apply(delta, Origin.COMMAND)

    theirs.ask("change", ops=[{"insert": "Wörter 😀 שלום, und 中文\n"}])
    ours.apply(insert(0, "Wörter 😀 שלום, und 中文\n"), Origin.COMMAND)
    positions = same_places(ours, theirs, rng)
    for _ in range(6):
        places = boundaries(ours)
        start, end = sorted(rng.sample(range(len(places)), 2))
        change(places[start], places[end] - places[start], rng.choice(TEXTS))
        positions += same_places(ours, theirs, rng)
    for verb in ["undo", "undo", "redo", "undo", "undo", "redo", "undo", "redo", "redo"]:
        theirs.ask(verb)
        assert ours.undo() if verb == "undo" else ours.redo()
        assert contents(ours) == theirs.contents()
        assert resolved(ours, positions) == theirs.ask("resolve", positions=positions)

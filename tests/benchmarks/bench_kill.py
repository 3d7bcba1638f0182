"""A hundred times `kill -9` at random moments while four devices write to two documents."""

from __future__ import annotations

import time
from pathlib import Path

from tests.sync.relay.crash import crash

SEED = 20_26
RUNS = 100


def test_a_hundred_kills(tmp_path: Path) -> None:
    started = time.perf_counter()
    outcome = crash(tmp_path / "relay", SEED, RUNS)
    seconds = time.perf_counter() - started
    print(
        f"\n{outcome.runs} kills in {seconds:.0f} s, seed {SEED}: {outcome.sent:,} updates sent, "
        f"{outcome.acknowledged:,} acknowledged, {len(outcome.lost)} of them lost, "
        f"{len(outcome.doubled)} doubled, {len(outcome.amiss)} problems found by check"
    )
    assert (outcome.lost, outcome.doubled, outcome.amiss) == ([], [], [])

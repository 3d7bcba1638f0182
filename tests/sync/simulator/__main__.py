"""Many lives on all processors: `python -m tests.sync.simulator [SEEDS [FIRST]]`.

Prints what happened in each life that broke a rule, and ends with 1 if there was one.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.sync.simulator.lives import templates
from tests.sync.simulator.world import simulate

SEEDS = 5000
TOLD = 250
"""Lives between two lines about how it goes."""


def live(seed: int, folder: Path) -> tuple[int, list[str], list[str]]:
    """Run one seed; return it, what broke the rules, and what happened."""
    world = simulate(seed, folder / f"run{seed}", folder / "templates")
    return seed, world.failures, world.trace


def main(seeds: int = SEEDS, first: int = 1) -> int:
    started, failed = time.monotonic(), 0
    processes = len(os.sched_getaffinity(0))
    with ExitStack() as stack:
        folder = stack.enter_context(templates())
        pool = stack.enter_context(ProcessPoolExecutor(processes))
        numbers = range(first, first + seeds)
        lives = pool.map(live, numbers, [folder] * seeds, chunksize=5)
        for done, (seed, failures, trace) in enumerate(lives, start=1):
            if failures:
                failed += 1
                print(*trace[-200:], f"seed {seed}: {failures[0]}", sep="\n", flush=True)
            if done % TOLD == 0 or done == seeds:
                minutes = (time.monotonic() - started) / 60
                print(f"{done:,} lives, {failed} failed, {done / minutes:.0f} a minute", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

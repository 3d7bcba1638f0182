"""Three devices at random: they come to the same library, whole at every moment.

`INKSTAND_FUZZ_STEPS=200000` for the long run, `INKSTAND_FUZZ_SEED` for one seed again.
"""

from __future__ import annotations

import os
import random

import pytest

from sync.document.library.view import difference
from sync.types import Origin
from tests.sync.document.library.devices import Device, act, check, connected, settle

STEPS_A_RUN = 60
RUNS = max(1, int(os.environ.get("INKSTAND_FUZZ_STEPS", "3000")) // STEPS_A_RUN)
SEED = os.environ.get("INKSTAND_FUZZ_SEED")
SEEDS = [int(SEED)] if SEED else range(RUNS)


@pytest.mark.parametrize("seed", SEEDS)
def test_three_devices(seed: int) -> None:
    rng = random.Random(seed)
    devices = connected(3)
    for _ in range(STEPS_A_RUN):
        device = rng.choice(devices)
        if rng.random() < 0.3:
            device.receive(rng)
        else:
            act(rng, device.library)
        check(device.library)
    settle(rng, devices)
    views = [check(device.library) for device in devices]
    assert views[0] == views[1] == views[2]


@pytest.mark.parametrize("seed", SEEDS)
def test_changes_are_told_exactly(seed: int) -> None:
    rng = random.Random(seed)
    devices = connected(2)
    library = devices[0].library
    told = []
    library.on_change(told.append)
    shown = library.view()
    for _ in range(STEPS_A_RUN):
        told.clear()
        if rng.random() < 0.5:
            act(rng, devices[1].library)
            devices[0].receive(rng)
        else:
            act(rng, library)
        now = library.view()
        for change in told:
            assert change
        # One action tells once; `act` does two at most.
        assert bool(told) == bool(difference(shown, now, Origin.LOAD)) or len(told) == 2
        if len(told) == 1:
            assert difference(shown, now, told[0].origin) == told[0]
        shown = now


@pytest.mark.parametrize("seed", range(10))
def test_undo_alone_takes_everything_back(seed: int) -> None:
    rng = random.Random(seed)
    device = Device()
    library = device.library
    first = library.view().folders
    for _ in range(60):
        act(rng, library)
        if library.undoable is None:  # the trash was emptied
            first = library.view().folders
    last = library.view()
    while library.undo():
        check(library)
    assert library.view().folders == first
    while library.redo():
        pass
    assert library.view() == last
    assert library.redoable is None

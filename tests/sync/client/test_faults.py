"""Real processes and sockets on a network that lies: what two people write comes through, once.

The simulator (`tests/sync/simulator`) tries far more orders of events; this is the same with
nothing virtual in it.
"""

from __future__ import annotations

import os
import random
import signal

import pytest

from sync.client import backoff, connection
from sync.client.events import InStep, Online
from sync.document.delta import insert
from sync.types import Origin, Role
from tests.sync.client.listening import Device, new_document
from tests.sync.client.proxy import Proxy
from tests.sync.client.together import PAPER, PASSWORD, converge, share
from tests.sync.relay.process import RelayProcess

SEEDS = [int(seed) for seed in os.environ.get("INKSTAND_FAULT_SEEDS", "1 2").split()]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon, and give up a silent relay soon."""
    monkeypatch.setattr(backoff, "LARGEST_BOUND", 0.5)
    monkeypatch.setattr(connection, "PING_INTERVAL", 0.3)
    monkeypatch.setattr(connection, "DEAD_AFTER", 1.5)


def join(relay: RelayProcess, proxy: Proxy, devices: dict[str, Device]) -> None:
    """Have Ada and Ben share a paper, each through the proxy."""
    new_document(devices["ada"], PAPER, "\n")
    for name, device in devices.items():
        device.engine.sign_in(proxy.url, name, PASSWORD).result()
        device.engine.start()
        if name == "ada":
            device.wait_for(lambda device=device: device.in_step(PAPER))
            share(relay, "ben", Role.EDITOR)
        device.wait_for_event(InStep)
    devices["ben"].wait_for(lambda: devices["ben"].store.last_sequence(PAPER) > 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_cut_delayed_and_killed_at_random(
    relay: RelayProcess, devices: dict[str, Device], seed: int
) -> None:
    rng = random.Random(seed)
    with Proxy(relay.port, seed) as proxy:
        join(relay, proxy, devices)
        documents = {name: device.open(PAPER) for name, device in devices.items()}
        written = []
        for number in range(60):
            name = rng.choice(list(devices))
            device, document = devices[name], documents[name]
            device.receive()
            word = f"{name}{number}"
            document.apply(insert(rng.randrange(document.length), f"<{word}>"), Origin.VIEW)
            written.append(word)
            match rng.randrange(12):
                case 0:
                    proxy.cut()
                case 1:
                    proxy.delay = rng.choice([0.0, 0.05])
                case 2:
                    proxy.swallows = True
                case 3:
                    relay.kill()
                    relay.start()
                case _:
                    # Let something happen, so that all this hits the middle of it.
                    device.wait_for(lambda device=device: device.has_nothing_unsaved())
                    proxy.swallows = False
        proxy.swallows, proxy.delay = False, 0.0
        text = converge(*devices.values())
        assert proxy.cuts
        for device in devices.values():
            assert device.store.document(PAPER).waiting == 0
    # A word may have been written into the middle of another, but no letter is lost or doubled.
    assert sorted(text.strip()) == sorted("".join(f"<{word}>" for word in written))


def test_a_relay_that_stands_still_is_noticed_and_nothing_is_claimed(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    with Proxy(relay.port) as proxy:
        join(relay, proxy, devices)
        ada, ben = devices["ada"], devices["ben"]
        document = ada.open(PAPER)
        assert relay.process is not None
        os.kill(relay.process.pid, signal.SIGSTOP)
        try:
            document.apply(insert(0, "Into the void."), Origin.VIEW)
            ada.wait_for(lambda: not isinstance(ada.engine.state, Online))
            record = ada.store.document(PAPER)
            assert record.waiting == 1  # on this device's disk, and nowhere else
        finally:
            os.kill(relay.process.pid, signal.SIGCONT)
        assert converge(ada, ben) == "Into the void.\n"


def test_a_network_that_swallows_everything_is_noticed(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    with Proxy(relay.port) as proxy:
        join(relay, proxy, devices)
        ada, ben = devices["ada"], devices["ben"]
        document = ada.open(PAPER)
        proxy.swallows = True
        document.apply(insert(0, "Nobody hears this."), Origin.VIEW)
        for device in (ada, ben):
            device.wait_for(lambda device=device: not isinstance(device.engine.state, Online))
        assert ada.store.document(PAPER).waiting == 1
        proxy.swallows = False
        proxy.cut()
        assert converge(ada, ben) == "Nobody hears this.\n"

"""A device with a whole library: first sync, coming back after long, and rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from sync.client.events import InStep, Progress
from sync.document.delta import insert
from sync.document.transfer import new_document
from sync.types import DocumentId, Origin
from tests.sync.client.listening import Device
from tests.sync.client.together import PAPER, connect
from tests.sync.client.together import together as share_paper
from tests.sync.relay.process import RelayProcess

DOCUMENTS = 1_000
LIBRARY = 10_000
EDITS = 10_000
WORDS = "It was a bright cold day in April, and the clocks were striking thirteen. " * 40


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        relay.add_user("ben")
        yield relay


def fill(device: Device, count: int) -> None:
    """Make documents of 3 KB, all in one commit."""
    writes = []
    for number in range(count):
        updates = list(new_document(f"Chapter {number}", None))
        writes.append(
            device.store.create_document(DocumentId(f"d{number}"), f"Chapter {number}", updates)
        )
    for write in writes:
        write.result()
    for number in range(count):
        document_id = DocumentId(f"d{number}")
        document = device.open(document_id)
        document.apply(insert(0, f"{number} {WORDS}"), Origin.COMMAND)
        device.replicas.pop(document_id).close()


def seconds_until_in_step(device: Device, relay: RelayProcess, name: str) -> float:
    device.events.clear()
    started = time.perf_counter()
    connect(device, relay, name)
    while InStep() not in device.events:
        time.sleep(0.005)
    return time.perf_counter() - started


def test_first_sync_and_the_next_start(relay: RelayProcess, tmp_path: Path) -> None:
    with Device(tmp_path / "ada") as ada:
        fill(ada, DOCUMENTS)
        print(f"\n{DOCUMENTS:,} documents up: {seconds_until_in_step(ada, relay, 'ada'):.1f} s")
    first = []
    for run in range(3):
        with Device(tmp_path / f"second-{run}") as second:
            first.append(seconds_until_in_step(second, relay, "ada"))
            told = sum(isinstance(event, Progress) for event in second.events)
    print(
        f"{DOCUMENTS:,} documents down: median {median(first):.1f} s of {first}, {told} steps told"
    )
    again = []
    for run in range(3):
        with Device(tmp_path / f"second-{run}") as second:
            again.append(seconds_until_in_step(second, relay, "ada"))
    print(f"the next start, nothing new: median {median(again) * 1e3:.0f} ms of {again}")


def test_many_waiting_updates_and_a_month_apart(relay: RelayProcess, tmp_path: Path) -> None:
    devices = {name: Device(tmp_path / name) for name in ("ada", "ben")}
    ada, ben = devices.values()
    share_paper(relay, devices)
    relay.kill()
    for name, device in devices.items():
        document = device.open(PAPER)
        for number in range(EDITS):
            document.apply(insert(document.length * (number % 7) // 7, f"{name[0]}"), Origin.VIEW)
        device.replicas.pop(PAPER).close(60)
        assert device.store.document(PAPER).waiting == EDITS
    relay.start()
    started = time.perf_counter()
    ada.engine.retry_now()
    while not ada.in_step(PAPER):
        time.sleep(0.005)
    up = time.perf_counter() - started
    started = time.perf_counter()
    ben.engine.retry_now()
    while not (ben.in_step(PAPER) and ben.text_on_disk(PAPER) == ada.text_on_disk(PAPER)):
        time.sleep(0.05)
    merged = time.perf_counter() - started
    text = ada.text_on_disk(PAPER)
    assert (text.count("a"), text.count("b")) == (EDITS + 1, EDITS)  # Start.
    print(f"\n{EDITS:,} updates that waited: on the relay after {up:.2f} s")
    print(f"{EDITS:,} edits on each of two devices: the second has both after {merged:.2f} s more")
    for device in devices.values():
        device.__exit__()


def test_ten_thousand_documents_at_rest(relay: RelayProcess, tmp_path: Path) -> None:
    profile = tmp_path / "ada"
    with Device(profile) as ada:
        fill(ada, LIBRARY)
        print(f"\n{LIBRARY:,} documents up: {seconds_until_in_step(ada, relay, 'ada'):.0f} s")
    answer = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.writer", "rest", str(profile), relay.url],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
    )
    found = json.loads(answer.stdout.splitlines()[-1])
    print(
        f"the window with {LIBRARY:,} documents, in step: {found['memory']:.0f} MB, "
        f"and {found['indexing']:.0f} MB beside it while it indexes; "
        f"at rest {found['busy']:.2%} of a processor, {found['wakeups']:.1f} wake-ups a second"
    )

"""Nodes restarted in turn, cut off and killed under load: who is offline, what survives."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest

from sync.client.events import Online
from sync.document.delta import insert
from sync.types import DocumentId, Origin
from tests.sync.client.listening import Device, new_document
from tests.sync.relay.chaos import chaos
from tests.sync.relay.cluster import Cluster
from tests.sync.relay.stubborn import Stubborn, amiss, until


def shown(values: list[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


class Watched(Device):
    """Notes how long it was ever offline."""

    def watch(self) -> None:
        self.longest_offline = 0.0
        self._watching = True
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        online = time.monotonic()
        while self._watching:
            now = time.monotonic()
            if self.engine.state == Online():
                online = now
            self.longest_offline = max(self.longest_offline, now - online)
            time.sleep(0.005)

    def seen(self) -> float:
        self._watching = False
        self._watcher.join()
        return self.longest_offline


@pytest.mark.parametrize("count", [2, 3])
def test_rolling_restart_under_load(tmp_path: Path, count: int) -> None:
    """Every node drained and started again; our own devices, and raw writers."""
    paper = DocumentId("paper")
    with Cluster(tmp_path / "cluster", count, through_proxies=False) as cluster:
        cluster.nodes[0].add_user("ada")
        token = cluster.admin("token", "ada")
        with ExitStack() as stack:
            devices = [stack.enter_context(Watched(tmp_path / f"d{n}")) for n in range(4)]
            new_document(devices[0], paper, "Start.\n")
            for device in devices:
                signed_in = device.engine.sign_in(cluster.front.url, "ada", "correct horse")
                signed_in.result()
                device.engine.start()
                device.wait_for(lambda device=device: device.engine.state == Online())
            devices[0].wait_for(lambda: devices[0].in_step(paper))
            for device in devices[1:]:
                device.wait_for(
                    lambda device=device: paper in [one.id for one in device.store.documents()]
                )
            for device in devices:
                device.watch()
            here = devices[0].open(paper)
            document = cluster.new_document()
            writers = [
                Stubborn(f"w{n}", lambda: cluster.front.url, document, token) for n in range(8)
            ]
            for node in cluster.nodes:
                time.sleep(2)
                here.apply(insert(0, f"{node.name} "), Origin.VIEW)
                assert node.drain() == 0
                node.start()
            time.sleep(2)
            for writer in writers:
                writer.stop_writing()
            until(lambda: all(writer.saved for writer in writers), writers)
            written = sum(writer.sent for writer in writers)
            until(lambda: all(writer.heard == written for writer in writers), writers)
            for writer in writers:
                writer.end()
            for device in devices:
                device.wait_for(
                    lambda device=device: all(
                        node.name in device.text_on_disk(paper) for node in cluster.nodes
                    )
                )
            offline = [device.seen() for device in devices]
    found = amiss([writer.text for writer in writers], writers)
    print(
        f"\n{count} nodes, each drained and started: {written:,} updates, {len(found)} lost or "
        f"doubled; our devices offline at most {max(offline):.2f} s, raw writers "
        f"{max(writer.longest_offline for writer in writers):.2f} s",
        end="",
    )
    assert found == []


def test_whatever_dies(tmp_path: Path) -> None:
    began = time.perf_counter()
    outcome = chaos(tmp_path / "cluster", seed=20_26, nodes=3, rounds=10, documents=3, longest=1.5)
    print(
        f"\n3 nodes, {len(outcome.rounds)} faults in {time.perf_counter() - began:.0f} s: "
        f"{outcome.sent:,} updates, {outcome.acknowledged:,} acknowledged, "
        f"{outcome.refused} refused and sent again, {len(outcome.amiss)} lost or doubled"
    )
    for name, seconds in sorted(outcome.recovery.items()):
        print(f"after {name}: {shown(seconds)} s until all write again")
    assert outcome.amiss == []

"""Two nodes, PostgreSQL, Redis and nginx: real processes, and what must be true of all of them."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.protocol import client as events
from sync.protocol import close_codes
from sync.relay.__main__ import main
from tests.interop.test_provider import Provider
from tests.sync.relay.chaos import FAULTS, chaos
from tests.sync.relay.cluster import Cluster
from tests.sync.relay.http import metrics
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess, until
from tests.sync.relay.stubborn import Stubborn, amiss
from tests.sync.relay.stubborn import until as until_written


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(
        tmp_path_factory.mktemp("cluster"), 2, "--drain-seconds", "0.5", through_proxies=False
    ) as cluster:
        for name in ("ada", "ben"):
            cluster.nodes[0].add_user(name)
        yield cluster


@pytest.fixture
def document(cluster: Cluster) -> str:
    document = cluster.new_document()
    cluster.admin("document", "share", document, "--user", "ben", "--role", "editor")
    return document


def test_one_document_on_two_nodes(cluster: Cluster, document: str) -> None:
    one, two = cluster.nodes
    tokens = [cluster.admin("token", name) for name in ("ada", "ben")]
    with (
        Peer(one.url, document, tokens[0]).joined() as ada,
        Peer(two.url, document, tokens[1]).joined() as ben,
    ):
        ada.write("Ada. ", 1)
        ben.until_text("Ada. ")
        ben.write("Ben. ", 1)
        ada.until_text("Ada. Ben. ")
        ada.protocol.send_awareness(ada.document_id, b"\x01\x07\x01\x0f" + b'{"name":"Ada"}\n')
        ada.flush()
        ben.until(events.AwarenessReceived)
        for peer in (ada, ben):
            while not peer.acknowledged:
                peer.step()
    for node in cluster.nodes:
        assert metrics(node.url)["bus_up"] == 1


def test_an_unmodified_provider_on_each_node(cluster: Cluster, document: str) -> None:
    """And many documents on one socket, which comes through nginx."""
    others = [cluster.new_document() for _ in range(5)]
    token = cluster.admin("token", "ada")
    with (
        Provider(cluster.nodes[0].url, token, document) as one,
        Provider(cluster.nodes[1].url, token, document) as two,
        Provider(cluster.front.url, token, document, *others) as many,
    ):
        for provider in (one, two, many):
            provider.until("synced", document)
        one.do("insert", document, text="one ")
        for provider in (two, many):
            provider.until("text", document, text="one ")
        two.do("insert", document, text="two ")
        for provider in (one, many):
            provider.until("text", document, text="two one ")
        many.do("insert", document, text="many ")
        for provider in (one, two):
            provider.until("text", document, text="many two one ")
        for provider in (one, two, many):
            until(lambda provider=provider: not provider.look(document)["unsynced"])
        one.do("awareness", document, text="Ada")
        while "Ada" not in str(two.until("awareness", document)["states"]):
            pass
        with Peer(cluster.nodes[1].url, others[0], token).joined() as reader:
            many.do("insert", others[0], text="elsewhere")
            reader.until_text("elsewhere")


def test_revoking_takes_hold_on_the_other_node(cluster: Cluster, document: str) -> None:
    one, two = cluster.nodes
    token = cluster.admin("token", "ben")
    with Peer(two.url, document, token).joined() as ben:
        one.admin("document", "share", document, "--user", "ben", "--role", "none")
        assert ben.until_closed() == close_codes.FORBIDDEN


def test_nginx_brings_those_of_one_document_together_and_spreads_all_others(
    cluster: Cluster, document: str
) -> None:
    token = cluster.admin("token", "ada")

    def connections() -> list[int]:
        return [int(metrics(node.url)["connections"]) for node in cluster.nodes]

    until(lambda: connections() == [0, 0])
    url = f"{cluster.front.url}/?document={document}"
    peers = [Peer(url, document, token).joined() for _ in range(4)]
    assert sorted(connections()) == [0, 4]
    for peer in peers:
        peer.close()
    until(lambda: connections() == [0, 0])
    peers = [Peer(cluster.front.url, document, token).joined() for _ in range(4)]
    assert connections() == [2, 2]
    for peer in peers:
        peer.close()
    # A node that is not there is passed over, for requests too.
    cluster.nodes[0].kill()
    for _ in range(4):
        with urllib.request.urlopen(f"http://127.0.0.1:{cluster.front.port}/healthz") as answer:
            assert answer.status == 200
    with Peer(url, document, token).joined():
        assert metrics(cluster.nodes[1].url)["connections"] == 1
    cluster.nodes[0].start()


def test_draining_all_nodes_in_turn_loses_and_doubles_nothing(
    cluster: Cluster, document: str
) -> None:
    token = cluster.admin("token", "ada")
    writers = [Stubborn(f"w{n}", lambda: cluster.front.url, document, token) for n in range(4)]
    try:
        for node in cluster.nodes:
            before = {writer.name: writer.acknowledged for writer in writers}
            until_written(
                lambda before=before: all(w.acknowledged > before[w.name] for w in writers), writers
            )
            assert node.drain() == 0
            node.start()
        for writer in writers:
            writer.stop_writing()
        until_written(lambda: all(writer.saved for writer in writers), writers)
        written = sum(writer.sent for writer in writers)
        until_written(lambda: all(writer.heard == written for writer in writers), writers)
    finally:
        for writer in writers:
            writer.end()
    assert amiss([writer.text for writer in writers], writers) == []
    assert sum(writer.refused for writer in writers) == 0


def test_a_name_that_no_node_has_is_said(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sync.relay.commands.drain.ANSWER_SECONDS", 0.5)
    assert main(["drain", "nobody", "--bus", cluster.redis.url()]) == 1
    assert "No node of the name 'nobody' has answered" in capsys.readouterr().err
    assert main(["drain", "node0", "--bus", "redis://127.0.0.1:1"]) == 1
    assert "Is Redis there?" in capsys.readouterr().err


def test_a_bus_without_a_database_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path / "relay", "--bus", cluster.redis.url())
    with pytest.raises(AssertionError, match="--bus is for relays that share one PostgreSQL"):
        relay.start()


def test_whatever_dies_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """Each of the pieces killed, cut off, and all at once; `make bench` does it for long."""
    outcome = chaos(tmp_path / "cluster", seed=1, nodes=2, rounds=1, longest=0.5)
    assert outcome.amiss == []
    assert sorted(outcome.rounds) == sorted(FAULTS)
    assert outcome.acknowledged == outcome.sent > 0


def test_settings_of_a_cluster_show_no_password(cluster: Cluster) -> None:
    said = "".join(line for node in cluster.nodes for line in node.log)
    assert "bus works" in said
    for url in (cluster.redis.url(), cluster.postgres.url()):
        password = url.partition("://")[2].partition("@")[0].rpartition(":")[2]
        assert password not in said

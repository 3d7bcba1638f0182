"""Relays on PostgreSQL, as processes: two on one database, and one whose database dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from sync.protocol import close_codes
from tests.sync.relay.peer import Peer
from tests.sync.relay.postgres import PASSWORD, PostgresServer
from tests.sync.relay.process import RelayProcess

OPTIONS = ("--compact-updates", "50", "--sweep-seconds", "0.3", "--version-seconds", "1")


@pytest.fixture
def url(server: PostgresServer) -> Iterator[str]:
    with server.database() as url:
        yield url


@pytest.fixture
def relay(url: str, tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay", *OPTIONS, store=url) as relay:
        relay.add_user("ada")
        yield relay


@pytest.fixture
def document(relay: RelayProcess) -> str:
    return relay.admin("document", "create", "--owner", "ada", "--title", "Book")


def write(writer: Peer, count: int) -> None:
    first = writer.acknowledged
    for number in range(first + 1, first + count + 1):
        writer.write("word ", up_to=number)
    while writer.acknowledged < first + count:
        writer.step()


def test_the_database_is_killed_while_somebody_writes(
    server: PostgresServer, relay: RelayProcess, document: str
) -> None:
    token = relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as writer:
        write(writer, 200)
        server.kill()
        for number in range(50):
            writer.write("again ", up_to=201 + number)
        while len(writer.refusals) < 50:
            writer.step()
        assert writer.acknowledged == 200
        assert writer.refusals[0] == "the relay's database does not answer"
        server.start()
        assert writer.until_closed() == close_codes.RESET_CONNECTION
        copy = writer.document
    with Peer(relay.url, document, token, document=copy).joined() as writer:
        write(writer, 1)
    with Peer(relay.url, document, token).joined() as reader:
        assert reader.document.text() == "word " * 200 + "again " * 50 + "word "
    assert relay.run("check").returncode == 0
    assert PASSWORD not in "".join(relay.log)


def test_who_comes_while_the_database_is_away_is_to_come_again(
    server: PostgresServer, relay: RelayProcess, document: str
) -> None:
    token = relay.admin("token", "ada")
    server.stop()
    # Denied, a client would ask its person to sign in; that would not help.
    with pytest.raises(ConnectionClosed) as closed:
        Peer(relay.url, document, token).joined()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == close_codes.TRY_AGAIN_LATER


def test_a_right_that_is_taken_on_one_node_is_gone_on_the_other(
    url: str, relay: RelayProcess, document: str, tmp_path: Path
) -> None:
    token = relay.admin("token", "ada")
    with (
        RelayProcess(tmp_path / "other", *OPTIONS, store=url) as other,
        Peer(other.url, document, token).joined() as writer,
    ):
        write(writer, 1)
        relay.admin("user", "deactivate", "ada")
        assert writer.until_closed() == close_codes.UNAUTHORIZED


def test_what_makes_no_sense_there_says_so(relay: RelayProcess, tmp_path: Path) -> None:
    for verb in ("backup", "restore"):
        done = relay.run(verb, str(tmp_path / "backup"))
        assert (done.returncode, "pg_dump" in done.stderr) == (1, True)
        assert PASSWORD not in done.stderr


def test_a_store_that_is_none(tmp_path: Path) -> None:
    done = RelayProcess(tmp_path, store="mysql://ada:secret@host/x").run("check")
    assert done.returncode == 1
    assert "--store takes the URL of a PostgreSQL database" in done.stderr
    assert "secret" not in done.stderr

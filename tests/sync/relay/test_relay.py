"""The relay as a process: durability, roles, bad input, administration."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sync.protocol import client as events
from sync.protocol import close_codes
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        relay.add_user("ben")
        yield relay


@pytest.fixture
def document(relay: RelayProcess) -> str:
    return relay.admin("document", "create", "--owner", "ada", "--title", "Book")


def open_as(relay: RelayProcess, document: str, name: str) -> Peer:
    return Peer(relay.url, document, relay.admin("token", name))


class TestDurability:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_what_was_acknowledged_survives_kill_9(
        self, relay: RelayProcess, document: str, seed: int
    ) -> None:
        rng = random.Random(seed)
        writer = open_as(relay, document, "ada").joined()
        stop_at = rng.randint(20, 150)
        sent = 0
        while writer.acknowledged < stop_at:
            while sent < writer.acknowledged + 40:
                sent += 1
                writer.write(f"<{sent}>", up_to=sent)
            writer.step()
        relay.kill()
        acknowledged = writer.acknowledged
        relay.start()
        with open_as(relay, document, "ada").joined() as reader:
            text = reader.document.text()
            kept = text.count("<")
            assert text == "".join(f"<{number}>" for number in range(1, kept + 1))
            assert acknowledged <= kept <= sent
        # What the relay lost comes back from the writer's device, and nothing doubles.
        again = Peer(relay.url, document, relay.admin("token", "ada"))
        again.document.apply_update(writer.document.encode_state())
        again.joined()
        with again, open_as(relay, document, "ada").joined() as reader:
            assert reader.document.text() == "".join(f"<{n}>" for n in range(1, sent + 1))
        writer.close()

    def test_one_commit_acknowledges_in_order(self, relay: RelayProcess, document: str) -> None:
        with open_as(relay, document, "ada").joined() as writer:
            for number in range(1, 301):
                writer.write("x", up_to=number)
            while writer.acknowledged < 300:
                writer.step()
            order = [e.up_to for e in writer.events if isinstance(e, events.Acknowledged)]
            assert order == sorted(order)
            assert order[-300:] == list(range(1, 301))

    def test_readers_get_it_at_once_and_at_joining(
        self, relay: RelayProcess, document: str
    ) -> None:
        relay.admin("document", "share", document, "--user", "ben", "--role", "editor")
        with open_as(relay, document, "ada").joined() as ada:
            with open_as(relay, document, "ben").joined() as ben:
                ada.write("Grüße 😀\n", up_to=1)
                ben.until_text("Grüße 😀\n")
            with open_as(relay, document, "ben").joined() as late:
                assert late.document.text() == "Grüße 😀\n"

    def test_sigterm_is_a_clean_end(self, relay: RelayProcess, document: str) -> None:
        with open_as(relay, document, "ada").joined() as ada:
            ada.write("kept", up_to=1)
            assert relay.stop() == 0
            assert ada.until_closed() == close_codes.GOING_AWAY
        relay.start()
        with open_as(relay, document, "ada").joined() as ada:
            assert ada.document.text() == "kept"


class TestRights:
    def test_a_viewer_reads_and_is_refused_visibly(
        self, relay: RelayProcess, document: str
    ) -> None:
        relay.admin("document", "share", document, "--user", "ben", "--role", "viewer")
        with (
            open_as(relay, document, "ada").joined() as ada,
            open_as(relay, document, "ben").joined() as ben,
        ):
            assert ben.refusals == []  # its Step2 brought nothing, so it was no attempt to write
            ada.write("text", up_to=1)
            ben.until_text("text")
            ben.write("!", up_to=7)
            assert isinstance(ben.until(events.Refused), events.Refused)
            assert ben.refusals == ["a viewer may not change this document"]
        with open_as(relay, document, "ada").joined() as ada:
            assert ada.document.text() == "text"

    def test_a_lowered_role_takes_hold_while_connected(
        self, relay: RelayProcess, document: str
    ) -> None:
        relay.admin("document", "share", document, "--user", "ben", "--role", "editor")
        with open_as(relay, document, "ben").joined() as ben:
            relay.admin("document", "share", document, "--user", "ben", "--role", "viewer")
            assert ben.until_closed() == close_codes.FORBIDDEN

    def test_a_deactivated_user_is_out(self, relay: RelayProcess, document: str) -> None:
        with open_as(relay, document, "ada").joined() as ada:
            relay.admin("user", "deactivate", "ada")
            assert ada.until_closed() == close_codes.UNAUTHORIZED
        with open_as(relay, document, "ada") as ada:
            assert "not active" in ada.until(events.AccessDenied).reason

    def test_nobody_learns_of_another_persons_document(
        self, relay: RelayProcess, document: str
    ) -> None:
        with open_as(relay, document, "ben") as ben, open_as(relay, "nothing", "ben") as other:
            there = ben.until(events.AccessDenied).reason
            assert there == other.until(events.AccessDenied).reason

    @pytest.mark.parametrize("token", ["", "x.y.z", "eyJhbGciOiJub25lIn0.e30."])
    def test_what_is_no_token_is_refused(
        self, relay: RelayProcess, document: str, token: str
    ) -> None:
        with Peer(relay.url, document, token) as peer:
            assert peer.until(events.AccessDenied).reason

    def test_an_expired_token_is_refused_and_an_open_one_asked_for_again(
        self, relay: RelayProcess, document: str
    ) -> None:
        renewed = relay.admin("token", "ada")
        seconds = 1
        while True:
            short = relay.admin("token", "ada", "--seconds", str(seconds))
            ada = Peer(relay.url, document, short)
            while not ada.heard(events.UpdateReceived) and not ada.heard(events.AccessDenied):
                ada.step()
            if ada.heard(events.UpdateReceived):
                break
            ada.close()  # this machine was too slow
            seconds *= 2
        with ada.joined():
            ada.until(events.TokenWanted)
            ada.protocol.renew_token(ada.document_id, renewed)
            ada.write("still here", up_to=1)
            while ada.acknowledged < 1:
                ada.step()
        with Peer(relay.url, document, short) as ada:
            assert "expired" in ada.until(events.AccessDenied).reason


class TestBadInput:
    @pytest.mark.parametrize(
        "frame", [b"", b"\xff", b"\x01a\xee", b"\x04name\x00\x00\xff", b"\x03../\x00\x00\x00"]
    )
    def test_a_malformed_frame_ends_its_own_connection_only(
        self, relay: RelayProcess, document: str, frame: bytes
    ) -> None:
        with open_as(relay, document, "ada").joined() as ada:
            with connect(relay.url, proxy=None) as stranger:
                stranger.send(frame)
                with pytest.raises(ConnectionClosed) as closed:
                    stranger.recv(timeout=20)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == close_codes.MALFORMED_FRAME
            ada.write("fine", up_to=1)
            while ada.acknowledged < 1:
                ada.step()

    def test_a_broken_update_is_refused_and_never_stored(
        self, relay: RelayProcess, document: str
    ) -> None:
        with open_as(relay, document, "ada").joined() as ada:
            ada.protocol.send_update(ada.document_id, b"\x01\x01\x01broken", 3)
            ada.flush()
            ada.until(events.Refused)
            assert "no update" in ada.refusals[0]
            with open_as(relay, document, "ada").joined() as other:
                assert other.document.text() == ""

    def test_strangers_cannot_make_it_hold_much(self, relay: RelayProcess, document: str) -> None:
        with connect(relay.url, proxy=None) as stranger:
            name = bytes([len(document)]) + document.encode()
            with suppress(ConnectionClosed):  # it may hang up before it has seen them all
                for _ in range(40):
                    stranger.send(name + b"\x00\x02\x80\x80\x04" + bytes(65536))
            with pytest.raises(ConnectionClosed) as closed:
                stranger.recv(timeout=20)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == close_codes.TOO_MUCH_UNAUTHORIZED

    def test_text_frames_are_refused(self, relay: RelayProcess) -> None:
        with connect(relay.url, proxy=None) as stranger:
            stranger.send("hello")
            with pytest.raises(ConnectionClosed) as closed:
                stranger.recv(timeout=20)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == close_codes.UNSUPPORTED_DATA


def test_awareness_is_forwarded_and_ends_with_its_socket(
    relay: RelayProcess, document: str
) -> None:
    with open_as(relay, document, "ada").joined() as ada:
        other = open_as(relay, document, "ada").joined()
        state = ClientState(77, 1, json.dumps({"name": "Ada"}))
        other.protocol.send_awareness(other.document_id, encode_awareness([state]))
        other.flush()
        seen = ada.until(events.AwarenessReceived)
        assert decode_awareness(seen.payload) == [state]
        with open_as(relay, document, "ada").joined() as late:
            assert decode_awareness(late.until(events.AwarenessReceived).payload) == [state]
        other.close()
        ada.events.clear()
        assert decode_awareness(ada.until(events.AwarenessReceived).payload) == [
            ClientState(77, 1, GONE)
        ]


class TestAdministration:
    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (("token", "eve"), "There is no user 'eve' on this relay."),
            (
                ("document", "share", "none", "--user", "ada", "--role", "editor"),
                "There is no document 'none' on this relay.",
            ),
            (("document", "create", "--owner", "eve", "--title", "T"), "There is no user 'eve'"),
            (("serve", "--listen", "nowhere"), "'nowhere' is no address"),
            (("serve", "--listen", "0.0.0.0:0"), "without TLS"),
        ],
    )
    def test_mistakes_are_one_sentence(
        self, relay: RelayProcess, arguments: tuple[str, ...], sentence: str
    ) -> None:
        result = relay.run(*arguments)
        assert result.returncode == 1
        assert result.stderr.count("\n") == 1
        assert sentence in result.stderr

    def test_a_taken_name_and_a_taken_port(self, relay: RelayProcess) -> None:
        taken = relay.run("user", "add", "ADA", "--password-stdin", stdin="correct horse\n")
        assert (taken.returncode, "already" in taken.stderr) == (1, True)
        elsewhere = RelayProcess(relay.data_dir.parent / "elsewhere")
        port = elsewhere.run("serve", "--listen", f"127.0.0.1:{relay.port}")
        assert port.returncode == 1
        assert "address already in use" in port.stderr
        assert port.stderr.count("\n") == 1

    def test_one_relay_a_data_directory(self, relay: RelayProcess) -> None:
        second = relay.run("serve", "--listen", "127.0.0.1:0")
        assert second.returncode == 1
        assert "Another relay serves" in second.stderr
        assert second.stderr.count("\n") == 1
        relay.restart()  # kill -9 leaves no lock behind

    @pytest.mark.parametrize("command", [("serve", "--listen", "127.0.0.1:0"), ("token", "ada")])
    def test_a_data_directory_that_is_none(self, tmp_path: Path, command: tuple[str, ...]) -> None:
        (tmp_path / "file").write_text("in the way")
        result = RelayProcess(tmp_path / "file" / "relay").run(*command)
        assert result.returncode == 1
        assert "Cannot write to" in result.stderr
        assert result.stderr.count("\n") == 1

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        path = tmp_path / "relay.sqlite3"
        path.write_bytes(b"this is no database at all, " * 100)
        result = RelayProcess(tmp_path).run("token", "ada")
        assert result.returncode == 1
        assert "is damaged" in result.stderr
        assert result.stderr.count("\n") == 1
        assert path.read_bytes() == b"this is no database at all, " * 100

    def test_an_unknown_role_is_a_usage_error(self, relay: RelayProcess, document: str) -> None:
        result = relay.run("document", "share", document, "--user", "ben", "--role", "king")
        assert result.returncode == 2
        assert "king" in result.stderr
        assert "Traceback" not in result.stderr

    def test_a_newer_database_is_not_touched(self, tmp_path: Path) -> None:
        relay = RelayProcess(tmp_path)
        relay.add_user("ada")
        path = tmp_path / "relay.sqlite3"
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 999")
        database.close()
        before = path.read_bytes()
        result = relay.run("token", "ada")
        assert result.returncode == 1
        assert "newer version" in result.stderr
        assert path.read_bytes() == before

    def test_the_database_is_private(self, relay: RelayProcess) -> None:
        assert (relay.data_dir / "relay.sqlite3").stat().st_mode & 0o077 == 0


def test_head_of_a_request_is_bounded(relay: RelayProcess) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", relay.port), timeout=20) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nX: " + b"y" * 20_000)
        assert stranger.recv(64).startswith(b"HTTP/1.1 431")


def test_health(relay: RelayProcess) -> None:
    with urlopen(relay.http_url + "/healthz", timeout=20) as answer:
        assert json.loads(answer.read()) == {"status": "ok"}

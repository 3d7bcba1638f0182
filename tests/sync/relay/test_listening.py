"""TLS, proxies and web pages: who gets in, and what he is told who does not."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from sync.errors import AdministrationError
from sync.protocol import close_codes
from sync.relay.listening import Listening
from sync.relay.places import Proxies, parse_network
from tests.sync.relay.authority import Authority
from tests.sync.relay.http import call, metrics
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def secure(tmp_path: Path, authority: Authority) -> Iterator[RelayProcess]:
    options = ("--tls-cert", str(authority.certificate), "--tls-key", str(authority.key))
    with RelayProcess(tmp_path / "relay", *options) as relay:
        relay.add_user("ada")
        yield relay


class TestTls:
    def test_socket_and_http_on_one_port(self, secure: RelayProcess, authority: Authority) -> None:
        tls = authority.trusting()
        document = secure.admin("document", "create", "--owner", "ada", "--title", "Book")
        token = secure.admin("token", "ada")
        assert secure.url.startswith("wss://")
        with Peer(secure.url, document, token, tls).joined() as peer:
            peer.write("x" * 1_000_000, up_to=1)
            while not peer.acknowledged:
                peer.step()
            with Peer(secure.url, document, token, tls).joined() as reader:
                assert reader.document.length == 1_000_000
            status, answer = call(secure.url, "/api/documents", token=token, tls=tls)
            assert (status, len(answer["documents"])) == (200, 1)
            secure.admin("user", "deactivate", "ada")
            assert peer.until_closed() == close_codes.UNAUTHORIZED

    def test_a_stop_closes_cleanly(self, secure: RelayProcess, authority: Authority) -> None:
        document = secure.admin("document", "create", "--owner", "ada", "--title", "Book")
        token = secure.admin("token", "ada")
        with Peer(secure.url, document, token, authority.trusting()).joined() as peer:
            assert secure.process is not None
            secure.process.send_signal(signal.SIGTERM)
            assert peer.until_closed() == close_codes.GOING_AWAY
            assert secure.stop() == 0

    def test_plain_text_gets_nowhere(self, secure: RelayProcess) -> None:
        with socket.create_connection(("127.0.0.1", secure.port), timeout=20) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"ok" not in plain.recv(1000)

    def test_a_renewed_certificate(self, secure: RelayProcess, authority: Authority) -> None:
        def served() -> int:
            pem = ssl.get_server_certificate(("127.0.0.1", secure.port), timeout=20)
            return authority.serial_of(pem)

        before = served()
        renewed = authority.renew()
        assert secure.process is not None
        secure.process.send_signal(signal.SIGHUP)
        while (now := served()) == before:
            pass
        assert now == renewed
        # A bad one is not taken, and the old one stays.
        authority.certificate.write_text("nonsense")
        secure.process.send_signal(signal.SIGHUP)
        assert served() == renewed

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (("--tls-cert", "nowhere.pem"), "Cannot use the certificate nowhere.pem"),
            (("--tls-key", "key.pem"), "--tls-key needs --tls-cert"),
            (("--listen", "0.0.0.0:0"), "without TLS"),
            (("--trusted-proxy", "everybody"), "'everybody' is no network"),
            (("--allow-origin", "example.org"), "'example.org' is no origin"),
            (("--frame-bytes", "many"), "--frame-bytes takes a number of bytes, not 'many'"),
            (("--frame-bytes", "3"), "--frame-bytes must be at least 1024, not 3"),
        ],
    )
    def test_mistakes_are_one_sentence(
        self, tmp_path: Path, options: tuple[str, ...], sentence: str
    ) -> None:
        result = RelayProcess(tmp_path).run("serve", *options)
        assert result.returncode == 1
        assert sentence in result.stderr
        assert result.stderr.count("\n") == 1


class TestProxies:
    @pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3"])
    def test_only_they_may_speak_without_tls(self, peer: str) -> None:
        listening = Listening("0.0.0.0", proxies=Proxies([parse_network("10.0.0.0/8")]))
        listening.check()
        assert listening.admits(peer)
        assert not listening.admits("203.0.113.5")

    def test_without_them_an_open_address_is_refused(self) -> None:
        with pytest.raises(AdministrationError, match="without TLS"):
            Listening("0.0.0.0").check()
        Listening("0.0.0.0", insecure=True).check()

    def test_what_they_say_counts(self, tmp_path: Path) -> None:
        options = ("--trusted-proxy", "127.0.0.1", "--strangers-per-place", "1")
        with RelayProcess(tmp_path, *options) as relay:
            one = {"X-Forwarded-For": "1.1.1.1, 198.51.100.7"}
            other = {"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}
            with connect(relay.url, proxy=None, additional_headers=one):
                with (
                    pytest.raises(InvalidStatus),
                    connect(relay.url, proxy=None, additional_headers=one),
                ):
                    pass
                with connect(relay.url, proxy=None, additional_headers=other):
                    pass
            # And so nobody behind the proxy passes for somebody on this machine.
            assert call(relay.url, "/metrics", headers=one)[0] == 403
            forged = {"X-Forwarded-For": "127.0.0.1, 198.51.100.7"}
            assert call(relay.url, "/metrics", headers=forged)[0] == 403
            assert "connections" in metrics(relay.url)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    folder = tmp_path_factory.mktemp("relay")
    with RelayProcess(folder, "--allow-origin", "https://write.example.org") as relay:
        yield relay


class TestPages:
    def test_only_those_that_are_allowed(self, relay: RelayProcess) -> None:
        good, bad = Origin("https://write.example.org"), Origin("https://evil.example.org")
        with connect(relay.url, proxy=None, origin=good):
            pass
        with pytest.raises(InvalidStatus) as refused, connect(relay.url, proxy=None, origin=bad):
            pass
        assert refused.value.response.status_code == 403
        assert call(relay.url, "/healthz", headers={"Origin": good})[0] == 200
        assert call(relay.url, "/healthz", headers={"Origin": bad})[0] == 403

    def test_programs_send_none(self, relay: RelayProcess) -> None:
        with connect(relay.url, proxy=None) as client:
            client.send("text")
            with pytest.raises(ConnectionClosed):
                client.recv(timeout=20)


def test_metrics_of_a_forwarded_request_without_a_known_proxy(tmp_path: Path) -> None:
    with RelayProcess(tmp_path) as relay:
        forwarded = {"X-Forwarded-For": "127.0.0.1"}
        assert call(relay.url, "/metrics", headers=forwarded)[0] == 403
        assert metrics(relay.url)["ready"] == 1
        assert call(relay.url, "/readyz") == (200, {"status": "ready"})


def test_only_a_network_and_this_machine_may_connect() -> None:
    listening = Listening("0.0.0.0", insecure=True, only_from=(parse_network("192.168.1.0/24"),))
    assert listening.admits("192.168.1.7")
    assert listening.admits("::ffff:192.168.1.7")
    assert listening.admits("127.0.0.1")
    assert not listening.admits("192.168.2.7")
    assert not listening.admits("2001:db8::1")

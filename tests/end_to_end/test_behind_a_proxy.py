"""The relay behind nginx and behind Caddy, each with the very file that docs/relay.md names."""

from __future__ import annotations

import json
import os
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sync.client.events import AwarenessReceived, InStep, Online
from sync.document.delta import insert
from sync.protocol import close_codes
from sync.protocol import messages as m
from sync.relay.settings import DEFAULTS
from sync.relay.throttle import FAILURES
from sync.types import DocumentId, Origin
from tests.end_to_end.proxies import caddy, nginx
from tests.sync.client.listening import Device, new_document
from tests.sync.relay.api.client import PASSWORD, Api, Person
from tests.sync.relay.authority import Authority
from tests.sync.relay.http import call, metrics
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the set-up brings the proxies on Debian only"
)

PAPER = DocumentId("paper")
ADA, EVE = "127.0.0.2", "127.0.0.3"
"""Addresses of people; that of the proxy is 127.0.0.1."""

Proxy = Callable[[Path, Authority, int], AbstractContextManager[int]]


@dataclass
class Front:
    """A proxy and the relay behind it."""

    port: int
    relay: RelayProcess
    tls: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"wss://localhost:{self.port}"

    def api(self, place: str = ADA) -> Api:
        return Api(self.port, tls=self.tls, place=place)

    def person(self, name: str) -> Person:
        return Person(self.port, self.api().sign_in(name).json, self.tls)


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest) -> Proxy:
    return request.param


@pytest.fixture
def options() -> tuple[str, ...]:
    return ()


@pytest.fixture
def front(
    proxy: Proxy, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Front]:
    authority = Authority(tmp_path)
    # The app trusts whom the system trusts.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    (tmp_path / "proxy").mkdir()
    with ExitStack() as stack:
        relay = RelayProcess(tmp_path / "relay", "--trusted-proxy", "127.0.0.1", *options)
        stack.enter_context(relay)
        for name in ("ada", "ben"):
            relay.add_user(name)
        port = stack.enter_context(proxy(tmp_path / "proxy", authority, relay.port))
        yield Front(port, relay, authority.trusting())


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[dict[str, Device]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Device(tmp_path / name)) for name in ("ada", "ben")}


def sign_in(device: Device, front: Front, name: str) -> None:
    device.engine.sign_in(front.url, name, PASSWORD).result()
    device.engine.start()
    device.wait_for(lambda: device.engine.state == Online())


def test_two_devices_write_and_come_back_after_a_restart(
    front: Front, devices: dict[str, Device]
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    new_document(ada, PAPER, "Start.\n")
    sign_in(ada, front, "ada")
    ada.wait_for(lambda: ada.in_step(PAPER))
    front.relay.admin("document", "share", PAPER, "--user", "ben", "--role", "editor")
    sign_in(ben, front, "ben")
    ben.wait_for(lambda: PAPER in [record.id for record in ben.store.documents()])
    ben.wait_for_event(InStep)
    here, there = ada.open(PAPER), ben.open(PAPER)

    def write_and_converge(first: str, second: str) -> None:
        here.apply(insert(0, first), Origin.VIEW)
        there.apply(insert(0, second), Origin.VIEW)
        for device in (ada, ben):
            device.wait_for(device.has_nothing_unsaved)
        for device in (ada, ben):
            device.wait_for(
                lambda device=device: all(
                    words in device.text_on_disk(PAPER) for words in (first, second)
                )
            )
            device.wait_for(lambda device=device: device.in_step(PAPER))
        assert ada.text_on_disk(PAPER) == ben.text_on_disk(PAPER)

    write_and_converge("Ada writes. ", "Ben too. ")
    ben.engine.join(PAPER, 6)
    ada.engine.send_awareness(PAPER, 7, b"\x01\x07\x01\x0f" + b'{"name":"Ada"}\n')
    ben.wait_for_event(AwarenessReceived)

    # While it is away the proxy answers with an error of its own, which must not put anybody off.
    front.relay.kill()
    for device in (ada, ben):
        device.wait_for(lambda device=device: device.engine.state != Online())
    here.apply(insert(0, "Offline. "), Origin.VIEW)
    front.relay.start()
    for device in (ada, ben):
        device.wait_for(lambda device=device: device.engine.state == Online())
    write_and_converge("Back. ", "Again. ")
    assert "Offline. " in ben.text_on_disk(PAPER)
    # And one that is restarted in order says goodbye through the proxy.
    document, token = PAPER, front.relay.admin("token", "ada")
    with Peer(front.url, document, token, front.tls).joined() as peer:
        assert front.relay.stop() == 0
        assert peer.until_closed() == close_codes.GOING_AWAY


@pytest.mark.parametrize(
    "proxy", [nginx, partial(nginx, keeps_open=True), caddy], ids=["nginx", "kept open", "caddy"]
)
def test_a_websocket_right_after_a_request(front: Front) -> None:
    """A proxy may use the connection of one for the other, and one person's for another's."""
    document = front.person("ada").new_document().rpartition("/")[2]
    token = front.relay.admin("token", "ada")
    for _ in range(5):
        assert front.api().get("/healthz").status == 200
        with Peer(front.url, document, token, front.tls).joined():
            assert metrics(front.relay.url)["connections"] == 1


def test_attachments_up_to_the_relays_own_limit(front: Front) -> None:
    ada = front.person("ada")
    book = ada.new_document()
    data = os.urandom(20 * 1024 * 1024)
    added = ada.attach(book, data)
    assert (added.status, added["size"]) == (201, len(data))
    assert ada.get(f"{book}/attachments/{added['sha256']}").body == data
    assert ada.attach(book, bytes(DEFAULTS.attachment_bytes)).status == 201


@pytest.mark.parametrize("proxy", [nginx])
def test_what_is_too_large_is_refused_by_the_relay_and_not_by_the_proxy(front: Front) -> None:
    ada = front.person("ada")
    # `Api` sees that this is said in the relay's words.
    answer = ada.attach(ada.new_document(), bytes(DEFAULTS.attachment_bytes + 1))
    assert answer.status == 413


def test_guessing_is_throttled_and_written_down_by_the_persons_own_address(front: Front) -> None:
    body = {"code": "guessed", "name": "eve", "password": PASSWORD}
    ada, eve = front.api(ADA), front.api(EVE)
    # What costs the relay no hash is counted by nothing but the address.
    for _ in range(FAILURES):
        assert eve.post("/api/invites/sign-up", body).status == 404
    assert eve.post("/api/invites/sign-up", body).status == 429
    # Who comes past the proxy is no proxy, and may say what he likes.
    past = Api(front.relay.port, place=EVE)
    for api in (eve, past):
        for invented in (ADA, "198.51.100.7", f"198.51.100.7, {ADA}", "127.0.0.1"):
            forged = {"X-Forwarded-For": invented}
            assert api.call("POST", "/api/invites/sign-up", body, forged).status == 429
    assert ada.post("/api/invites/sign-up", body).status == 404
    assert ada.sign_in("ada").status == 200
    assert eve.sign_in("ada", "wrong").status == 401
    entries = map(json.loads, front.relay.admin("audit", "--json").splitlines())
    places = {entry["action"]: entry["place"] for entry in entries}
    assert (places["signed_in"], places["sign_in_failed"]) == (ADA, EVE)


@pytest.mark.parametrize("options", [("--strangers-per-place", "1")])
def test_sockets_are_counted_by_the_persons_own_address(front: Front) -> None:
    def come(place: str, **forged: str) -> AbstractContextManager[object]:
        return connect(
            front.url,
            proxy=None,
            ssl=front.tls,
            source_address=(place, 0),
            additional_headers={name.replace("_", "-"): value for name, value in forged.items()},
        )

    with come(EVE), come(ADA):
        for forged in ({}, {"X_Forwarded_For": "198.51.100.7"}):
            with pytest.raises(InvalidStatus) as refused, come(EVE, **forged):
                pass
            assert refused.value.response.status_code == 503
    # Nor is the machine's own business anybody's behind the proxy.
    for headers in (None, {"X-Forwarded-For": "127.0.0.1"}):
        tls = {"tls": front.tls, "headers": headers}
        assert call(front.url, "/metrics", **tls)[0] == 403


@pytest.mark.parametrize(
    "proxy", [partial(nginx, patience="3750ms"), caddy], ids=["nginx", "caddy"]
)
@pytest.mark.parametrize("options", [("--ping-seconds", "0.5", "--silence-seconds", "1.5")])
def test_an_idle_socket_outlives_the_proxys_patience(front: Front) -> None:
    """All times are a twentieth of the real ones; eight pings take longer than the proxy waits."""
    document = front.relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    token = front.relay.admin("token", "ada")
    ping, pong = (m.encode_frame("", message) for message in (m.Ping(), m.Pong()))
    with Peer(front.url, document, token, front.tls).joined() as peer:
        pings = 0
        while pings < 8:
            if peer.socket.recv(timeout=20) == ping:
                pings += 1
                peer.socket.send(pong)
        peer.write("Still here.", up_to=1)
        while not peer.acknowledged:
            peer.step()

"""Hostile clients: each refused for the right reason, while others go on writing."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from sync.document.delta import insert
from sync.document.document import Document
from sync.types import Origin
from tests.sync.relay import attacks
from tests.sync.relay.attacks import Target
from tests.sync.relay.http import call
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

MIB = 1024 * 1024
MOST_GROWTH = 96 * MIB
"""Bytes by which one attack may make the relay grow: a few frames and what comes of them."""


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    options = ("--stranger-seconds", "3", "--send-buffer-bytes", str(2 * MIB))
    with RelayProcess(tmp_path_factory.mktemp("relay"), *options) as relay:
        relay.add_user("ada")
        relay.add_user("eve")
        yield relay


@pytest.fixture(scope="module")
def target(relay: RelayProcess) -> Target:
    def document(role: str | None) -> str:
        made = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
        if role is not None:
            relay.admin("document", "share", made, "--user", "eve", "--role", role)
        return made

    return Target(
        url=relay.url,
        token=relay.admin("token", "eve"),
        own=document("editor"),
        others=document(None),
        expired=relay.admin("token", "eve", "--seconds", "-60"),
        roles={role: document(role) for role in ("viewer", "commenter")},
    )


@pytest.fixture(scope="module")
def book(relay: RelayProcess) -> str:
    return relay.admin("document", "create", "--owner", "ada", "--title", "Ada's")


@pytest.fixture
def bystander(relay: RelayProcess, book: str) -> Iterator[Callable[[], int]]:
    """Somebody who writes all the while; asked, says how much was acknowledged."""
    with writing(relay, book) as acknowledged:
        yield acknowledged


@contextmanager
def writing(relay: RelayProcess, book: str) -> Iterator[Callable[[], int]]:
    stop = threading.Event()
    failures: list[BaseException] = []
    peer = Peer(relay.url, book, relay.admin("token", "ada")).joined()

    def write() -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                peer.write("x", up_to=number)
                while peer.acknowledged < number:
                    peer.step()
        except BaseException as error:  # noqa: BLE001  (shown by the test)
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield lambda: peer.acknowledged
        before = peer.acknowledged
        while peer.acknowledged < before + 5:
            assert not failures, failures
    finally:
        stop.set()
        thread.join(30)
        peer.close()
    assert not failures, failures


@contextmanager
def bounded_memory(relay: RelayProcess) -> Iterator[None]:
    """See that the relay never takes more than `MOST_GROWTH` on the way, nor keeps it."""
    assert relay.process is not None
    process = Path(f"/proc/{relay.process.pid}")
    if not process.exists():
        pytest.skip("the memory of another process can be read on Linux only")

    def memory(what: str) -> int:
        found = re.search(rf"{what}:\s+(\d+) kB", (process / "status").read_text())
        assert found
        return int(found.group(1)) * 1024

    (process / "clear_refs").write_text("5")  # the peak begins anew: proc(5)
    before = memory("VmRSS")
    yield
    assert memory("VmHWM") - before < MOST_GROWTH


@pytest.mark.parametrize("kind", ["expired", *attacks.FORGERIES])
def test_a_token_that_is_not_good(target: Target, kind: str) -> None:
    token = target.expired if kind == "expired" else attacks.forged(target, kind)
    assert attacks.denial(target, target.own, token)
    assert call(target.url, "/api/documents", token=token)[0] == 401


def test_another_persons_document_is_no_document(target: Target) -> None:
    assert attacks.denial(target, target.others, target.token) == attacks.denial(
        target, "there-is-none", target.token
    )


@pytest.mark.parametrize("step2", [False, True])
@pytest.mark.parametrize("role", ["viewer", "commenter"])
def test_who_may_not_write(target: Target, role: str, step2: bool) -> None:
    document = Document()
    document.apply(insert(0, "intruder"), Origin.COMMAND)
    refused = attacks.refusal(target, target.roles[role], document.encode_state(), step2=step2)
    assert refused == f"a {role} may not change this document"


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize("kind", attacks.bad_updates())
def test_a_bad_update(relay: RelayProcess, target: Target, kind: str) -> None:
    with bounded_memory(relay):
        reason = attacks.refusal(target, target.own, attacks.bad_updates()[kind])
    assert reason is not None
    assert reason.startswith("it is no update")


@pytest.mark.parametrize("attack", attacks.CONNECTIONS, ids=lambda attack: attack.__name__)
def test_an_attack_on_the_connection(
    relay: RelayProcess,
    target: Target,
    bystander: Callable[[], int],
    attack: Callable[[Target], int],
) -> None:
    before = bystander()
    with bounded_memory(relay):
        assert attack(target) == attacks.CONNECTIONS[attack]
    while bystander() == before:
        pass  # it goes on


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize("kind", dict(attacks.http_attacks()))
def test_an_attack_by_http(relay: RelayProcess, target: Target, kind: str) -> None:
    request = dict(attacks.http_attacks())[kind]
    with bounded_memory(relay), socket.create_connection(target.address, 20) as client:
        with suppress(OSError):
            client.sendall(request)
        answer = b""
        with suppress(ConnectionResetError):
            while part := client.recv(65_536):
                answer += part
    assert re.match(rb"HTTP/1\.1 4\d\d ", answer), answer[:200]
    assert b"Traceback" not in answer


NO_NAMES = [
    *("../relay.sqlite3", "../../etc/passwd", "/etc/passwd", "%2e%2e%2frelay.sqlite3", ".", ".."),
    *("book/../../x", "book%00", "book\0", "C:\\x", "library.somebody", "book.comments", "x" * 300),
]


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_that_leads_elsewhere(relay: RelayProcess, target: Target, name: str) -> None:
    before = sorted(path for path in relay.data_dir.parent.rglob("*") if path.is_dir())
    quoted = name if "%" in name else quote(name, safe="/.")
    for path in (
        f"/api/documents/{quoted}",
        f"/api/documents/{quoted}/members",
        f"/api/documents/{target.own}/attachments/{quoted}",
        f"/api/documents/{target.own}/attachments/../../{quoted}",
    ):
        for method, body in (("GET", b""), ("PUT", b"x"), ("DELETE", b"")):
            request = (
                f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                f"Authorization: Bearer {target.token}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            with socket.create_connection(target.address, 20) as client:
                client.sendall(request.encode() + body)
                answer = b""
                while part := client.recv(65_536):
                    answer += part
            assert re.match(rb"HTTP/1\.1 4\d\d ", answer), (method, path, answer[:200])
            assert b"root:" not in answer
            assert b"SQLite" not in answer
    status, _ = call(target.url, "/api/documents", {"id": name, "title": "t"}, token=target.token)
    assert status == 422
    if not name.endswith("%00"):
        attacks.knock_nowhere(target, name)
    assert sorted(path for path in relay.data_dir.parent.rglob("*") if path.is_dir()) == before


@pytest.mark.usefixtures("bystander")
def test_nested_types_do_not_end_the_relay(relay: RelayProcess, target: Target) -> None:
    """pycrdt deletes by recursion: enough of them overflow its stack, and end the process."""
    attacks.refusal(target, target.own, attacks.nested(500_000, delete=True))
    with Peer(relay.url, target.own, target.token).joined():
        pass

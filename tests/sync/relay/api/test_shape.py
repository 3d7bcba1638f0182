"""What holds for every answer. `Api.call` checks headers and the shape of errors everywhere."""

from __future__ import annotations

import json
import socket
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from sync.relay.api import dependencies, http
from sync.relay.throttle import network_key
from tests.sync.relay.api.client import Api, Person
from tests.sync.relay.local import local_relay
from tests.sync.relay.process import RelayProcess, limit_files


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/api/documents/", 404),
        ("DELETE", "/api/sign-in", 405),
        ("TRACE", "/api/me", 405),
    ],
)
def test_what_is_not_there_is_a_problem(api: Api, method: str, path: str, status: int) -> None:
    answer = api.call(method, path)
    assert answer.status == status
    assert "openapi.json" in answer["detail"]


@pytest.mark.parametrize("body", [{}, {"name": "a"}, [], {"name": 1, "password": None}, b"{", b""])
def test_nonsense_is_a_problem(api: Api, body: object) -> None:
    answer = api.call("POST", "/api/sign-in", body, {"Content-Type": "application/json"})
    assert answer.status == 422
    assert "does not make sense" in answer["detail"]


def test_a_body_is_bounded(ada: Person) -> None:
    body = {"title": "x" * 70_000}
    assert ada.post("/api/documents", body).status == 413


def test_what_is_no_http_is_a_problem_too(api: Api) -> None:
    with socket.create_connection(("127.0.0.1", api.port), timeout=20) as line:
        line.sendall(b"this is no HTTP\r\n\r\n")
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


def test_a_connection_serves_as_long_as_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "HTTP_SECONDS", 0.3)
    with local_relay(tmp_path) as relay:
        line = HTTPConnection("127.0.0.1", int(relay.url.rpartition(":")[2]), timeout=20)
        end = time.monotonic() + 0.6
        while time.monotonic() < end:
            line.request("GET", "/healthz")
            assert line.getresponse().read()
        line.close()


def test_a_flood_of_sign_ins_is_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "_MOST_WAITING", 0)
    with local_relay(tmp_path) as relay:
        busy = Api(int(relay.url.rpartition(":")[2])).sign_in("ada")
    assert (busy.status, busy.headers["retry-after"]) == (503, "2")


def test_a_disk_that_takes_nothing_is_said_so(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        ada = Person(relay.port, Api(relay.port).sign_in("ada").json)
        book = ada.new_document()
        limit_files(relay, 1)
        for answer in (ada.post("/api/documents", {}), ada.attach(book, b"a file")):
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")
            assert "disk" in answer["detail"]
        assert ada.get(book)["title"] == "Book"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("unix", "", False),
    ],
)
def test_what_counts_as_one_place(one: str, other: str, same: bool) -> None:
    assert (network_key(one) == network_key(other)) is same


def test_the_description_is_complete(api: Api) -> None:
    described = api.get("/api/openapi.json").json
    open_to_all = set()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (method, path)
            problems = {code for code in operation["responses"] if code >= "400"}
            assert {"413", "422", "503"} <= problems
            if "security" not in operation:
                open_to_all.add(path)
            else:
                assert "401" in problems
    assert open_to_all == {
        "/api/sign-in", "/api/refresh", "/api/sign-out", "/api/invites/sign-up", "/healthz",
        "/readyz", "/metrics",
    }  # fmt: skip


def test_health(api: Api) -> None:
    assert api.get("/healthz").json == {"status": "ok"}


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def test_a_later_request_becomes_a_socket_like_a_first_one(tmp_path: Path) -> None:
    """As behind a proxy that keeps its connections open; and it is counted as what it is."""
    with local_relay(tmp_path) as served:
        census = served.relay.census
        line = HTTPConnection("127.0.0.1", int(served.url.rpartition(":")[2]), timeout=20)
        line.request("GET", "/healthz")
        assert line.getresponse().read() == b'{"status":"ok"}'
        assert (census.http, census.sockets, census.stranger_count) == (1, 0, 0)
        # What is neither is no reason to hang up.
        line.request("GET", "/healthz", headers={"Connection": "Upgrade", "Upgrade": "h2c"})
        assert line.getresponse().read() == b'{"status":"ok"}'
        line.request("GET", "/", headers=UPGRADE)
        answer = line.getresponse()
        assert answer.status == 101
        assert answer.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455
        assert (census.http, census.sockets, census.stranger_count) == (0, 1, 1)
        answer.close()
        line.close()
        while census.sockets:
            pass
        assert (census.http, census.at_the_door, census.stranger_count) == (0, 0, 0)

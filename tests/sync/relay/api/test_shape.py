"""What holds for every answer. `Api.call` checks headers and the shape of errors everywhere."""

from __future__ import annotations

import json
import socket

import pytest

from tests.sync.relay.api.client import Api, Person


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
    }  # fmt: skip


def test_health(api: Api) -> None:
    assert api.get("/healthz").json == {"status": "ok"}

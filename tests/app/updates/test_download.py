"""Fetching the index from a real server, and from those that want something else."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler

import pytest

from app.updates.download import Download
from app.updates.index import MAX_BYTES
from app.updates.problems import IndexUnreachable, IndexUnreadable
from tests.app.updates.server import IndexServer, gives, redirects, serving
from tests.services import free_port
from tests.sync.relay.authority import Authority


def test_it_fetches_one_file_and_says_nothing_of_itself(server: IndexServer) -> None:
    server.answer = gives(b"x" * MAX_BYTES)
    assert Download(server.address).read() == b"x" * MAX_BYTES
    [(path, headers)] = server.asked
    assert path == "/inkstand.json"
    assert headers["User-Agent"] == "Inkstand"
    assert headers.keys() <= {
        *("Host", "User-Agent", "Cache-Control", "Accept-Encoding", "Connection"),
    }


def test_one_that_is_too_long_is_not_read_to_its_end(server: IndexServer) -> None:
    """It has no end: the server would write for ever."""
    hung_up = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            hung_up.set()

    server.answer = answer
    with pytest.raises(IndexUnreadable):
        Download(server.address).read()
    assert hung_up.wait(30)


def test_a_byte_now_and_then_is_no_answer(server: IndexServer) -> None:
    gone = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not gone.wait(0.02):
                handler.wfile.write(b"x")
        except OSError:
            gone.set()

    server.answer = answer
    with pytest.raises(IndexUnreachable, match="did not answer in time"):
        Download(server.address, patience=0.3).read()
    assert gone.wait(30)


def test_it_can_be_ended_from_another_thread(server: IndexServer) -> None:
    arrived, let_go = threading.Event(), threading.Event()

    def answer(_: BaseHTTPRequestHandler) -> None:
        arrived.set()
        let_go.wait(30)

    server.answer = answer
    download = Download(server.address)
    ender = threading.Thread(target=lambda: (arrived.wait(30), download.abort()))
    ender.start()
    with pytest.raises(IndexUnreachable):
        download.read()
    let_go.set()
    ender.join()
    with pytest.raises(IndexUnreachable):
        download.read()
    assert len(server.asked) == 1


def test_it_is_not_led_out_of_https(server: IndexServer) -> None:
    with serving(None) as plain:
        plain.answer = gives(b"anything")
        server.answer = redirects(plain.address)
        with pytest.raises(IndexUnreachable, match="not secure"):
            Download(server.address).read()
        assert plain.asked == []


def test_it_is_led_to_another_secure_place_but_not_round_and_round(
    server: IndexServer, authority: Authority
) -> None:
    with serving(authority) as other:
        other.answer = gives(b"here")
        server.answer = redirects(other.address)
        assert Download(server.address).read() == b"here"
    server.answer = redirects(server.address)
    with pytest.raises(IndexUnreachable, match="status 302"):
        Download(server.address).read()


def test_a_certificate_that_nobody_knows(
    server: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server.answer = gives(b"anything")
    with pytest.raises(IndexUnreachable, match="certificate was not accepted"):
        Download(server.address).read()
    assert server.asked == []


def test_where_there_is_nothing(server: IndexServer) -> None:
    server.answer = lambda handler: handler.send_error(404)
    with pytest.raises(IndexUnreachable, match="status 404"):
        Download(server.address).read()
    with pytest.raises(IndexUnreachable, match="nothing answers there"):
        Download(f"https://localhost:{free_port()}/").read()
    server.answer = lambda handler: handler.connection.close()
    with pytest.raises(IndexUnreachable):
        Download(server.address).read()

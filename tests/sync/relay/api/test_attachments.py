"""Attachments: bytes by their hash, for who may read the document."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sync.relay.api import http
from sync.relay.settings import Settings
from tests.sync.relay.api.client import Api, Person, sha256
from tests.sync.relay.http import metrics
from tests.sync.relay.local import LocalRelay, local_relay
from tests.sync.relay.process import RelayProcess

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4

SNIFFED = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/gif": b"GIF89a\x01\x00\x01\x00",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "application/pdf": b"%PDF-1.7\n",
}
UNSAFE = [b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", b"<html>", b"MZ", b""]


def unfinished(data_dir: Path) -> list[Path]:
    folder = data_dir / "attachments" / "tmp"
    return list(folder.iterdir()) if folder.exists() else []


class TestFiles:
    def test_it_comes_back_as_it_went(self, ada: Person, book: str) -> None:
        data = os.urandom(3_000_000)
        added = ada.attach(book, data)
        assert (added.status, added["size"], added["sha256"]) == (201, len(data), sha256(data))
        got = ada.get(f"{book}/attachments/{sha256(data)}")
        assert got.body == data
        assert got.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert got.headers["etag"] == f'"{sha256(data)}"'
        assert ada.attach(book, data).status == 200

    @pytest.mark.parametrize(("kind", "data"), SNIFFED.items(), ids=SNIFFED)
    def test_what_may_be_shown_is_known_by_its_bytes(
        self, ada: Person, book: str, kind: str, data: bytes
    ) -> None:
        assert ada.attach(book, data)["media_type"] == kind
        got = ada.get(f"{book}/attachments/{sha256(data)}")
        assert (got.headers["content-type"], got.headers["content-disposition"]) == (kind, "inline")

    @pytest.mark.parametrize("data", UNSAFE)
    def test_all_else_is_a_download(self, ada: Person, book: str, data: bytes) -> None:
        path = f"{book}/attachments/{sha256(data)}"
        assert ada.call("PUT", path, data, {"Content-Type": "image/png"}).status == 201
        got = ada.get(path)
        assert got.body == data
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"] == "attachment"

    def test_other_bytes_than_announced_are_not_kept(
        self, relay: RelayProcess, ada: Person, book: str
    ) -> None:
        path = f"{book}/attachments/{sha256(b'promised')}"
        assert ada.put(path, b"something else").status == 422
        assert ada.get(path).status == 404
        assert unfinished(relay.data_dir) == []

    @pytest.mark.parametrize(
        "name", ["../../relay.sqlite3", "..%2f..%2frelay.sqlite3", "A" * 64, "0" * 63, "0" * 65]
    )
    def test_what_is_no_hash_names_nothing(self, ada: Person, book: str, name: str) -> None:
        path = f"{book}/attachments/{name}"
        assert ada.get(path).status in (404, 422)
        assert ada.put(path, b"x").status in (404, 405, 422)

    def test_parts_and_what_one_has_already(self, ada: Person, book: str) -> None:
        ada.attach(book, PNG)
        path, tag = f"{book}/attachments/{sha256(PNG)}", f'"{sha256(PNG)}"'
        part = ada.get(path, Range="bytes=1-3")
        assert (part.status, part.body) == (206, b"PNG")
        assert part.headers["content-range"] == f"bytes 1-3/{len(PNG)}"
        assert ada.get(path, Range="bytes=-5").body == PNG[-5:]
        assert ada.get(path, Range="bytes=1-3", **{"If-Range": '"other"'}).body == PNG
        beyond = ada.get(path, Range="bytes=9999-")
        assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(PNG)}")
        for nonsense in ("bytes=3-1", "bytes=-", "bytes=1-2,4-5", "pages=1-2", "bytes=" + "9" * 99):
            assert ada.get(path, Range=nonsense).body == PNG
        assert ada.get(path, **{"If-None-Match": f'W/"x", {tag}'}).status == 304

    def test_a_file_that_was_lost_can_be_sent_again(
        self, relay: RelayProcess, ada: Person, book: str
    ) -> None:
        data = b"once lost"
        ada.attach(book, data)
        name = sha256(data)
        (relay.data_dir / "attachments" / name[:2] / name).unlink()
        if relay.store is not None:  # that was a copy
            relay.do("DELETE FROM attachment_parts")
        assert ada.get(f"{book}/attachments/{name}").status == 404
        assert ada.attach(book, data).status == 200
        assert ada.get(f"{book}/attachments/{name}").body == data


class TestRoles:
    @pytest.mark.parametrize("role", ["commenter", "viewer"])
    def test_who_may_only_read(self, ada: Person, ben: Person, book: str, role: str) -> None:
        ada.attach(book, PNG)
        ada.share(book, ben, role)
        assert ben.get(f"{book}/attachments/{sha256(PNG)}").body == PNG
        assert ben.attach(book, b"mine").status == 403

    def test_an_editor_adds(self, ada: Person, ben: Person, book: str) -> None:
        ada.share(book, ben, "editor")
        assert ben.attach(book, b"mine").status == 201

    def test_a_hash_alone_gives_nothing(self, ada: Person, eve: Person, book: str) -> None:
        secret = b"only in ada's book"
        ada.attach(book, secret)
        own = eve.new_document()
        here, nowhere = (eve.get(f"{own}/attachments/{sha256(data)}") for data in (secret, b"?"))
        assert here.status == 404
        assert here.json == nowhere.json
        # To name it is not to have it.
        assert eve.put(f"{own}/attachments/{sha256(secret)}", b"").status == 422
        assert eve.get(f"{own}/attachments/{sha256(secret)}").status == 404


class TestLimits:
    @pytest.fixture
    def relay(self, tmp_path: Path) -> Iterator[LocalRelay]:
        limits = Settings(attachment_bytes=100_000, attachments_per_document=2)
        with local_relay(tmp_path, limits) as relay:
            yield relay

    @pytest.fixture
    def ada(self, relay: LocalRelay) -> Person:
        port = int(relay.url.rpartition(":")[2])
        return Person(port, Api(port).sign_in("ada").json)

    def test_a_file_too_large_is_refused_before_it_is_sent_and_while(
        self, ada: Person, book: str, tmp_path: Path
    ) -> None:
        assert ada.attach(book, bytes(100_000)).status == 201
        assert ada.attach(book, bytes(100_001)).status == 413
        path = f"{book}/attachments/{'0' * 64}"
        with socket.create_connection(("127.0.0.1", ada.port), timeout=20) as line:
            line.sendall(
                f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada.token}\r\n"
                "Transfer-Encoding: chunked\r\n\r\n".encode()
            )
            with suppress(OSError):
                for _ in range(12):
                    line.sendall(b"2710\r\n" + bytes(10_000) + b"\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 413")
        assert unfinished(tmp_path) == []
        assert metrics(f"ws://127.0.0.1:{ada.port}")["http_answers_total{413}"] == 2

    def test_a_document_has_a_bounded_number(self, ada: Person, book: str) -> None:
        assert [ada.attach(book, data).status for data in (b"1", b"2", b"3")] == [201, 201, 409]
        assert metrics(f"ws://127.0.0.1:{ada.port}")["http_answers_total{409}"] == 1
        assert ada.attach(book, b"1").status == 200

    def test_a_slow_line_gets_the_time_it_takes_and_a_dead_one_does_not(
        self, ada: Person, book: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "HTTP_SECONDS", 0.3)
        monkeypatch.setattr(http, "BYTES_PER_SECOND", 2_000)
        data = os.urandom(60_000)
        head = (
            f"PUT {book}/attachments/{sha256(data)} HTTP/1.1\r\nHost: x\r\nContent-Length: 60000"
            f"\r\nAuthorization: Bearer {ada.token}\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", ada.port), timeout=20) as dead:
            dead.sendall(head + data[:1_000])
            with suppress(ConnectionResetError):
                assert dead.recv(100) == b""
        while unfinished(tmp_path):
            pass
        with (
            socket.create_connection(("127.0.0.1", ada.port), timeout=20) as slow,
            socket.create_connection(("127.0.0.1", ada.port), timeout=20) as other,
        ):
            slow.sendall(head + data[:20_000])
            other.sendall(head)
            with suppress(ConnectionResetError):
                assert other.recv(100) == b""  # it has outlived who sends nothing
            slow.sendall(data[20_000:])
            assert slow.recv(100).startswith(b"HTTP/1.1 201")

    def test_what_a_killed_relay_left_is_cleared_away(self, tmp_path: Path) -> None:
        folder = tmp_path / "other" / "attachments" / "tmp"
        folder.mkdir(parents=True)
        (folder / "half").write_bytes(b"half a file")
        with local_relay(tmp_path / "other"):
            assert unfinished(tmp_path / "other") == []

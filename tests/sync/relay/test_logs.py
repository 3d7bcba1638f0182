"""What the relay writes about itself, and what never gets there."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sync.protocol import client as events
from sync.relay.logs import TextFormatter
from tests.sync.relay.http import call
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

PASSWORD = "correct horse battery"
WORDS = "nobody shall read this"


@pytest.mark.parametrize("form", ["json", "text"])
def test_never_a_password_a_token_or_a_word(tmp_path: Path, form: str) -> None:
    relay = RelayProcess(tmp_path, "--log-format", form, "--log-level", "debug")
    with relay:
        relay.add_user("ada", PASSWORD)
        document = relay.admin("document", "create", "--owner", "ada", "--title", "Secret title")
        status, tokens = call(relay.url, "/api/sign-in", {"name": "ada", "password": PASSWORD})
        assert status == 200
        call(relay.url, "/api/sign-in", {"name": "ada", "password": PASSWORD + "x"})
        call(relay.url, "/api/documents?token=" + quote(tokens["access_token"]))
        access = tokens["access_token"]
        with Peer(relay.url, document, access).joined() as ada:
            ada.write(WORDS, up_to=1)
            while not ada.acknowledged:
                ada.step()
            with Peer(relay.url, document, access[:-4] + "AAAA") as forger:
                forger.until(events.AccessDenied)
            with connect(relay.url, proxy=None) as client, suppress(ConnectionClosed):
                client.send(b"\xff" + WORDS.encode())
                client.recv(timeout=20)
            relay.stop()
    written = "".join(relay.log)
    assert "Refused a token" in written  # so it does write
    for secret in (
        PASSWORD,
        access,
        access.split(".")[2],
        tokens["refresh_token"],
        WORDS,
        "Secret",
    ):
        assert secret not in written
    if form == "json":
        entries = [json.loads(line) for line in relay.log]
        assert {"Serving", "Closed a connection", "Stopped"} <= {e["message"] for e in entries}
        closed = next(entry for entry in entries if entry["message"] == "Closed a connection")
        assert closed["level"] == "INFO"
        assert closed["code"] == 4400
        assert closed["place"] == "127.0.0.1"


def test_a_field_cannot_pass_for_another_nor_for_a_line() -> None:
    record = logging.LogRecord("relay", logging.INFO, "", 0, "Closed", (), None)
    record.place = "evil code=1000\n2026-11-24 INFO all is well"
    record.code = 4400
    line = TextFormatter().format(record)
    assert line.endswith(r"place='evil code=1000\n2026-11-24 INFO all is well' code=4400")
    assert "\n" not in line

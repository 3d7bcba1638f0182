"""Many refused tokens are few lines in the log."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from websockets.sync.client import connect

from sync.protocol import messages as m
from sync.relay import refusals
from sync.relay.refusals import ELSEWHERE, EVERY_SECONDS, MOST_PLACES, Refusals
from tests.sync.relay import raw
from tests.sync.relay.metrics import metric
from tests.sync.relay.process import RelayProcess

TOKENS = 500


@pytest.fixture(autouse=True)
def at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, refusals.__name__)


def written(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, int | None]]:
    """Return what is new in the log: sentence, address, count."""
    found = [
        (record.getMessage(), vars(record)["place"], vars(record).get("count"))
        for record in caplog.records
    ]
    caplog.clear()
    return found


def test_the_first_is_a_line_and_the_rest_of_a_minute_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tokens = Refusals()
    for number in range(1_000):
        tokens.note("192.0.2.1", "wrong", number / 100)
    tokens.note("192.0.2.2", "wrong", 10.0)
    tokens.tick(EVERY_SECONDS - 1)
    assert written(caplog) == [
        ("Refused a token", "192.0.2.1", None),
        ("Refused a token", "192.0.2.2", None),
    ]
    tokens.tick(EVERY_SECONDS)
    assert written(caplog) == [("Refused more tokens", "192.0.2.1", 999)]
    # Who goes on is a line a minute; who has stopped begins anew.
    tokens.note("192.0.2.1", "wrong", EVERY_SECONDS + 1)
    tokens.tick(2 * EVERY_SECONDS)
    assert written(caplog) == [("Refused more tokens", "192.0.2.1", 1)]
    tokens.tick(3 * EVERY_SECONDS)
    tokens.tick(4 * EVERY_SECONDS)
    assert written(caplog) == []
    tokens.note("192.0.2.1", "wrong", 4 * EVERY_SECONDS)
    assert written(caplog) == [("Refused a token", "192.0.2.1", None)]


def test_a_person_with_a_whole_ipv6_network_is_one(caplog: pytest.LogCaptureFixture) -> None:
    tokens = Refusals()
    for number in range(100):
        tokens.note(f"2001:db8::{number:x}", "wrong", 0.0)
    assert written(caplog) == [("Refused a token", "2001:db8::0", None)]
    tokens.tick(EVERY_SECONDS)
    assert written(caplog) == [("Refused more tokens", "2001:db8::", 99)]


def test_no_number_of_addresses_makes_it_more(caplog: pytest.LogCaptureFixture) -> None:
    tokens = Refusals()
    for number in range(2 * MOST_PLACES):
        tokens.note(f"10.0.{number // 256}.{number % 256}", "wrong", 0.0)
    assert len(written(caplog)) == MOST_PLACES + 1
    tokens.tick(EVERY_SECONDS)
    assert written(caplog) == [("Refused more tokens", ELSEWHERE, MOST_PLACES - 1)]


def test_a_socket_full_of_tokens_is_two_lines(tmp_path: Path) -> None:
    with RelayProcess(tmp_path, "--log-format", "json") as relay:
        with connect(relay.url, proxy=None) as client:
            for number in range(TOKENS):
                client.send(m.encode_frame(f"d{number}", m.AuthToken("x")))
            for _ in range(TOKENS):
                raw.until(client, m.PermissionDenied)
        assert metric(relay, "inkstand_tokens_refused_total") == TOKENS
        relay.stop()
    entries = [json.loads(line) for line in relay.log]
    told = [
        (entry["message"], entry["place"], entry.get("count"))
        for entry in entries
        if entry["message"].startswith("Refused")
    ]
    assert told == [
        ("Refused a token", "127.0.0.1", None),
        ("Refused more tokens", "127.0.0.1", TOKENS - 1),
    ]

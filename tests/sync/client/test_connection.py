"""Relays that misbehave: one sentence each, nothing lost, no fast retry."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client import backoff, connection
from sync.client.events import Connecting, Offline, Online, SignedOut
from sync.types import DocumentId
from tests.sync.client import fakes
from tests.sync.client.fakes import Behaviour, FakeRelay
from tests.sync.client.listening import Device, new_document

PAPER = DocumentId("paper")


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    # Jitter always draws the upper end: what must not come soon comes late for certain.
    monkeypatch.setattr(random.SystemRandom, "uniform", lambda _self, _low, high: high)
    with Device(tmp_path / "profile") as device:
        yield device


def offer(relay: FakeRelay, document_id: DocumentId) -> None:
    listed = {"id": document_id, "title": "Paper", "role": "owner"}
    relay.answers["/api/documents"] = (200, {"documents": [listed]})


def waits_long(device: Device) -> bool:
    """Whether the third failure is over: the next attempt is 2 s away, then 4 and so on."""
    return has_given_up(device, 3)


MISBEHAVIOUR: list[tuple[Behaviour, str]] = [
    (fakes.hang_up, "it closed the connection"),
    (fakes.reset, "it closed the connection"),
    (fakes.say_no, "it answered with status 404"),
    (fakes.talk_rubbish, "what answers there is not a relay"),
]


@pytest.mark.parametrize(("behaviour", "words"), MISBEHAVIOUR)
def test_one_sentence_and_no_fast_retry(device: Device, behaviour: Behaviour, words: str) -> None:
    with FakeRelay(behaviour) as relay:
        offer(relay, PAPER)
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        device.engine.start()
        device.wait_for(lambda: waits_long(device))
        assert relay.attempts == 3
        assert device.problems == [f"Cannot reach the relay at {relay.url}: {words}."]
        device.engine.stop()
    assert isinstance(device.states[-1], Offline)


def test_a_relay_that_opens_and_closes_is_not_rushed(device: Device) -> None:
    with FakeRelay(fakes.close_at_once) as relay:
        offer(relay, PAPER)
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        device.engine.start()
        device.wait_for(lambda: waits_long(device))
        assert relay.attempts == 3
        sentence = f"The connection to the relay at {relay.url} ended: it is busy."
        assert set(device.problems) == {sentence}
        device.engine.stop()


@pytest.mark.parametrize("behaviour", [fakes.send_malformed, fakes.send_text])
def test_a_frame_that_makes_no_sense(device: Device, behaviour: Behaviour) -> None:
    new_document(device, PAPER, "kept\n")
    with FakeRelay(behaviour) as relay:
        listed = [{"id": PAPER, "title": "Paper", "role": "owner"}]
        relay.answers["/api/documents"] = (200, {"documents": listed})
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        device.engine.start()
        device.wait_for(lambda: waits_long(device))
        assert relay.attempts == 3
        device.engine.stop()
    assert len(device.problems) == 1
    assert device.problems[0].startswith("The relay sent something that makes no sense (")
    assert Online() not in device.states
    assert device.text_on_disk(PAPER) == "kept\n"
    assert device.store.document(PAPER).waiting == 1


def test_a_silent_relay_is_given_up(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "DEAD_AFTER", 0.3)
    monkeypatch.setattr(connection, "PING_INTERVAL", 0.1)
    with FakeRelay(fakes.stay_silent) as relay:
        offer(relay, PAPER)
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        device.engine.start()
        device.wait_for(lambda: device.problems)
        assert "nothing was heard from it for 0 s" in device.problems[0]
        assert Online() not in device.states
        device.engine.stop()


def test_an_unreachable_address(device: Device) -> None:
    with FakeRelay(fakes.stay_silent) as relay:
        device.engine.sign_in(relay.url, "Ada", "pw").result()
    device.engine.start()
    device.wait_for(lambda: waits_long(device))
    assert device.problems == [f"Cannot reach the relay at {relay.url}: nothing answers there."]
    last = device.engine.state
    assert isinstance(last, Connecting)
    assert last.next_try_at is not None


def test_retry_now_does_not_wait(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_BOUND", 3600.0)
    monkeypatch.setattr(backoff, "LARGEST_BOUND", 3600.0)
    with FakeRelay(fakes.hang_up) as relay:
        offer(relay, PAPER)
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        device.engine.start()
        for attempts in (1, 2, 3):
            device.wait_for(lambda: has_given_up(device, attempts))  # noqa: B023
            assert relay.attempts == attempts
            device.engine.retry_now()
        device.wait_for(lambda: relay.attempts == 4)
        device.engine.stop()


def has_given_up(device: Device, times: int) -> bool:
    return (
        sum(isinstance(state, Connecting) and bool(state.reason) for state in device.states)
        >= times
    )


def test_retry_after_is_honoured(device: Device) -> None:
    with FakeRelay(fakes.stay_silent) as relay:
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        relay.answers["/api/documents"] = (429, {"detail": "Too many people at once."})
        relay.headers = b"Retry-After: 1000\r\n"
        device.engine.start()
        device.wait_for(lambda: device.problems)
        assert device.problems == [
            "The relay asks to try again in 1,000 s: Too many people at once."
        ]
        state = device.states[-1]
        assert isinstance(state, Connecting)
        device.engine.stop()


def test_nobody_signed_in(device: Device) -> None:
    device.engine.start()
    device.wait_for(lambda: SignedOut() in device.states)
    assert device.problems == []


def test_a_sign_in_that_has_ended(device: Device) -> None:
    with FakeRelay(fakes.stay_silent) as relay:
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        relay.answers["/api/documents"] = (401, {"detail": "The token has expired."})
        relay.answers["/api/refresh"] = (401, {"detail": "No."})
        device.engine.start()
        sentence = "Your sign-in has ended. Sign in again to bring this device in step."
        device.wait_for(lambda: SignedOut(sentence) in device.states)
        # The token is refreshed once, and nothing is tried again.
        assert relay.calls == ["/api/sign-in", "/api/documents", "/api/refresh"]
        assert device.problems == [sentence]
        relay.answers["/api/documents"] = (200, {"documents": []})
        device.engine.sign_in(relay.url, "Ada", "pw").result()
        device.wait_for(lambda: relay.attempts == 1)
        device.engine.stop()


def test_nothing_listens_at_a_port_that_is_closed() -> None:
    """What `test_an_unreachable_address` takes for granted."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with socket.socket() as caller, pytest.raises(ConnectionRefusedError):
            caller.connect(closed.getsockname())

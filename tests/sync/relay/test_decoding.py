"""The process that decodes documents: it may die at any moment, and nobody loses a word."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.document.document import Document
from sync.errors import AdministrationError, InvalidUpdate
from sync.protocol import messages as m
from sync.relay import decoding
from sync.relay.beside import Beside, Died
from sync.relay.decoding import PROCESS, Decoder, Forgotten, News
from sync.relay.storage.sqlite.schema import FILE_NAME
from sync.types import DocumentId, Role
from tests.sync.relay import attacks, raw
from tests.sync.relay.held import DOC, Log
from tests.sync.relay.metrics import metric
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess, child, children, is_gone, until
from tests.sync.relay.storage.conftest import typed

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="children are found through /proc")

EMPTY_STATE_VECTOR = b"\x00"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path)
    yield log
    log.close()


@pytest.fixture
def decoder(log: Log) -> Iterator[Decoder]:
    decoder = Decoder(log)
    yield decoder
    decoder.close()


def text_of(update: bytes) -> str:
    document = Document()
    document.apply_update(update)
    return document.text()


def joined(decoder: Decoder, *updates: bytes, first: int = 0, document: DocumentId = DOC) -> str:
    """Return the text that a client gets who has nothing; `updates` are news."""
    news = News(decoder.life, first, list(updates))
    answer = asyncio.run(decoder.answer(document, news, EMPTY_STATE_VECTOR))
    return text_of(answer.step2)


class TestAnswers:
    def test_they_have_the_log_and_the_news(self, decoder: Decoder, log: Log) -> None:
        one, two, three = typed("one ", "two ", "three")
        log.store(one)
        assert joined(decoder, two) == "one two "
        assert joined(decoder, three, first=1) == "one two three"
        assert joined(decoder, document=DocumentId("another")) == ""

    def test_one_is_made_for_all_who_stand_at_one_place(self, decoder: Decoder, log: Log) -> None:
        one, two = typed("one ", "two ")
        log.store(one)
        for _ in range(3):
            assert joined(decoder, two) == "one two "
        assert decoder.encodings == 1
        there = Document()
        there.apply_update(one)
        news = News(decoder.life, 0, [two])
        answer = asyncio.run(decoder.answer(DOC, news, there.state_vector()))
        there.apply_update(answer.step2)
        assert there.text() == "one two "
        assert joined(decoder, two) == "one two "
        assert decoder.encodings == 2

    def test_what_was_forgotten_is_read_again(self, decoder: Decoder, log: Log) -> None:
        one, two = typed("one ", "two ")
        assert joined(decoder, one, two) == "one two "
        decoder.forget(DOC)  # the disk took none of it
        assert joined(decoder, first=2) == ""
        log.store(one)
        decoder.forget(DOC)
        assert joined(decoder, first=2) == "one "

    def test_it_compares(self, decoder: Decoder, log: Log) -> None:
        one, two = typed("one ", "two ")
        news = News(decoder.life, 0, [one])
        assert asyncio.run(decoder.adds_nothing(DOC, news, one))
        assert not asyncio.run(decoder.adds_nothing(DOC, news, two))

    def test_a_bad_state_vector_and_what_is_no_update_are_refused(self, decoder: Decoder) -> None:
        [one] = typed("one")
        news = News(decoder.life, 0, [one])
        with pytest.raises(InvalidUpdate, match="state vector"):
            asyncio.run(decoder.answer(DOC, news, b"\xff"))
        with pytest.raises(InvalidUpdate):
            asyncio.run(decoder.adds_nothing(DOC, news, b"\x01\x01\x01broken"))
        with pytest.raises(InvalidUpdate):
            asyncio.run(decoder.judge_comment(DOC, news, b"\x01\x01", "ada", Role.COMMENTER))
        for kind, update in attacks.bad_updates().items():
            with pytest.raises(InvalidUpdate):
                assert asyncio.run(decoder.is_empty(update)), kind
        assert joined(decoder, one) == "one"
        assert decoder.life == 1  # it has not even noticed

    def test_it_says_whether_an_update_says_nothing(self, decoder: Decoder) -> None:
        assert asyncio.run(decoder.is_empty(b"\x00\x00"))
        assert not asyncio.run(decoder.is_empty(typed("x" * 10_000)[0]))

    def test_a_disk_that_does_not_work_is_said_to_be_one(
        self, decoder: Decoder, tmp_path: Path
    ) -> None:
        path = tmp_path / FILE_NAME
        path.rename(path.with_name("gone"))
        path.mkdir()
        with pytest.raises(AdministrationError, match=path.name):
            joined(decoder)


class Unreadable(Log):
    """One whose documents the process cannot be asked for."""

    @property
    def url(self) -> str:
        return "nonsense:"


def test_a_mistake_of_the_process_ends_that_one_only(tmp_path: Path) -> None:
    log = Unreadable(tmp_path)
    decoder = Decoder(log)
    try:
        with pytest.raises(RuntimeError, match="no such kind of log"):
            joined(decoder)
        assert asyncio.run(decoder.is_empty(b"\x00\x00"))
    finally:
        decoder.close()
        log.close()


class TestItsDeath:
    def kill(self, decoder: Decoder) -> None:
        process = decoder._documents._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def test_who_asks_is_told_to_give_everything_again(self, decoder: Decoder, log: Log) -> None:
        one, two, three = typed("one ", "two ", "three")
        log.store(one)
        before = decoder.life
        assert joined(decoder, two) == "one two "
        self.kill(decoder)
        old = News(before, 1, [three])
        with pytest.raises(Forgotten):
            asyncio.run(decoder.answer(DOC, old, EMPTY_STATE_VECTOR))
        assert decoder.life == before + 1
        with pytest.raises(Forgotten):  # nor is the next one made of half of it
            asyncio.run(decoder.answer(DOC, old, EMPTY_STATE_VECTOR))
        assert joined(decoder, two, three, first=2) == "one two three"

    def test_what_takes_too_long_is_ended(self, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoding, "DECODE_SECONDS", 1e-6)
        decoder = Decoder(log)
        try:
            with pytest.raises(Forgotten):
                joined(decoder)
            with pytest.raises(InvalidUpdate, match="more than the relay has"):
                asyncio.run(decoder.is_empty(b"\x00\x00"))
        finally:
            decoder.close()

    def test_nothing_is_started_once_it_is_closed(self) -> None:
        process = Beside(PROCESS, 60.0)
        process.start()
        process.interrupt()
        with pytest.raises((Died, AdministrationError)):
            process.ask({"do": "read"}, b"\x00\x00")
        process.rest()
        with pytest.raises(AdministrationError, match="stopping"):
            process.start()


@on_linux
class TestBesideARelay:
    @pytest.fixture
    def relay(self, tmp_path: Path) -> Iterator[RelayProcess]:
        with RelayProcess(tmp_path / "relay") as relay:
            relay.add_user("ada")
            yield relay

    @pytest.fixture
    def document(self, relay: RelayProcess) -> str:
        return relay.admin("document", "create", "--owner", "ada", "--title", "Book")

    def decoder(self, relay: RelayProcess) -> int:
        found = child(relay, PROCESS)
        assert found is not None
        return found

    def test_killed_in_the_middle_of_a_join_it_is_asked_again(
        self, relay: RelayProcess, document: str
    ) -> None:
        token = relay.admin("token", "ada")
        with Peer(relay.url, document, token).joined() as writer:
            writer.write("kept", up_to=1)
            while not writer.acknowledged:
                writer.step()
            process = self.decoder(relay)
            os.kill(process, signal.SIGSTOP)  # so that the join is in the middle, for certain
            with raw.opened(relay.url, document, token) as client:
                client.send(m.encode_frame(document, m.SyncStep1(EMPTY_STATE_VECTOR)))
                writer.write(" and more", up_to=2)
                while writer.acknowledged < 2:  # nobody else waits
                    writer.step()
                os.kill(process, signal.SIGKILL)
                step2 = raw.until(client, m.SyncStep2)
                assert isinstance(step2, m.SyncStep2)
                assert text_of(step2.update).startswith("kept")
        with Peer(relay.url, document, token).joined() as reader:
            assert reader.document.text() == "kept and more"
        assert self.decoder(relay) != process
        assert metric(relay, "inkstand_decoders_started") == 2

    def test_killed_between_two_joins_it_is_started_again(
        self, relay: RelayProcess, document: str
    ) -> None:
        token = relay.admin("token", "ada")
        with Peer(relay.url, document, token).joined() as writer:
            for number in range(1, 6):
                process = self.decoder(relay)
                writer.write("word ", up_to=number)
                os.kill(process, signal.SIGKILL)
                with Peer(relay.url, document, token).joined() as reader:
                    reader.until_text("word " * number)
                assert self.decoder(relay) != process
            while writer.acknowledged < 5:
                writer.step()

    def test_asked_to_end_it_waits_for_the_relay(self, relay: RelayProcess, document: str) -> None:
        token = relay.admin("token", "ada")
        process = self.decoder(relay)
        with Peer(relay.url, document, token).joined():
            os.kill(process, signal.SIGTERM)  # as systemd does
        with Peer(relay.url, document, token).joined():
            assert self.decoder(relay) == process

    @pytest.mark.parametrize("end", ["kill", "stop"])
    def test_it_ends_with_the_relay(self, relay: RelayProcess, document: str, end: str) -> None:
        token = relay.admin("token", "ada")
        with Peer(relay.url, document, token).joined() as writer:
            writer.write("x" * 20_000, up_to=1)  # long: a process of its own reads it
            while not writer.acknowledged:
                writer.step()
        assert relay.process is not None
        processes = children(relay.process.pid)
        assert len(processes) >= 2
        getattr(relay, end)()
        until(lambda: all(map(is_gone, processes)))
        relay.start()
        with Peer(relay.url, document, token).joined() as reader:
            assert reader.document.text() == "x" * 20_000

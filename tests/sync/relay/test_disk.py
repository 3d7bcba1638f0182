"""A relay whose disk does not take any more, and then does."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.protocol import client as events
from sync.protocol import close_codes
from sync.relay.storage.sqlite.check import check
from tests.sync.disks import fill, make_read_only
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess, limit_files

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of another process can be set on Linux only"
)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        yield relay


def test_what_the_disk_does_not_take_is_refused_until_it_does(relay: RelayProcess) -> None:
    document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    token = relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as writer:
        writer.write("first ", up_to=1)
        while writer.acknowledged < 1:
            writer.step()
        limit_files(relay, 100)
        writer.write("second ", up_to=2)
        writer.until(events.Refused)
        assert "disk" in writer.refusals[0]
        # What follows would build on what is missing.
        writer.write("third", up_to=3)
        while len(writer.refusals) < 2:
            writer.step()
        # The disk's truth is still read, and nobody is told that the rest is there.
        with Peer(relay.url, document, token).joined() as reader:
            assert reader.document.text() == "first "
        again = Peer(relay.url, document, token)
        again.document.apply_update(writer.document.encode_state())
        assert again.joined().refusals
        again.close()
        assert writer.acknowledged == 1

        limit_files(relay, resource.RLIM_INFINITY)
        assert writer.until_closed() == close_codes.RESET_CONNECTION
    again = Peer(relay.url, document, token)
    again.document.apply_update(writer.document.encode_state())
    with again.joined():
        assert again.refusals == []
    relay.restart()
    with Peer(relay.url, document, token).joined() as reader:
        assert reader.document.text() == "first second third"


def served(disk: Path) -> RelayProcess:
    relay = RelayProcess(disk / "relay")
    relay.start()
    relay.add_user("ada")
    return relay


def write_until_refused(writer: Peer) -> str:
    number = writer.acknowledged
    while not writer.refusals:
        number += 1
        assert number < 400, "the disk takes everything"
        writer.write("word " * 2_000, up_to=number)
        while writer.acknowledged < number and not writer.refusals:
            writer.step()
    return writer.refusals[0]


@pytest.mark.parametrize("kind", ["full", "broken"])
def test_a_real_disk_that_fails_and_comes_back(kind: str, request: pytest.FixtureRequest) -> None:
    if kind == "full":  # ENOSPC from the file system
        disk = below = request.getfixturevalue("small_disk")
    else:  # EIO from the device under it
        disk = request.getfixturevalue("real_disk")
        below = disk.parent / "below"
    relay = served(disk)
    try:
        document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
        token = relay.admin("token", "ada")
        with Peer(relay.url, document, token).joined() as writer:
            writer.write("first ", up_to=1)
            while writer.acknowledged < 1:
                writer.step()
            filler = fill(below)
            assert ("full" if kind == "full" else "disk does not work") in write_until_refused(
                writer
            )
            # Everything that was acknowledged can be read, now too.
            with Peer(relay.url, document, token).joined() as reader:
                text = reader.document.text()
                assert text.startswith("first ")
                assert len(text) >= 6 + (writer.acknowledged - 1) * 10_000
            filler.unlink()
            assert writer.until_closed() == close_codes.RESET_CONNECTION
            expected = writer.document.text()
        # Back by itself: the device brings what was refused; a smaller share of the room is enough.
        with Peer(relay.url, document, token, document=writer.document).joined() as again:
            assert again.refusals == []
        relay.restart()
        with Peer(relay.url, document, token).joined() as reader:
            assert reader.document.text() == expected
        assert list(check(relay.data_dir)) == []
    finally:
        if relay.process is not None:
            relay.kill()


def test_a_disk_that_turns_read_only_refuses_writing_and_is_still_read(real_disk: Path) -> None:
    relay = served(real_disk)
    try:
        document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
        token = relay.admin("token", "ada")
        with Peer(relay.url, document, token).joined() as writer:
            writer.write("first ", up_to=1)
            while writer.acknowledged < 1:
                writer.step()
            make_read_only(real_disk)
            assert "disk" in write_until_refused(writer)
            with Peer(relay.url, document, token).joined() as reader:
                assert reader.document.text() == "first "
    finally:
        relay.kill()


def test_accounts_say_so_and_recover(relay: RelayProcess) -> None:
    limit_files(relay, 100)
    import json
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    body = json.dumps({"name": "ada", "password": "correct horse"}).encode()
    request = Request(relay.http_url + "/api/sign-in", body, {"Content-Type": "application/json"})
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=20)
    refused.value.close()
    assert refused.value.code == 503
    limit_files(relay, resource.RLIM_INFINITY)
    with urlopen(request, timeout=20) as answer:
        assert answer.status == 200

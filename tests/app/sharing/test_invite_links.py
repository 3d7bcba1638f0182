"""Invite links: what is one, and how it reaches the window that is open already."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.handover import LARGEST, Handover, hand_over
from app.sharing.joining import JoinDialog
from sync.beside import VERB
from sync.client.invite_link import invite_url, is_invite, parse_invite
from sync.errors import InvalidInvite
from tests.app.sharing.hands import shown
from tests.end_to_end.desk import Desk

CODE = "k3J-_abcdefghijklmnopqrstuvwxyz0"


@given(
    st.sampled_from(
        ["wss://relay.example.org", "ws://192.168.1.5:8100", "wss://[2001:db8::1]:8/team/a"]
    ),
    st.text("abcXYZ019-_", min_size=16, max_size=200),
)
def test_a_link_says_relay_and_code(relay: str, code: str) -> None:
    link = parse_invite(f"  {invite_url(relay, code)}\n")
    assert link.relay is not None
    assert (link.relay.url, link.code) == (relay, code)
    assert is_invite(invite_url(relay, code))
    assert code not in repr(link)
    assert parse_invite(code).relay is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "hello", "inkstand:", "inkstand://join", "https://relay.example.org/join"),
        f"inkstand://join?relay=wss%3A%2F%2Fa&code={CODE}&code={CODE}",
        f"inkstand://join?relay=ftp%3A%2F%2Fa.example&code={CODE}",
        f"inkstand://join?relay=wss%3A%2F%2Fada%40a.example&code={CODE}",
        f"inkstand://join?relay=wss%3A%2F%2F%D0%B0pple.example&code={CODE}",  # Cyrillic a
        f"inkstand://join?relay=wss%3A%2F%2Fa%0Ab.example&code={CODE}",
        f"inkstand://leave?relay=wss%3A%2F%2Fa.example&code={CODE}",
        f"inkstand://join?relay=wss%3A%2F%2Fa.example&code={'x' * 300}",
        f"inkstand://join?relay=wss%3A%2F%2F{'a' * 3000}&code={CODE}",
    ],
)
def test_what_is_no_invite_is_refused(text: str) -> None:
    with pytest.raises(InvalidInvite):
        parse_invite(text)


@given(st.text(max_size=100))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"inkstand://join?{text}", f"inkstand://join?relay={text}&code={CODE}"):
        with suppress(InvalidInvite):
            parse_invite(candidate)


def test_a_second_start_hands_its_link_to_the_open_window(
    make_desk: Callable[[str], Desk],
) -> None:
    desk = make_desk("a")
    handover = Handover(desk.store.data_dir, desk.window)
    handover.arrived.connect(desk.program.take_over)
    link = invite_url("wss://relay.example.org", CODE)
    with subprocess.Popen(
        [sys.executable, "-m", "app", "--data-dir", str(desk.store.data_dir), link],
        stderr=subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as second:
        dialog = shown(desk, JoinDialog)
        assert dialog.invite.text() == link
        assert "relay at relay.example.org" in dialog.where.text()
        assert "Whoever runs it can read" in dialog.where.text()
        desk.wait(lambda: second.poll() is not None)
        assert second.returncode == 0
    dialog.reject()
    handover.close()


def test_nothing_but_a_line_of_json_is_taken(make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk("a")
    assert not hand_over(desk.store.data_dir, "")  # nobody listens yet
    handover = Handover(desk.store.data_dir, desk.window)
    arrived: list[str] = []
    handover.arrived.connect(arrived.append)
    path = desk.store.data_dir / "window.sock"
    assert path.stat().st_mode & 0o077 == 0
    for said in (b"\n", b"[]\n", b'{"link": 7}\n', b"x" * (LARGEST + 10), b"[" * LARGEST + b"\n"):
        with socket.socket(socket.AF_UNIX) as guest:
            guest.connect(str(path))
            guest.sendall(said)
            guest.setblocking(False)
            ended: list[bytes] = []

            def over(guest: socket.socket = guest, ended: list[bytes] = ended) -> bool:
                try:
                    ended.append(guest.recv(10))
                except BlockingIOError:
                    return False
                except OSError:
                    ended.append(b"")
                return True

            desk.wait(over)
            assert ended == [b""]
    assert arrived == []
    handover.close()


def test_a_profile_deep_in_folders_is_handed_over_to_as_well(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    handover = Handover(deep)
    assert handover._server.isListening()
    handover.close()


@pytest.mark.parametrize(("module", "code"), [("sync.relay", 0), ("sync", 2), ("timeit", 2)])
def test_a_frozen_program_is_a_relay_when_asked_and_nothing_else(module: str, code: int) -> None:
    script = (
        "import sys; sys.frozen = True; from app.__main__ import main; "
        f"sys.exit(main([{VERB!r}, {module!r}, '--version']))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == code
    assert (b"inkstand-relay" in done.stdout) == (code == 0)

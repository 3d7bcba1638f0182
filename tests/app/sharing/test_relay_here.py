"""A relay on this computer: two profiles share by it, it ends with the program, and comes again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.sharing import sharing
from app.sharing.addresses import private_places
from app.sharing.dialog import ShareDialog
from app.sharing.hosting import HostingDialog
from app.sharing.joining import JoinDialog
from app.sharing.relay_process import RelayProcess, add_owner
from sync.client import account
from sync.client.address import parse_address
from sync.errors import CannotHost, RelayError
from tests.app.sharing.hands import click, fill, shown
from tests.end_to_end.desk import Desk
from tests.services import free_port
from tests.sync.relay.process import is_gone, until

PASSWORD = "correct horse"


def test_two_profiles_without_any_server(
    make_desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "LOOK_AGAIN", 200)
    a = make_desk("a")
    a.type("Written before. ")
    a.window.actions_.account.host.trigger()
    hosting = shown(a, HostingDialog)
    assert "not encrypted" in hosting.warning.text()
    assert not hosting.button.isEnabled()
    fill(a, hosting.name, "ada")
    fill(a, hosting.password, PASSWORD)
    hosting.port.setValue(free_port())
    hosting.place.setCurrentIndex(hosting.place.count() - 1)  # this computer only
    a.bot.keyClick(hosting.password, Qt.Key.Key_Return)
    a.wait(hosting.running.isVisible)
    address = hosting.address.text()
    a.wait_status("Saved on the relay", "Online")
    assert a.window.opened is not None
    document = a.window.opened.document_id

    # From there to an invite, whose code somebody reads aloud.
    click(a, hosting.invite)
    dialog = shown(a, ShareDialog)
    a.wait(dialog.inviting.isVisible)
    click(a, dialog.inviting.make)
    a.wait(dialog.inviting.made.isVisible)
    code = dialog.inviting.code.text()
    assert address.rpartition(":")[2] in dialog.inviting.link.text()

    b = make_desk("b")
    b.window.actions_.account.join.trigger()
    joining = shown(b, JoinDialog)
    fill(b, joining.invite, code)
    assert joining.where.isHidden()  # a code alone does not say where
    fill(b, joining.address, address)
    fill(b, joining.name, "ben")
    fill(b, joining.password, PASSWORD)
    b.bot.keyClick(joining.password, Qt.Key.Key_Return)
    b.wait(lambda: b.window.opened is not None and b.window.opened.document_id == document)
    b.wait(lambda: "Written before." in b.text)
    dialog.reject()
    a.focus()
    a.type("Together. ")
    b.wait(lambda: "Together." in b.text)

    # It stops with the window, and is there again with the next one: same port, same people.
    relay = a.program.relay_here
    assert relay._process is not None
    pid = relay._process.pid
    a.close()
    until(lambda: is_gone(pid))
    b.wait(lambda: "unreachable" in b.status or "Connecting" in b.status)
    b.focus()
    b.type("Alone. ")
    a.store.close()
    again = make_desk("a")
    again.program.relay_here.start_again()
    again.wait(lambda: again.program.relay_here.running)
    assert again.program.relay_here.address == address
    b.network.retry_now()
    b.wait_status("Saved on the relay", "Online")
    fresh = parse_address(address)
    tokens = account.sign_in(fresh, "ada", PASSWORD)  # its accounts are kept
    assert document in {one.id for one in account.list_documents(fresh, tokens.access_token)}

    # And it is stopped for good when that is wanted.
    again.window.actions_.account.host.trigger()
    hosting = shown(again, HostingDialog)
    click(again, hosting.stop)
    again.wait(lambda: not again.program.relay_here.running)
    assert not again.window.settings.relay_on
    hosting.reject()


_HOLDER = """
import sys, time
from pathlib import Path
from app.sharing.relay_process import RelayProcess
relay = RelayProcess(Path(sys.argv[1]), 0, "127.0.0.0/8")
print(relay.pid, relay.port, flush=True)
time.sleep(1000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        pid, port = map(int, holder.stdout.readline().split())
        assert not is_gone(pid)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    until(lambda: is_gone(pid))
    relay = RelayProcess(tmp_path, port, "127.0.0.0/8")  # nothing of it is left behind
    try:
        assert relay.port == port
        add_owner(tmp_path, "ada", PASSWORD)
        with pytest.raises(CannotHost, match="There is a user 'ada' already"):
            add_owner(tmp_path, "ada", PASSWORD)
        with pytest.raises(CannotHost, match="Another relay serves"):
            RelayProcess(tmp_path, 0, "127.0.0.0/8")
        tokens = account.sign_in(parse_address(f"ws://127.0.0.1:{port}"), "ada", PASSWORD)
        assert tokens.name == "ada"
    finally:
        relay.stop()
    assert not relay.running


@pytest.mark.skipif(
    all(place.address.startswith("127.") for place in private_places()),
    reason="this machine is in no network",
)
def test_only_the_network_that_was_chosen_may_connect(tmp_path: Path) -> None:
    outside = next(p.address for p in private_places() if not p.address.startswith("127."))
    relay = RelayProcess(tmp_path, 0, "198.51.100.0/24")
    try:
        with pytest.raises(RelayError):
            account.sign_in(parse_address(f"ws://{outside}:{relay.port}"), "ada", PASSWORD)
        with pytest.raises(RelayError, match="Wrong name or password"):
            account.sign_in(parse_address(f"ws://127.0.0.1:{relay.port}"), "ada", PASSWORD)
    finally:
        relay.stop()

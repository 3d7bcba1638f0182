"""What an administrator does as root to a relay that runs as a user of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync.relay.http import call
from tests.sync.relay.process import RelayProcess

NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_files_stay_the_relays_own(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path / "relay")
    relay.data_dir.mkdir(mode=0o700)
    os.chown(relay.data_dir, NOBODY, NOBODY)
    relay.add_user("ada")
    relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    relay.admin("backup", str(tmp_path / "backup"))
    relay.admin("restore", str(tmp_path / "backup"), "--replace")
    found = [relay.data_dir, *relay.data_dir.rglob("*")]
    assert {path.name for path in found} >= {"relay.sqlite3", "relay.lock"}
    assert {path.stat().st_uid for path in found} == {NOBODY}
    assert {path.stat().st_uid for path in (tmp_path / "backup").rglob("*")} == {0}


def test_a_second_sigterm_leaves_a_clean_end_clean(tmp_path: Path) -> None:
    for _ in range(3):
        relay = RelayProcess(tmp_path / "relay", "--drain-seconds", "0")
        relay.start()
        process = relay.process
        assert process is not None
        process.terminate()
        while process.poll() is None:
            process.terminate()
        assert relay.stop() == 0


@pytest.mark.parametrize("seconds", ["inf", "nan", "1e99", "soon"])
def test_a_token_is_good_for_a_time_that_is_one(tmp_path: Path, seconds: str) -> None:
    refused = RelayProcess(tmp_path).run("token", "ada", "--seconds", seconds)
    assert refused.returncode == 2
    assert "--seconds" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_password_typed_on_a_terminal_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    terminal, theirs = os.openpty()
    relay = RelayProcess(tmp_path)
    command = [sys.executable, "-m", "sync.relay", "user", "add", "ada", "--password-stdin"]
    with subprocess.Popen(
        [*command, *relay.where],
        stdin=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as adding:
        shown = b""
        while b"Password: " not in shown:
            shown += os.read(terminal, 100)
        os.write(terminal, b"correct horse\n")
        assert adding.wait(60) == 0
    os.write(theirs, b"the end")
    while not shown.endswith(b"the end"):
        shown += os.read(terminal, 100)
    os.close(terminal)
    os.close(theirs)
    assert b"correct" not in shown
    with relay:
        body = {"name": "ada", "password": "correct horse"}
        assert call(relay.url, "/api/sign-in", body)[0] == 200

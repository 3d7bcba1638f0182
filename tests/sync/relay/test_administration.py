"""What an administrator does as root to a relay that runs as a user of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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

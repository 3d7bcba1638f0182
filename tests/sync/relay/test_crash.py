"""`kill -9` at random moments under load. `make bench` has a hundred of these runs."""

from __future__ import annotations

from pathlib import Path

from tests.sync.relay.crash import crash


def test_kill_9_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    outcome = crash(tmp_path / "relay", seed=4, runs=5)
    assert outcome.amiss == []
    assert outcome.lost == []
    assert outcome.doubled == []
    assert outcome.runs == 5
    assert outcome.acknowledged > 0

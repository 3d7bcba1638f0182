"""A run of the tests that dies leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync.relay.process import is_gone, until

RUN = """
import sys
from pathlib import Path
from tests.sync.relay.process import RelayProcess
relay = RelayProcess(Path(sys.argv[1]))
relay.start()
print(relay.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere relays are started as usual")
def test_relays_of_a_run_that_is_killed_end(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        relay = int(run.stdout.readline())
        run.kill()
    until(lambda: is_gone(relay))

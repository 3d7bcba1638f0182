from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import ServiceFailed, node, secret_service

linux = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's keyring")

# keyring reads the environment once, at import: a process of its own for each question.
WRITE = "import keyring; keyring.set_password('inkstand:test', 'anna', 'ünlikely secret')"
READ = "import keyring; print(keyring.get_password('inkstand:test', 'anna'))"
BACKEND = "import keyring; print(type(keyring.get_keyring()).__module__)"


def python(program: str, variables: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONUTF8": "1", **variables},
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    ).stdout.strip()


def children() -> set[str]:
    return set(Path("/proc/thread-self/children").read_text().split())


@linux
def test_a_secret_outlives_the_process_that_stored_it() -> None:
    with secret_service() as variables:
        assert python(BACKEND, variables).startswith("keyring.backends.SecretService")
        python(WRITE, variables)
        assert python(READ, variables) == "ünlikely secret"


@linux
def test_two_services_do_not_know_each_other() -> None:
    with secret_service() as ours, secret_service() as theirs:
        python(WRITE, ours)
        assert python(READ, theirs) == "None"


@linux
def test_nothing_is_left_behind() -> None:
    before = children()
    with secret_service() as variables:
        assert len(children() - before) == 2
        home = Path(variables["HOME"])
        assert home.is_dir()
    assert children() == before
    assert not home.exists()


@linux
def test_a_failing_test_leaves_nothing_behind_either() -> None:
    before = children()
    with pytest.raises(ZeroDivisionError), secret_service():
        raise ZeroDivisionError
    assert children() == before


@linux
def test_a_missing_program_is_a_failure_and_not_a_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServiceFailed, match="dbus-daemon is not installed"), secret_service():
        pass


@linux
def test_the_persons_own_variables_stay_as_they_are() -> None:
    before = dict(os.environ)
    with secret_service():
        assert dict(os.environ) == before


def test_node_is_a_program_of_its_own_and_new_enough() -> None:
    code = "console.log(process.pid + ' ' + process.versions.node)"
    process = subprocess.Popen([node(), "-e", code], stdout=subprocess.PIPE, text=True)
    pid, version = process.communicate(timeout=60)[0].split()
    assert int(pid) == process.pid
    assert int(version.split(".")[0]) >= 18

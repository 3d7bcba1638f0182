"""The workflows that build where this machine cannot: `make lint` holds them against the schema."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_project import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def steps(file: Path) -> list[dict[str, Any]]:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    default = workflow["jobs"]["build"].get("defaults", {}).get("run", {}).get("shell", "bash")
    return [{"shell": default, **step} for step in workflow["jobs"]["build"]["steps"]]


def test_there_is_one_for_each_system() -> None:
    assert [file.stem for file in FILES] == ["linux", "macos", "windows"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestEach:
    def test_it_may_only_read_and_what_it_uses_is_pinned(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
        used = re.findall(r"uses: (.*)", text)
        assert used
        for one in used:
            assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one

    def test_what_it_runs_in_bash_is_clean(self, file: Path) -> None:
        for step in steps(file):
            if "run" in step and step["shell"] == "bash":
                assert "${{" not in step["run"], "words of others come by variables"
                done = subprocess.run(
                    [Path(sys.executable).with_name("shellcheck"), "--shell=bash", "-"],
                    input=step["run"],
                    text=True,
                    capture_output=True,
                    timeout=60,
                )
                assert done.returncode == 0, done.stdout

    def test_it_runs_files_that_are_there(self, file: Path) -> None:
        words = "\n".join(step.get("run", "") for step in steps(file)).replace("\\", "/")
        for name in set(re.findall(r"\bpackaging/[\w./-]+\w", words)):
            assert (ROOT / name).is_file(), name

    def test_it_tries_what_it_has_built(self, file: Path) -> None:
        runs = [step.get("run", "").replace("\\", "/") for step in steps(file)]
        built = next(
            n for n, run in enumerate(runs) if "make packages" in run or "pyinstaller" in run
        )
        tried = [n for n, run in enumerate(runs) if "packaging/check/smoke.py" in run]
        assert tried
        assert min(tried) > built

    def test_a_secret_is_in_the_step_that_needs_it_and_only_if_it_is_set(self, file: Path) -> None:
        for step in steps(file):
            if "secrets." in str(step.get("env", "")):
                assert "env.HAS_" in step["if"], step["name"]
                assert "run" in step
            assert "secrets." not in str(step.get("run", "")) + str(step.get("with", ""))

"""The editor with books of several sizes and a real history: opening, keys, others' edits.

Each size in a window of its own process, as the program opens it. The first line says how
long an empty profile takes to its first paint.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.store.store import Store
from sync.types import Origin, new_document_id
from tests.benchmarks.book import book

SIZES = {
    "10 KB": 10_000,
    "200 KB": 200_000,
    "400 KB": 400_000,  # 50,000 words
    "1 MB": 1_000_000,
    "5 MB": 5_000_000,
}
STARTS = 5

SLOW_START = 0.6
"""Seconds from which on the modules that take longest to import are named."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile with a book of each size, as it is after a while: in a snapshot."""
    profile = tmp_path_factory.mktemp("profile")
    with Store.open(profile) as store:
        for title, size in SIZES.items():
            state = book(size).encode_state()
            made = new_document_id()
            store.create_document(made, title, [(state, Origin.COMMAND)]).result()
            store.compact(made)
        store.create_document(new_document_id(), "Empty", []).result()
    return profile


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have the modules' bytecode kept, as wherever a program is started twice.

    To compile all of them takes half a second, and memory that is not given back.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        measured("start", str(tmp_path_factory.mktemp("first")))
        yield


def measured(*arguments: str) -> dict[str, Any]:
    """What `writer.py` prints in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.writer", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def percentile(seconds: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))] * 1e3


def figures(seconds: list[float]) -> str:
    return f"{percentile(seconds, 0.5):5.1f} {percentile(seconds, 0.99):6.1f}"


def test_cold_start(tmp_path: Path) -> None:
    starts = [measured("start", str(tmp_path / str(run)))["start"] for run in range(STARTS)]
    starts.sort()
    print(f"\nstart of an empty profile to its first paint: {starts[STARTS // 2]:.2f} s")
    print(f"  ({starts[0]:.2f}-{starts[-1]:.2f} s, the interpreter's own start not counted)")
    if starts[STARTS // 2] > SLOW_START:
        imports = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", "import app.main_window"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stderr
        rows = [row.removeprefix("import time:").split("|") for row in imports.splitlines()[1:]]
        rows.sort(key=lambda row: -int(row[0]))
        for own, _, name in rows[:6]:
            print(f"  {int(own) / 1e3:5.0f} ms  {name.strip()}")


def test_keys(library: Path, tmp_path: Path) -> None:
    print("\n                          key to paint, ms            others' edit, ms")
    print("size      open   memory   alone        beside a peer  to paint")
    print("            ms       MB    median p99    median p99    median p99")
    for title in SIZES:
        profile = tmp_path / title.replace(" ", "")
        shutil.copytree(library, profile)
        found = measured("document", str(profile), title)
        print(
            f"{title:8}{found['open'] * 1e3:6.0f}  {found['memory']:6.0f}   "
            f"{figures(found['alone'])}  {figures(found['beside a peer'])}  "
            f"{figures(found['remote'])}"
        )

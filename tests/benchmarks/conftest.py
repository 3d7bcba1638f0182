"""What the measurements share. `make bench` leaves the table in build/measurements.md."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.report import Report
from tests.benchmarks.servers import Server, hocuspocus, inkstand

TABLE = Path(__file__).parents[2] / "build" / "measurements.md"


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    report = Report()
    yield report
    if report.rows:
        report.write(TABLE)


@pytest.fixture(scope="session", autouse=True)
def before_neighbours() -> Iterator[None]:
    """Run before all else on the machine, where we may, with all that is started from here.

    Else a neighbour's time slice, 4 ms, is what p99 shows.
    """
    priority = os.getpriority(os.PRIO_PROCESS, 0)
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    yield
    os.setpriority(os.PRIO_PROCESS, 0, priority)


@pytest.fixture
def pinned() -> Iterator[None]:
    """Keep the load on the last processor; the servers have the first."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(processors)})
    yield
    os.sched_setaffinity(0, processors)


@pytest.fixture
def servers(tmp_path: Path, pinned: None) -> Iterator[list[Server]]:
    """Both, so that each measure is taken of one and then of the other, and again."""
    with inkstand(tmp_path / "inkstand") as ours, hocuspocus(tmp_path / "hocuspocus") as theirs:
        yield [ours, theirs]

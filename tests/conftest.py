"""Settings that every test shares."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# What programs say that the tests start, whatever the person's own language is.
os.environ["LANGUAGE"] = "en"

# A deadline would assert seconds, and shrinking a slow example takes minutes; `make bench` times.
# `make test` tries the same examples everywhere, so that a failure belongs to a change; "thorough"
# looks for new ones, and what it finds becomes a test of its own.
settings.register_profile(
    "inkstand",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough", settings.get_profile("inkstand"), derandomize=False, max_examples=5_000
)
settings.load_profile(os.environ.get("INKSTAND_HYPOTHESIS", "inkstand"))

# Python collects cycles on whichever thread allocates, and Qt objects among them may be deleted on
# their own thread only (see app/garbage.py): here it is done between the tests.
gc.disable()


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """Collect what a test has left behind."""
    yield
    young, middle, old = gc.get_count()
    if old > 10:
        gc.collect()
    elif middle > 10 or young > 700:
        gc.collect(1)

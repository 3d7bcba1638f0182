from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from sync.client.backoff import (
    FIRST_BOUND,
    HEALTHY_AFTER,
    LARGEST_BOUND,
    LONGEST_RETRY_AFTER,
    Backoff,
)


class Worst(random.Random):
    """Always draws the upper end."""

    def uniform(self, a: float, b: float) -> float:
        return b


def delays(backoff: Backoff, count: int, now: float = 0.0) -> list[float]:
    return [backoff.next_delay(now) for _ in range(count)]


def test_the_bound_doubles_up_to_its_limit() -> None:
    assert delays(Backoff(Worst()), 9) == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


@given(st.integers(0), st.integers(1, 2000))
def test_every_delay_is_within_its_bound(seed: int, failures: int) -> None:
    backoff = Backoff(random.Random(seed))
    for _ in range(failures):
        bound = backoff.bound
        assert FIRST_BOUND <= bound <= LARGEST_BOUND
        assert 0 <= backoff.next_delay(0.0) <= bound


@given(st.integers(0))
def test_jitter_is_full(seed: int) -> None:
    """Delays fill the whole range from nothing to the bound, evenly."""
    rng = random.Random(seed)
    first = [Backoff(rng).next_delay(0.0) / FIRST_BOUND for _ in range(400)]
    tenths = [sum(tenth <= 10 * value < tenth + 1 for value in first) for tenth in range(10)]
    assert min(tenths) > 0


@given(st.floats(0, 1e6), st.integers(0, 20), st.integers(0))
def test_retry_after_is_honoured_once(seconds: float, failures: int, seed: int) -> None:
    backoff = Backoff(random.Random(seed))
    delays(backoff, failures)
    backoff.retry_after(seconds)
    asked = min(seconds, LONGEST_RETRY_AFTER)
    bound = backoff.bound
    assert asked <= backoff.next_delay(0.0) <= asked + bound
    assert backoff.next_delay(0.0) <= LARGEST_BOUND


@given(st.floats(0, 1000), st.integers(1, 50))
def test_only_health_forgets_failures(lasted: float, failures: int) -> None:
    backoff = Backoff(Worst())
    delays(backoff, failures)
    bound = backoff.bound
    backoff.connected(100.0)
    expected = FIRST_BOUND if 100.0 + lasted - 100.0 >= HEALTHY_AFTER else bound
    assert backoff.next_delay(100.0 + lasted) == expected


def test_a_connection_counts_as_healthy_once() -> None:
    backoff = Backoff(Worst())
    backoff.connected(0.0)
    assert delays(backoff, 3, now=1000.0) == [0.5, 1, 2]


def test_waking_starts_anew() -> None:
    backoff = Backoff(Worst())
    delays(backoff, 10)
    backoff.retry_after(100)
    backoff.wake()
    assert backoff.next_delay(0.0) == FIRST_BOUND


def test_a_lost_relay_is_not_rushed() -> None:
    """10,000 clients lose one relay; once it is settled no second sees twice the mean."""
    rng = random.Random(1)
    arrivals = [0] * 300
    for _ in range(10_000):
        backoff, now = Backoff(rng), 0.0
        while (now := now + backoff.next_delay(now)) < 300:
            arrivals[int(now)] += 1
    settled = arrivals[120:]
    assert max(settled) < 2 * sum(settled) / len(settled)

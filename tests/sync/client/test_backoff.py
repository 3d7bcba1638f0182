from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.client.backoff import (
    FIRST_BOUND,
    HEALTHY_AFTER,
    LARGEST_BOUND,
    LONGEST_RETRY_AFTER,
    Backoff,
)
from sync.relay.settings import DEFAULTS


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
def test_the_first_delay_is_anywhere(seed: int) -> None:
    """First delays fill the whole range from nothing to the bound, evenly."""
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


def test_being_sent_from_node_to_node_is_no_failure() -> None:
    backoff = Backoff(Worst())
    for second in range(10):
        backoff.connected(float(second))
        backoff.crowd(CROWD)
        backoff.retry_after(0.5)
        backoff.relay_is_gone()
        assert backoff.next_delay(second + 0.1) == 0.5 + FIRST_BOUND
    # Nobody is there after all: now it counts.
    assert backoff.next_delay(20.0) == CROWD


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


CLIENTS = 10_000
CROWD = CLIENTS / DEFAULTS.returns_per_second
"""Seconds; what a relay with so many tells them."""


def returns(back_after: float, rng: random.Random) -> list[float]:
    """Return when each of `CLIENTS` reaches a relay that dies at 0 and lives at `back_after`."""
    arrivals = []
    for _ in range(CLIENTS):
        backoff, now = Backoff(rng), 0.0
        backoff.connected(-1000.0)
        backoff.crowd(CROWD)
        backoff.relay_is_gone()
        now += backoff.next_delay(now)
        while now < back_after:
            now += backoff.next_delay(now)
        arrivals.append(now)
    return sorted(arrivals)


def peak_to_mean(arrivals: list[float]) -> tuple[float, float]:
    """Return the most in any second, and that divided by the mean until the last has come."""
    most = start = 0
    for end, arrival in enumerate(arrivals):
        while arrival - arrivals[start] > 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most, most * (arrivals[-1] - arrivals[0]) / len(arrivals)


@pytest.mark.parametrize("back_after", [0, 0.2, 1, 3, 7, 12, 20, 45, 120, 300, 3600])
def test_a_crowd_that_lost_its_relay_is_not_seen_twice_as_dense(back_after: float) -> None:
    most, ratio = peak_to_mean(returns(back_after, random.Random(1)))
    assert ratio < 2
    assert most < 2 * DEFAULTS.returns_per_second


def test_a_crowd_that_is_sent_away_neither() -> None:
    """As `Relay.drain` does it: one after the other, each with a wait of its own."""
    rng = random.Random(1)
    arrivals = []
    for number in range(CLIENTS):
        backoff = Backoff(rng)
        left = DEFAULTS.drain_seconds * number / CLIENTS
        backoff.retry_after(rng.uniform(0.2, max(CROWD, DEFAULTS.drain_seconds)))
        arrivals.append(left + backoff.next_delay(left))
    _, ratio = peak_to_mean(sorted(arrivals))
    assert ratio < 2


def test_without_a_word_about_the_crowd_a_lone_client_is_quick() -> None:
    backoff = Backoff(Worst())
    backoff.connected(-1000.0)
    backoff.relay_is_gone()
    assert backoff.next_delay(0.0) == FIRST_BOUND


def test_a_network_of_ones_own_that_was_lost_is_no_crowd() -> None:
    backoff = Backoff(Worst())
    backoff.connected(-1000.0)
    backoff.crowd(CROWD)
    assert backoff.next_delay(0.0) == FIRST_BOUND


def test_everybody_keeps_the_place_in_the_window() -> None:
    backoff = Backoff(random.Random(1))
    backoff.connected(-1000.0)
    backoff.crowd(CROWD)
    backoff.relay_is_gone()
    assert 0 <= backoff.next_delay(0.0) <= CROWD
    assert delays(backoff, 3) == [CROWD] * 3
    backoff.wake()
    assert backoff.next_delay(0.0) <= FIRST_BOUND


def test_what_one_relay_said_is_not_true_of_the_next() -> None:
    backoff = Backoff(Worst())
    backoff.crowd(CROWD)
    backoff.connected(-1000.0)
    backoff.relay_is_gone()
    assert backoff.next_delay(0.0) == FIRST_BOUND


def test_all_who_wait_for_long_do_not_come_in_step() -> None:
    """10,000 clients whose relay said nothing; once it is settled no second sees twice the mean."""
    rng = random.Random(1)
    arrivals = [0] * 300
    for _ in range(CLIENTS):
        backoff, now = Backoff(rng), 0.0
        while (now := now + backoff.next_delay(now)) < 300:
            arrivals[int(now)] += 1
    settled = arrivals[120:]
    assert max(settled) < 2 * sum(settled) / len(settled)

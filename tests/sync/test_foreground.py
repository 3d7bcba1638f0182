"""Others give way to a window at work, but not for ever."""

from __future__ import annotations

import threading

import pytest

from sync.foreground import Foreground

A_MINUTE = 60.0


def test_others_wait_until_the_window_is_done() -> None:
    foreground, went_on = Foreground(A_MINUTE), threading.Event()

    def work() -> None:
        foreground.give_way()
        went_on.set()

    with foreground:
        with foreground:
            pass
        thread = threading.Thread(target=work)
        thread.start()
        assert not went_on.wait(0.05)
    assert went_on.wait(A_MINUTE)
    thread.join()


def test_nobody_waits_for_a_window_that_is_not_at_work() -> None:
    foreground = Foreground(A_MINUTE)
    with foreground:
        assert foreground.at_work
    assert not foreground.at_work
    foreground.give_way()


def test_nobody_waits_for_a_dialog() -> None:
    foreground = Foreground(patience=0.0)
    with foreground:
        assert not foreground.at_work
        foreground.give_way()


def test_others_wait_for_what_a_key_will_bring_and_no_longer() -> None:
    foreground, went_on = Foreground(A_MINUTE), threading.Event()

    def work() -> None:
        foreground.give_way()
        went_on.set()

    foreground.hold(A_MINUTE)
    thread = threading.Thread(target=work)
    thread.start()
    assert not went_on.wait(0.05)
    with foreground:  # the paint
        pass
    assert went_on.wait(A_MINUTE)
    thread.join()
    foreground.hold(0.0)  # and nothing comes of it
    assert not foreground.at_work
    foreground.give_way()


def test_a_clock_that_goes_back_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    foreground = Foreground(patience=0.01)
    foreground.hold(0.01)
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    foreground.give_way()
    assert not foreground.at_work

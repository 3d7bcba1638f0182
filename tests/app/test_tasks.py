"""Slow work beside the window."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from app.tasks import Tasks
from sync.foreground import FOREGROUND


def test_what_work_returns_comes_back_on_the_thread_that_asked(qtbot: QtBot) -> None:
    tasks, came = Tasks("test"), list[object]()
    here = threading.current_thread()
    tasks.run(lambda _: threading.current_thread(), came.append)
    tasks.run(lambda _: "then", lambda word: came.extend((word, threading.current_thread())))
    qtbot.waitUntil(lambda: len(came) == 3)
    tasks.close()
    assert came[0] is not here
    assert came[1:] == ["then", here]


def test_nothing_is_delivered_that_is_wanted_no_more(qtbot: QtBot) -> None:
    tasks, came = Tasks("test"), list[str]()
    may_go_on = threading.Event()
    task = tasks.run(lambda _: may_go_on.wait(), lambda _: came.append("cancelled"))
    task.cancel()
    may_go_on.set()
    tasks.run(lambda _: None, lambda _: came.append("wanted"))
    qtbot.waitUntil(lambda: bool(came))
    tasks.close()
    assert came == ["wanted"]


def test_what_is_asked_for_too_late_is_not_run() -> None:
    tasks, came = Tasks("test"), list[str]()
    tasks.close()
    task = tasks.run(lambda _: came.append("run"), lambda _: came.append("delivered"))
    tasks.close(wait=True)
    assert task.cancelled()
    assert came == []


def test_others_give_way_while_what_came_back_is_shown(qtbot: QtBot) -> None:
    tasks, at_work = Tasks("test"), list[bool]()
    tasks.run(lambda _: None, lambda _: at_work.append(FOREGROUND.at_work))
    qtbot.waitUntil(lambda: bool(at_work))
    tasks.close()
    assert at_work == [True]
    assert not FOREGROUND.at_work

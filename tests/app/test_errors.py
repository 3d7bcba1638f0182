"""Whatever is raised becomes a sentence that says what happened, and what to do."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from app.errors import explain, said
from sync.errors import CannotSave, ExportFailed, RelayUnreachable, SignInRefused


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CannotSave("the disk is full"), "Make room on the disk"),
        (ExportFailed(Path("x.md"), "the disk is full"), "Choose another place"),
        (RelayUnreachable("wss://relay.example", "it does not answer"), "Check the address"),
        (OSError(errno.ENOSPC, "x"), "the disk is full"),
        (TimeoutError(), "Try again"),
        (sqlite3.OperationalError("disk I/O error at secret"), "The database"),
        (MemoryError(), "memory"),
        (ValueError("secret"), "Problem reports"),
    ],
)
def test_there_is_a_way_on(error: Exception, words: str) -> None:
    assert words in said(error)
    assert explain(error).what
    assert "secret" not in said(error)


def test_what_says_everything_by_itself_is_left_alone() -> None:
    assert said(SignInRefused("Wrong name or password.")) == "Wrong name or password."

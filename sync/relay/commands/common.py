"""What several verbs need."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.errors import AdministrationError
from sync.relay.storage.base import User
from sync.relay.storage.sqlite.restore import refuse_half_restored
from sync.relay.storage.sqlite.storage import SqliteStorage

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]
    """What `add_subparsers` returns; argparse has no public name for it."""


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[SqliteStorage]:
    """Open the storage in ``--data-dir``, whether a relay serves it or not.

    Raises what `SqliteStorage` does, and `AdministrationError` in the middle of a restore.
    """
    refuse_half_restored(arguments.data_dir)
    storage = SqliteStorage(arguments.data_dir)
    try:
        yield storage
    finally:
        storage.close()


def find_user(storage: SqliteStorage, name: str) -> User:
    """Return the user of that name. Raises `AdministrationError`."""
    found = storage.accounts.find_user(name)
    if found is None:
        raise AdministrationError(f"There is no user {name!r} on this relay.")
    return found[0]

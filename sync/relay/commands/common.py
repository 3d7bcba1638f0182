"""What several verbs need."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.errors import AdministrationError
from sync.relay.storage.base import Storage, User
from sync.relay.storage.opening import Place

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]
    """What `add_subparsers` returns; argparse has no public name for it."""


STORE_VARIABLE = "INKSTAND_RELAY_STORE"
"""Of the environment: what ``--store`` is if it is not given; everybody can read arguments."""

REPLICA_VARIABLE = "INKSTAND_RELAY_READ_REPLICA"
"""The same for ``--read-replica``."""


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Storage]:
    """Open the storage that the command names, whether a relay serves it or not.

    Raises what `Place.open` does.
    """
    storage = place_of(arguments).open()
    try:
        yield storage
    finally:
        storage.close()


def place_of(arguments: argparse.Namespace) -> Place:
    """Return where the command shall find things. Raises `AdministrationError`."""
    replica = getattr(arguments, "read_replica", None)  # of `serve` only
    return Place(arguments.data_dir, arguments.store, replica)


def refuse_store(arguments: argparse.Namespace, instead: str) -> None:
    """Raise `AdministrationError` if the command makes no sense with ``--store``."""
    if arguments.store is not None:
        raise AdministrationError(f"That is for a relay that keeps all in its folder. {instead}")


def find_user(storage: Storage, name: str) -> User:
    """Return the user of that name. Raises `AdministrationError`."""
    found = storage.accounts.find_user(name)
    if found is None:
        raise AdministrationError(f"There is no user {name!r} on this relay.")
    return found[0]

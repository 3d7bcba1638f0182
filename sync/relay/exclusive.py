"""One relay a data directory: two would number one log twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from sync.errors import AdministrationError
from sync.relay.storage import files
from sync.relay.storage.sqlite.schema import cannot_write


@contextlib.contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Keep relays from the data directory, and make it if it is not there.

    Raises `AdministrationError` if a relay serves it.
    """
    lock = FileLock(data_dir / "relay.lock", mode=0o600)
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        files.give_to_owner(data_dir, data_dir / "relay.lock")
    except Timeout:
        raise AdministrationError(
            f"Another relay serves {data_dir} already. Stop it, or choose another folder."
        ) from None
    except OSError as error:
        raise cannot_write(data_dir, error) from None
    try:
        yield
    finally:
        lock.release()

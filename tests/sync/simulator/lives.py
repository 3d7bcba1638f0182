"""Where the disks of simulated machines are, and what new ones hold."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.relay.storage.sqlite.storage import SqliteStorage
from sync.store.store import Store


@contextmanager
def templates() -> Iterator[Path]:
    """Yield a folder with a new device's and a new relay's disk in `templates`.

    In memory where that is possible: what a real disk loses is decided by the simulator.
    """
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        (folder / "templates" / "relay").mkdir(parents=True)
        Store.open(folder / "templates" / "device").close()
        SqliteStorage(folder / "templates" / "relay").close()
        yield folder
    finally:
        shutil.rmtree(folder)

"""Which back end a relay has: PostgreSQL where it is told one, SQLite where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from sync.errors import AdministrationError
from sync.relay.settings import Settings
from sync.relay.storage import elsewhere
from sync.relay.storage.base import Settled, Storage
from sync.relay.storage.sql.check import Progress
from sync.relay.storage.sqlite.check import check as sqlite_check
from sync.relay.storage.sqlite.restore import refuse_half_restored
from sync.relay.storage.sqlite.storage import SqliteStorage
from sync.threads import THREADS, Threads


@dataclass(frozen=True, slots=True)
class Place:
    """Where a relay keeps things."""

    data_dir: Path
    """This machine's own folder; with a `store` it holds copies and nothing else."""
    store: str | None = field(default=None, repr=False)
    """URL of the database that all nodes share; None: a file in `data_dir`."""

    replica: str | None = field(default=None, repr=False)
    """URL of a streaming replica of `store`, for lists; None if there is none."""

    def __post_init__(self) -> None:
        if self.replica is not None and (
            self.store is None or not elsewhere.is_postgres(self.replica)
        ):
            raise AdministrationError(
                "--read-replica takes the URL of a replica of the PostgreSQL database that --store "
                "names."
            )
        if self.store is not None and not elsewhere.is_postgres(self.store):
            raise AdministrationError(
                "--store takes the URL of a PostgreSQL database, as "
                "postgresql://inkstand@db.example.org/inkstand. Without it the relay keeps all "
                "in --data-dir."
            )

    def check(self, progress: Progress) -> Iterator[str]:
        """Yield a sentence for each thing that is amiss. Raises what `sqlite.check.check` does."""
        if self.store is None:
            return sqlite_check(self.data_dir, progress)
        _need_driver()
        from sync.relay.storage.postgres.check import check

        return check(self.store, progress)

    def open(
        self,
        settled: Settled = lambda _: None,
        settings: Settings | None = None,
        committed: Callable[[float], object] = lambda _: None,
        threads: Threads = THREADS,
    ) -> Storage:
        """Open the storage; see `SqliteStorage`. Raises `NewerSchema` and `AdministrationError`."""
        if self.store is None:
            refuse_half_restored(self.data_dir)
            return SqliteStorage(self.data_dir, settled, settings, committed, threads)
        _need_driver()
        from sync.relay.storage.postgres.storage import PostgresStorage

        return PostgresStorage(self.store, settled, settings, committed, threads, self.replica)


def _need_driver() -> None:
    """Raise `AdministrationError` if PostgreSQL's driver is not there; only then is it imported."""
    if find_spec("psycopg") is None:
        raise AdministrationError(
            "The driver for PostgreSQL is not installed. Install inkstand[cluster], or leave out "
            "--store."
        )

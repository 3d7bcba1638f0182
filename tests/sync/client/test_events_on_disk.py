"""What is on disk is told, also when the connection ends while it is being written."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from sync.client.events import Event, RemoteUpdate
from sync.client.events_on_disk import on_disk
from sync.document.delta import insert
from sync.document.document import Document
from sync.errors import StoreError
from sync.store.store import Store
from sync.types import DocumentId, Origin, Sequence

PAPER = DocumentId("paper")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path)
    store.create_document(PAPER, "Paper").result()
    yield store
    store.close()


@contextmanager
def busy(store: Store) -> Iterator[None]:
    """Keep the store from writing, as another process may."""
    with closing(sqlite3.connect(store.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


async def until_it_has_begun(write: Future[Sequence]) -> None:
    while not write.running():  # it tells nobody when it begins  # noqa: ASYNC110
        await asyncio.sleep(0)


def an_update() -> bytes:
    document = Document()
    document.apply(insert(0, "Written.\n"), Origin.COMMAND)
    return document.encode_state()


def test_who_is_cancelled_while_it_is_written_is_told_all_the_same(store: Store) -> None:
    update = an_update()
    told: list[Event] = []

    async def connection() -> None:
        write = store.append_remote_all(PAPER, [update])
        heard = asyncio.Event()

        def hear(event: Event) -> None:
            told.append(event)
            heard.set()

        logging = asyncio.ensure_future(on_disk([write], hear, [RemoteUpdate(PAPER, update)]))
        await until_it_has_begun(write)
        logging.cancel()
        with suppress(asyncio.CancelledError):
            await logging
        assert not told
        lock.close()
        await asyncio.wait_for(heard.wait(), 60)

    with ExitStack() as lock:
        lock.enter_context(busy(store))
        asyncio.run(connection())
    assert told == [RemoteUpdate(PAPER, update)]
    assert store.load(PAPER).updates == [update]


def test_what_is_not_on_disk_is_not_told(store: Store) -> None:
    store.close()
    told: list[Event] = []

    async def connection() -> None:
        write = store.append_remote_all(PAPER, [an_update()])
        await on_disk([write], told.append, [RemoteUpdate(PAPER, b"")])

    with pytest.raises(StoreError):
        asyncio.run(connection())
    assert not told

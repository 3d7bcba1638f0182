"""A long document that is open gets ready for quick edits by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.live_document import LiveDocument
from sync.document.delta import Insert, insert
from sync.document.document import WORTH_ITEMS, Document
from sync.store.store import Store
from sync.types import DocumentId, Origin


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path)
    yield store
    store.close()


def test_items_are_read_while_the_writer_rests(qtbot: QtBot, store: Store) -> None:
    book = Document()
    book.apply([Insert("word " * (WORTH_ITEMS // 5)), Insert("\n")], Origin.COMMAND)
    name = DocumentId("book")
    store.create_document(name, "Book", [(book.encode_state(), Origin.COMMAND)], None).result()
    opened = LiveDocument(store, name, None)
    assert opened.document._items.current() is None
    qtbot.waitUntil(lambda: opened.document._items.current() is not None)
    # They are lost, as after an error, and read again when something changes.
    opened.document._items.forget()
    opened.document.apply(insert(3, "x"), Origin.COMMAND)
    qtbot.waitUntil(lambda: opened.document._items.current() is not None)
    opened.close()

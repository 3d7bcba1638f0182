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


def test_what_is_typed_goes_to_the_disk_behind_the_paint(qtbot: QtBot, store: Store) -> None:
    name = DocumentId("letter")
    store.create_document(name, "Letter", [], None).result()
    opened = LiveDocument(store, name, None)
    saved: list[int] = []
    opened.saved.connect(saved.append)
    opened.document.apply(insert(0, "a"), Origin.VIEW)
    opened.document.apply(insert(1, "b"), Origin.VIEW)
    # No turn of the event loop so far: the store's thread knows of nothing.
    assert (opened.replica.unsaved, opened.replica._writing) == (2, 0)
    qtbot.waitUntil(lambda: not opened.replica.unsaved)
    assert len(saved) == 1  # both in one
    opened.document.apply(insert(2, "c"), Origin.VIEW)
    assert opened.close() == 0
    again = LiveDocument(store, name, None)
    assert again.document.text() == "abc"
    again.close()


def test_a_command_takes_along_what_was_typed_before_it(qtbot: QtBot, store: Store) -> None:
    name = DocumentId("letter")
    store.create_document(name, "Letter", [], None).result()
    opened = LiveDocument(store, name, None)
    opened.document.apply(insert(0, "a"), Origin.VIEW)
    opened.document.apply(insert(1, "b"), Origin.COMMAND)
    with opened.replica._changed:  # no turn of the event loop
        assert opened.replica._changed.wait_for(lambda: not opened.replica.unsaved, 60)
    assert opened.close() == 0

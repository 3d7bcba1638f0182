"""What documents hold, and what the files do, read past the programs that write them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple

from sync.document.comments import Comments
from sync.document.document import Document
from sync.document.library import Library
from sync.document.library.format import DELETED, FOLDERS, NAME
from sync.relay.storage.replay import Replay
from sync.types import DocumentId, commented_id, comments_id, library_owner

_DEVICE = (
    "SELECT number FROM documents WHERE id = ?",
    "SELECT sequence, bytes FROM snapshots WHERE document = ? AND sequence > ?",
    "SELECT sequence, bytes FROM updates WHERE document = ? AND sequence > ? ORDER BY sequence",
)
_RELAY = (
    "SELECT key FROM documents WHERE id = ?",
    "SELECT sequence, state FROM snapshots WHERE document = ? AND sequence > ?",
    "SELECT sequence, data FROM updates WHERE document = ? AND sequence > ? ORDER BY sequence",
)


class Content(NamedTuple):
    """What a text, comments, or a library say."""

    whole: object
    """All of it, to be compared."""
    tokens: tuple[str, ...]
    """Characters, what was said or proposed, folders: each is made once, by one device."""


NOTHING = Content(None, ())


def content_of(document: Document | Comments | Library) -> Content:
    """Return what is in a document."""
    match document:
        case Document():
            text = document.text()
            return Content(text, tuple(text))
        case Comments():
            threads = document.threads()
            proposals = [thread.id for thread in threads if thread.suggestion]
            said = [comment.body for thread in threads for comment in thread.comments]
            return Content(threads, (*proposals, *said))
        case Library():
            folders = document.values[FOLDERS]
            named = [key.removesuffix(f"/{NAME}") for key in folders if key.endswith(f"/{NAME}")]
            there = sorted(one for one in named if f"{one}/{DELETED}" not in folders)
            return Content({root: dict(of) for root, of in document.values.items()}, tuple(there))


def _comments(replay: Replay) -> Comments:
    comments = Comments("reader", client_id=1)
    comments.apply_update(replay.state())
    return comments


def _content(document_id: DocumentId, replay: Replay) -> Content:
    if library_owner(document_id) is not None:
        return content_of(Library.load(replay.state(), client_id=1))
    if commented_id(document_id) is not None:
        return content_of(_comments(replay))
    text = replay.text()
    return Content(text, tuple(text))


class DiskView:
    """Follows the logs in one database file, of a device or the relay."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(path)
        self._queries = _RELAY if path.suffix == ".sqlite3" else _DEVICE
        self._replays: dict[DocumentId, tuple[Replay, int]] = {}
        self._contents: dict[DocumentId, tuple[int, Content]] = {}
        self._version = 0
        self._current: set[DocumentId] = set()
        """Documents that were read since the file last changed."""

    def close(self) -> None:
        self._connection.close()

    def with_comments(self, document_id: DocumentId) -> tuple[Document, Comments]:
        """Return a text and the comments beside it."""
        beside = comments_id(document_id)
        for one in (document_id, beside):
            self.content(one)
        text, said = (self._replays.get(one, (Replay(), 0))[0] for one in (document_id, beside))
        return Document.load(text.state(), client_id=1), _comments(said)

    def content(self, document_id: DocumentId) -> Content:
        """Return a document as it is committed, `NOTHING` if there is none."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self._current.clear()
        if document_id in self._current:
            return self._contents[document_id][1]
        self._current.add(document_id)
        find, snapshots, updates = self._queries
        row = self._connection.execute(find, [document_id]).fetchone()
        if row is None:
            self._contents[document_id] = -1, NOTHING
            return NOTHING
        replay, seen = self._replays.get(document_id) or (Replay(), 0)
        for query in (snapshots, updates):
            rows = self._connection.execute(query, [row[0], seen]).fetchall()
            replay.apply(data for _, data in rows)
            seen = max([seen, *(sequence for sequence, _ in rows)])
        self._replays[document_id] = replay, seen
        known = self._contents.get(document_id)
        if known is None or known[0] != seen:
            known = self._contents[document_id] = seen, _content(document_id, replay)
        return known[1]

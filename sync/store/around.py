"""What lies around the documents, as plain values for an export: their folders and comments."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sync.document.comment_entries import Suggestion
from sync.document.comments import Comments
from sync.document.delta import Embed
from sync.document.document import Document
from sync.document.library.format import ROOT
from sync.document.library.library import Library
from sync.document.threads import Comment, Thread
from sync.errors import InvalidUpdate
from sync.store.log import StoredDocument
from sync.store.store import Store
from sync.types import LOCAL_LIBRARY, DocumentId, comments_id, is_implied, library_owner


def folder_paths(store: Store) -> dict[DocumentId, str]:
    """Return in which folder the person has each document ("Work/Letters"); not those in none.

    Raises `StoreError`.
    """
    records = store.documents(implied=True)
    documents = [record.id for record in records if not is_implied(record.id)]
    paths: dict[DocumentId, str] = {}
    for record in sorted(records, key=lambda record: record.id != LOCAL_LIBRARY):
        if record.id != LOCAL_LIBRARY and library_owner(record.id) is None:
            continue
        stored = store.load(record.id)
        try:
            library = Library.load(stored.snapshot, stored.updates)
        except InvalidUpdate:
            continue  # the documents are what counts
        library.set_known(documents)
        folders = library.view().folders
        for folder in folders.values():
            names: list[str] = []
            above = folder
            while above.id != ROOT and above.parent is not None:
                names.insert(0, above.name.replace("/", " "))
                above = folders[above.parent]
            if names:
                paths |= dict.fromkeys(folder.documents, "/".join(names))
    return paths


def comment_threads(store: Store, document_id: DocumentId, document: Document) -> list[Any]:
    """Return the threads beside a document as plain values for JSON, oldest first.

    `start` and `end` are UTF-16 units in its text, null where its place is no more. Raises
    `StoreError`.
    """
    beside = comments_id(document_id)
    if beside not in {record.id for record in store.documents(implied=True)}:
        return []
    comments = _load(store.load(beside))
    return [_thread(thread, document) for thread in comments.threads()]


def _load(stored: StoredDocument) -> Comments:
    comments = Comments("")
    for update in (stored.snapshot, *stored.updates):
        if update is not None:
            with suppress(InvalidUpdate):  # the rest counts
                comments.apply_update(update)
    return comments


def _thread(thread: Thread, document: Document) -> dict[str, Any]:
    start, end = document.resolve(thread.start), document.resolve(thread.end)
    gone = start is None or end is None or start >= end
    found: dict[str, Any] = {
        "id": thread.id,
        "author": thread.author,
        "created": thread.created,
        "quote": thread.quote,
        "start": None if gone else start,
        "end": None if gone else end,
        "resolved": thread.resolved,
        "comments": [_comment(comment) for comment in thread.comments],
    }
    if thread.suggestion is not None:
        found["suggestion"] = _suggestion(thread.suggestion)
        found["decisions"] = [
            {"by": decision.by, "at": decision.at, "verdict": decision.verdict}
            for decision in thread.decisions
        ]
    return found


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "author": comment.author,
        "created": comment.created,
        "body": comment.body,
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    if suggestion.attributes is not None:
        return {"attributes": suggestion.attributes}
    parts = []
    for part in suggestion.replacement:
        content = part.content.value if isinstance(part.content, Embed) else part.content
        parts.append({"insert": content, "attributes": part.attributes})
    return {"replacement": parts}

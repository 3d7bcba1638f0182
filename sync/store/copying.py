"""A document once more, as one of its own."""

from __future__ import annotations

from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import DocumentId, Origin, new_document_id


def copy_document(
    store: Store, document_id: DocumentId, title: str, author: str | None
) -> DocumentId:
    """Make a document with all that this device holds of another; return its id once it is on disk.

    Also what the relay refused there: that is how a person keeps it. Whoever wrote what is
    still known in the copy; the two go separate ways from then on. Blocks for about as long as
    the document takes to load. Raises `UnknownDocument`, `CannotSave` or `DatabaseDamaged`.
    """
    document, _ = build_document(store.load(document_id))
    document.author = author
    updates = [(document.encode_state(), Origin.COMMAND)]
    document.on_update(lambda update, origin: updates.append((update, origin)))
    document.set_title(title)
    copy = new_document_id()
    record = store.document(document_id)
    home = None if record.elsewhere is None else record.home  # its words go to no other relay
    store.create_document(copy, title, updates, author, home).result()
    return copy

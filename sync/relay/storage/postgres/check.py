"""Whether everything of a relay's in PostgreSQL can be read, and what to do if not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import psycopg

from sync.errors import AdministrationError
from sync.relay.storage.postgres import connecting, schema
from sync.relay.storage.postgres.attachments import PostgresAttachmentBytes
from sync.relay.storage.postgres.connecting import Connection
from sync.relay.storage.sql.check import Progress, attached, check_documents
from sync.relay.storage.sql.reading import LAST

RESTORE = "Restore a backup of the database"


def check(url: str, progress: Progress = lambda *_: None) -> Iterator[str]:
    """Yield a sentence for each thing that is amiss: what, where, and what to do.

    Reads only, and relays may serve meanwhile. May take long. Raises `NewerSchema`, and
    `AdministrationError` if there is nothing to look at. Whether its own pages are sound
    PostgreSQL finds out when it reads them, if it was told to keep checksums.
    """
    with connecting.opened(url) as connection:
        schema.refuse_other(connection, url)
    try:
        with connecting.opened(url) as connection:
            yield from check_documents(connection, progress, RESTORE, psycopg.Error)
            yield from _check_heads(connection)
            rows = attached(connection)
        yield from _check_attachments(url, rows, progress)
    except AdministrationError as error:
        yield str(error)


def _check_heads(connection: Connection) -> Iterator[str]:
    """An update that is numbered beyond the end would be numbered again."""
    rows = connection.execute(
        "SELECT id FROM documents LEFT JOIN heads ON document = key"  # noqa: S608
        f" WHERE coalesce(heads.sequence, -1) <> {LAST.format('documents.key')}"
    )
    for (document_id,) in rows:
        yield f"document {document_id}: its log ends elsewhere than is noted. {RESTORE}."


def _check_attachments(
    url: str, rows: list[tuple[bytes, str]], progress: Progress
) -> Iterator[str]:
    kept = PostgresAttachmentBytes(url)
    try:
        for number, (digest, document_id) in enumerate(rows):
            progress("attachments", number, len(rows))
            found = hashlib.sha256()
            for part in kept.get(digest):
                found.update(part)
            if not kept.has(digest) or found.digest() != digest:
                yield (
                    f"attachment {digest.hex()} of document {document_id} is missing or damaged. "
                    "Add it to the document again."
                )
    finally:
        kept.close()

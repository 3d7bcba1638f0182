"""Names for the plain values that cross every layer."""

from __future__ import annotations

import re
import uuid
from enum import StrEnum
from typing import NewType

DocumentId = NewType("DocumentId", str)
"""Names one document on every device and on the relay: 1-64 of ``A-Z a-z 0-9 . _ -``."""

Sequence = NewType("Sequence", int)
"""Position of an update in one document's log, from 1, without gaps, never reused."""

_DOCUMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Origin(StrEnum):
    """Who caused a change; carried by every CRDT transaction (docs/architecture.md)."""

    VIEW = "view"
    """Typed: the QTextDocument shows it already."""
    COMMAND = "command"
    """A local command: in the CRDT first, the binding shows it."""
    UNDO = "undo"
    """Undo or redo of this person's own changes."""
    REMOTE = "remote"
    """Came from the relay."""
    LOAD = "load"
    """Replayed from the store."""


LOCAL_ORIGINS = frozenset({Origin.VIEW, Origin.COMMAND, Origin.UNDO})
"""Origins whose updates this device must send to the relay."""


class Role(StrEnum):
    """What a person may do with a document, weakest last."""

    OWNER = "owner"
    EDITOR = "editor"
    COMMENTER = "commenter"
    VIEWER = "viewer"

    @property
    def may_write_content(self) -> bool:
        """Whether the relay accepts content updates from this role."""
        return self in (Role.OWNER, Role.EDITOR)

    @property
    def may_comment(self) -> bool:
        """Whether the relay accepts updates of the comments from this role."""
        return self is not Role.VIEWER


_COMMENTS = ".comments"
_LIBRARY = "library."

LOCAL_LIBRARY = DocumentId(_LIBRARY + "local")
"""The library of who is not signed in. It stays on the device (`stays_here`)."""


def comments_id(document_id: DocumentId) -> DocumentId:
    """Return the id of the comments beside a document."""
    return DocumentId(document_id + _COMMENTS)


def commented_id(document_id: DocumentId) -> DocumentId | None:
    """Return the document that `document_id` has the comments of; None if it has none."""
    base = document_id.removesuffix(_COMMENTS)
    if base == document_id or base.endswith(_COMMENTS) or library_owner(DocumentId(base)):
        return None
    return DocumentId(base) if is_document_id(base) else None


def library_id(user_id: str) -> DocumentId:
    """Return the id of the document with a person's folders, tags and favourites."""
    return DocumentId(_LIBRARY + user_id)


def library_owner(document_id: DocumentId) -> str | None:
    """Return the id of the user whose library `document_id` is; None if it is nobody's."""
    if document_id == LOCAL_LIBRARY:
        return None
    owner = document_id.removeprefix(_LIBRARY)
    return owner if owner != document_id and "." not in owner else None


def stays_here(document_id: DocumentId) -> bool:
    """Whether a document is never sent to a relay."""
    return document_id == LOCAL_LIBRARY


def is_implied(document_id: DocumentId) -> bool:
    """Whether nobody creates a document: it comes with a user or with another document."""
    return document_id.startswith(_LIBRARY) or document_id.endswith(_COMMENTS)


def new_document_id() -> DocumentId:
    """Return a fresh id (32 hexadecimal digits) that no other device will choose."""
    return DocumentId(uuid.uuid4().hex)


def is_document_id(text: str) -> bool:
    """Whether `text` may name a document; anything else from outside is refused."""
    return _DOCUMENT_ID.fullmatch(text) is not None

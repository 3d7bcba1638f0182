"""What stands in a library document, and what of it is valid: docs/library.md.

All of it was written by the person's own devices, perhaps by a newer or a broken program:
what is not valid is passed over where it is read, and stays where it is.
"""

from __future__ import annotations

import math
import re
import uuid
from typing import Any, NamedTuple

from sync.document.companion import Key
from sync.document.library.order import is_key
from sync.errors import InvalidChange
from sync.types import DocumentId, is_document_id, is_implied

FOLDERS = "folders"
PLACES = "places"
TAGS = "tags"
TAGGED = "tagged"
FAVOURITES = "favourites"
RECENT = "recent"
TRASH = "trash"
EMPTIED = "emptied"
ADOPTION = "adoption"
ROOTS = (FOLDERS, PLACES, TAGS, TAGGED, FAVOURITES, RECENT, TRASH, EMPTIED, ADOPTION)

NAME = "name"
PLACE = "place"
DELETED = "deleted"
COLOR = "color"

ROOT = ""
"""Stands for the id of a folder where everything is that is in none."""

MAX_NAME = 200
"""Characters of a folder's or tag's name."""
MAX_FOLDERS = 5_000
"""Folders that are read, and may be made."""
MAX_TAGS = 1_000
"""Tags that are read, and may be made."""
MAX_DEPTH = 32
"""Folders in one another that a person may make; twice as many are read."""
MAX_RECENT = 50
"""Documents opened last that are remembered."""

_ID = re.compile(r":[0-9a-f]{32}")
_COLOR = re.compile(r"#[0-9a-f]{6}")
# Control characters, separators of lines, and what turns the direction of a line; marks of
# direction that bind to one place (U+200E, U+200F, U+061C) are a part of names.
_UNWANTED = re.compile(r"[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


class Place(NamedTuple):
    """Where something stands."""

    folder: str
    """Id of the folder, or `ROOT`."""
    order: str
    """Its key among the siblings (`sync.document.library.order`)."""

    def entry(self) -> dict[str, str]:
        """Return it as it is written."""
        return {"in": self.folder, "at": self.order}


def read_place(value: Any) -> Place | None:
    """Return the place that an entry names; None if it is not valid."""
    if not isinstance(value, dict):
        return None
    folder: Any = value.get("in")
    order: Any = value.get("at")
    if (folder == ROOT or is_id(folder)) and is_key(order):
        return Place(folder, order)
    return None


def read_trashed(value: Any) -> tuple[int, str] | None:
    """Return when something was put into the trash (Unix milliseconds), and by which act."""
    if not isinstance(value, dict):
        return None
    at: Any = value.get("at")
    act: Any = value.get("act")
    return (int(at), act) if is_number(at) and is_id(act) else None


def is_id(value: Any) -> bool:
    """Whether a value names a folder, a tag or an act."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def new_id() -> str:
    """Return a fresh id that no other device will choose, and that can be no document's."""
    return ":" + uuid.uuid4().hex


def is_placeable(document_id: str) -> bool:
    """Whether an id names a document that a person organises."""
    return is_document_id(document_id) and not is_implied(DocumentId(document_id))


def is_number(value: Any) -> bool:
    """Whether a value is a count or a time; integers come back as floats."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and 0 <= value < 1e15
    )


def is_color(value: Any) -> bool:
    """Whether a value is a colour: `#` and six hexadecimal digits in lower case."""
    return isinstance(value, str) and _COLOR.fullmatch(value) is not None


def clean_name(name: str) -> str:
    """Return a name as it may be shown: one line, nothing that turns its direction."""
    return " ".join(_UNWANTED.sub(" ", name[: 2 * MAX_NAME]).split())[:MAX_NAME].rstrip()


def check_name(name: str) -> str:
    """Return a name as it may be written. Raises `InvalidChange` if nothing is left of it."""
    cleaned = clean_name(name)
    if not cleaned:
        raise InvalidChange("a name has at least one visible character")
    return cleaned


def same_name(name: str) -> str:
    """Return what two names have in common that a person takes for one."""
    return name.casefold()


def folder_key(folder_id: str, field: str) -> Key:
    """Return where a field of a folder stands."""
    return Key(FOLDERS, f"{folder_id}/{field}")


def place_key(item_id: str) -> Key:
    """Return where it stands in which place a folder or document is."""
    return folder_key(item_id, PLACE) if is_id(item_id) else Key(PLACES, item_id)


def tag_key(tag_id: str, field: str) -> Key:
    """Return where a field of a tag stands."""
    return Key(TAGS, f"{tag_id}/{field}")


def tagged_key(document_id: str, tag_id: str) -> Key:
    """Return where it stands that a document has a tag."""
    return Key(TAGGED, f"{document_id}/{tag_id}")

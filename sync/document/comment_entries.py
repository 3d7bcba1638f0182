"""What may stand in the maps of a document's comments: names, limits, shapes.

Shared by the device, which leaves out whatever has another shape, and by the relay, which
refuses it. docs/comments.md has the entries as a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert
from sync.document.items import Id
from sync.document.positions import is_encodable
from sync.document.relative import RelativePosition, id_from_json
from sync.document.schema import AUTHORS
from sync.document.shadow import plain_attributes, plain_embed
from sync.errors import InvalidPosition
from sync.types import is_document_id

THREADS: Final = "threads"
COMMENTS: Final = "comments"
RESOLUTIONS: Final = "resolutions"
DECISIONS: Final = "decisions"
ROOTS = (THREADS, COMMENTS, RESOLUTIONS, DECISIONS, AUTHORS)

ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"
VERDICTS = (ACCEPTED, REJECTED, WITHDRAWN)

MAX_BODY = 16 * 1024
"""Characters of one comment."""
MAX_QUOTE = 1024
"""Characters of a quote; what a suggestion replaces is no longer than that."""
MAX_REPLACEMENT = 32 * 1024
"""Characters that a suggestion puts in, embeds as JSON included."""
MAX_PARTS = 500
"""Parts of a replacement with attributes of their own."""
MAX_NAME = 64
"""Characters of a user id, and of an entry's."""
MAX_ENTRY = 128 * 1024
"""Characters of one entry's texts and names together, unknown fields included."""
MAX_VALUES = 4 * 1024
"""Values in one entry, unknown fields included."""
MAX_DEPTH = 8
"""Objects and arrays within each other in one entry."""
MAX_TIME = 10**15 - 1
"""Unix milliseconds."""

EMBED_QUOTED = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for an embed in a quote."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed change of a thread's place: other content, or other attributes."""

    replacement: tuple[Insert, ...]
    """What comes instead, embeds as they were proposed, attributes that may be shown only."""
    attributes: Attributes | None
    """Marks set on the place (None takes one away); None: it is replaced."""
    left: Id | None
    """The unit behind which the replacement goes; None at the start of the text."""
    right: Id
    """The unit before which it goes: the first of the place, or the one behind an empty one."""


def is_entry(root: str, key: str, entry: Any) -> bool:
    """Whether a value may stand under a key in one of `ROOTS`."""
    if root == AUTHORS:
        return key.isascii() and key.isdigit() and len(key) <= 16 and _is_name(entry)
    if not isinstance(entry, dict) or not _is_small(entry):
        return False
    match root:
        case "threads":
            return is_document_id(key) and _is_thread(entry)
        case "comments":
            return is_document_id(key) and _is_comment(entry)
        case "resolutions":
            return is_document_id(key) and _is_resolution(entry)
        case "decisions":
            return _is_decision(key, entry)
    return False


def decision_key(thread_id: str, verdict: str, user_id: str) -> str:
    """Return where a decision on a suggestion stands, so that none takes another's place."""
    return f"{thread_id}/{verdict}/{user_id}"


def read_suggestion(value: object) -> Suggestion | None:
    """Read a thread's `suggestion`; None if it is none."""
    if not isinstance(value, dict):
        return None
    try:
        left, right = id_from_json(value.get("left")), id_from_json(value.get("right"))
    except InvalidPosition:
        return None
    if right is None:
        return None
    attributes = value.get("attributes")
    if attributes is not None:
        if "replacement" in value or not isinstance(attributes, dict) or not attributes:
            return None
        attributes = plain_attributes(attributes)
        wanted = {name: mark for name, mark in attributes.items() if mark is not None}
        if not attributes.keys() <= schema.MARKS or schema.shown_marks(wanted) != wanted:
            return None
        return Suggestion((), attributes, left, right)
    parts = value.get("replacement")
    if not isinstance(parts, list) or len(parts) > MAX_PARTS:
        return None
    inserts = [_part(part) for part in parts]
    replacement = tuple(part for part in inserts if part is not None)
    if len(replacement) < len(inserts) or size_of(replacement) > MAX_REPLACEMENT:
        return None
    return Suggestion(replacement, None, left, right)


def size_of(replacement: tuple[Insert, ...]) -> int:
    """Return how many characters count towards `MAX_REPLACEMENT`."""
    return sum(
        len(part.content) if isinstance(part.content, str) else len(repr(part.content.value))
        for part in replacement
    )


def allowed(part: Insert) -> Attributes:
    """Return those attributes of a part that may be shown (`sync.document.schema`)."""
    if isinstance(part.content, Embed):
        shown = schema.shown_embed(part.content, part.attributes)
        return {} if shown is None else shown[2]
    marks = schema.shown_marks(part.attributes)
    return {**marks, **schema.shown_block(part.attributes)} if part.content == "\n" else marks


def _part(value: object) -> Insert | None:
    if not isinstance(value, dict):
        return None
    content, attributes = value.get("insert"), value.get("attributes", {})
    if not isinstance(attributes, dict):
        return None
    attributes = plain_attributes(attributes)
    if isinstance(content, str):
        part = Insert(content, attributes)
        return Insert(content, allowed(part)) if content and is_encodable(content) else None
    if not isinstance(content, dict) or len(content) != 1:
        return None
    part = Insert(Embed(plain_embed(content)), attributes)
    assert isinstance(part.content, Embed)
    if schema.shown_embed(part.content, {}) is None:
        return None
    return Insert(part.content, allowed(part))


def _is_thread(entry: dict[str, Any]) -> bool:
    return (
        _is_signed(entry)
        and is_position(entry.get("start"))
        and is_position(entry.get("end"))
        and _is_text(entry.get("quote"), MAX_QUOTE)
        and ("suggestion" not in entry or read_suggestion(entry["suggestion"]) is not None)
    )


def _is_comment(entry: dict[str, Any]) -> bool:
    return (
        _is_signed(entry)
        and _is_name(entry.get("thread"))
        and _is_text(entry.get("body"), MAX_BODY)
        and ("edited" not in entry or _is_time(entry["edited"]))
    )


def _is_resolution(entry: dict[str, Any]) -> bool:
    return (
        _is_name(entry.get("by"))
        and _is_time(entry.get("at"))
        and isinstance(entry.get("resolved"), bool)
    )


def _is_decision(key: str, entry: dict[str, Any]) -> bool:
    by, thread, verdict = entry.get("by"), entry.get("thread"), entry.get("verdict")
    return (
        isinstance(by, str)
        and _is_name(by)
        and isinstance(thread, str)
        and is_document_id(thread)
        and isinstance(verdict, str)
        and verdict in VERDICTS
        and key == decision_key(thread, verdict, by)
        and _is_time(entry.get("at"))
    )


def _is_signed(entry: dict[str, Any]) -> bool:
    return _is_name(entry.get("author")) and _is_time(entry.get("created"))


def is_position(value: object) -> bool:
    """Whether a value is a relative position as JSON."""
    try:
        RelativePosition.from_json(value)
    except InvalidPosition:
        return False
    return True


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_NAME


def _is_time(value: object) -> bool:
    # Integers come back as floats; a NaN compares as false.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_TIME


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most


def _is_small(entry: Mapping[str, Any]) -> bool:
    """Whether an entry keeps to `MAX_ENTRY`, `MAX_VALUES` and `MAX_DEPTH`."""
    characters = values = 0
    waiting: list[tuple[object, int]] = [(entry, 1)]
    while waiting:
        value, depth = waiting.pop()
        values += 1
        if isinstance(value, str | bytes):
            characters += len(value)
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH or values + len(value) > MAX_VALUES:
                return False
            if isinstance(value, dict):
                characters += sum(map(len, value))
            inner = value.values() if isinstance(value, dict) else value
            waiting += [(one, depth + 1) for one in inner]
        if characters > MAX_ENTRY or values > MAX_VALUES:
            return False
    return True

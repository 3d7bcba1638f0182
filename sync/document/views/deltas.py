"""Our own JSON: the operations of a Quill delta, as one Inkstand hands them to another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert, compact
from sync.document.views.lines import clean


def inserts_to_json(inserts: Sequence[Insert]) -> list[dict[str, Any]]:
    """Return contents as the operations of a Quill delta."""
    result: list[dict[str, Any]] = []
    for part in inserts:
        content = part.content if isinstance(part.content, str) else dict(part.content.value)
        operation: dict[str, Any] = {"insert": content}
        if part.attributes:
            operation["attributes"] = dict(part.attributes)
        result.append(operation)
    return result


def inserts_from_json(operations: object) -> list[Insert]:
    """Return contents from the operations of a Quill delta, what is unsafe left out.

    Raises `ValueError` if they are none.
    """
    if not isinstance(operations, list):
        raise ValueError("not a list of operations")
    result: list[Insert] = []
    for operation in operations:
        if not isinstance(operation, dict):
            raise ValueError("not an operation")
        content, attributes = operation.get("insert"), operation.get("attributes", {})
        if not isinstance(attributes, Mapping):
            raise ValueError("attributes are no object")
        if isinstance(content, str):
            result += _text(content, attributes)
        elif isinstance(content, Mapping):
            shown = schema.shown_embed(Embed(content), attributes)
            if shown is not None:
                kind, value, marks = shown
                value = clean(value) if isinstance(value, str) else value
                result.append(Insert(Embed({kind: value}), dict(marks)))
    return [part for part in compact(result) if isinstance(part, Insert)]


def _text(content: str, attributes: Attributes) -> list[Insert]:
    result = []
    for piece in re.findall(r"\n|[^\n]+", clean(content)):
        shown = schema.shown_block if piece == "\n" else schema.shown_marks
        result.append(Insert(piece, dict(shown(attributes))))
    return result

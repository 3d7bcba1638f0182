"""What the content is in plain values, beside pycrdt: asking that walks the whole text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sync.document.attribute_runs import AttributeRuns, merged
from sync.document.delta import Attributes, Delete, Delta, Embed, Insert, Retain, compact
from sync.document.positions import EMBED, TextIndex, utf8_length


class Shadow:
    """Text and attributes, which follow each change. Indices and lengths are UTF-16 units."""

    def __init__(self, contents: Iterable[Insert] = ()) -> None:
        contents = list(contents)
        self.text = TextIndex(_indexed(part) for part in contents)
        self.runs = AttributeRuns((part.length, part.attributes) for part in contents)

    def insert(self, at: int, part: Insert) -> None:
        """Put a part in at an index."""
        self.text.insert(at, _indexed(part))
        self.runs.insert(at, part.length, merged({}, part.attributes))

    def delete(self, at: int, length: int) -> None:
        """Take units away."""
        self.text.delete(at, length)
        self.runs.delete(at, length)

    def follow(self, delta: Delta) -> None:
        """Make a change that pycrdt has made."""
        at = 0
        for operation in delta:
            match operation:
                case Retain(length, attributes):
                    if attributes:
                        self.runs.change(at, length, attributes)
                    at += length
                case Delete(length):
                    self.delete(at, length)
                case Insert():
                    self.insert(at, operation)
                    at += operation.length

    def follow_event(self, event: list[dict[str, Any]]) -> Delta:
        """Follow pycrdt's event (in bytes) and return it in UTF-16 units."""
        delta: Delta = []
        at = byte = 0  # in the new text, as far as it has come
        for step in event:
            attributes = plain_attributes(step.get("attributes"))
            if "retain" in step:
                byte += int(step["retain"])
                end = self.text.utf16_at(byte)
                if attributes:
                    self.runs.change(at, end - at, attributes)
                delta.append(Retain(end - at, attributes))
                at = end
            elif "delete" in step:
                length = self.text.utf16_at(byte + int(step["delete"])) - at
                self.delete(at, length)
                delta.append(Delete(length))
            else:
                content = step["insert"]
                if not isinstance(content, str):
                    content = Embed(plain_embed(content))
                inserted = Insert(content, attributes)
                self.insert(at, inserted)
                delta.append(inserted)
                at += inserted.length
                byte += utf8_length(_indexed(inserted))
        return compact(delta)


def _indexed(part: Insert) -> str:
    return part.content if isinstance(part.content, str) else EMBED


def plain_attributes(attributes: Mapping[str, Any] | None) -> Attributes:
    """Return attributes with whole numbers as int: they come out of Yjs as floats."""
    if not attributes:
        return {}
    return {name: _whole(value) for name, value in attributes.items()}


def _whole(value: object) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return value


def plain_embed(value: object) -> Mapping[str, object]:
    """Return an embed as JSON; one that is no JSON object is kept by name only."""
    if isinstance(value, Mapping):
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            return {"unknown": True}
        return {name: _whole(inner) for name, inner in value.items()}
    return {"unknown": True}

"""An edit that was held back: what a suggestion puts in, with ids of its own from the start.

Whoever accepts a suggestion makes the same update, byte for byte: the text under a client
id that only this suggestion has, between the units where it was proposed. Yjs takes in
each id once, so two people who accept at the same time put the words in once.
docs/decisions/0017 says why, and what is not covered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sync.document import authoring
from sync.document.columns import EMBED, STRING
from sync.document.delta import Insert
from sync.document.items import Id
from sync.document.positions import utf16_length
from sync.lib0 import encode_string

_FIRST_CLIENT = 1 << 52
"""Above all client ids that Yjs and pycrdt choose (32 bits): never somebody's, and what others
write at the same place meanwhile stays before it (yjs `Item.js`, `integrate`)."""


@dataclass(frozen=True, slots=True)
class HeldEdit:
    """Parts that go between two units; `left` is None at the start of the text."""

    client: int
    """Yjs client id of the edit, made of all that it says."""
    left: Id | None
    right: Id
    parts: tuple[Insert, ...]

    @classmethod
    def of(cls, name: str, left: Id | None, right: Id, parts: Iterable[Insert]) -> HeldEdit:
        """Return the edit of that name (a thread's id)."""
        parts = tuple(parts)
        said = json.dumps([name, left, right, [_content(part)[1].hex() for part in parts]])
        digest = int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big")
        return cls(_FIRST_CLIENT | digest & (_FIRST_CLIENT - 1), left, right, parts)

    @property
    def length(self) -> int:
        """UTF-16 units that it puts in."""
        return sum(part.length for part in self.parts)

    def update(self) -> bytes:
        """Return its text and embeds as a Yjs update, without attributes."""
        contents = [_content(part) for part in self.parts]
        return authoring.structs(self.client, 0, (self.left, self.right), contents)


def _content(part: Insert) -> tuple[int, bytes, int]:
    """Return kind, bytes and clocks of an item; the same bytes on every device."""
    if isinstance(part.content, str):
        return STRING, encode_string(part.content), utf16_length(part.content)
    value = json.dumps(dict(part.content.value), sort_keys=True, ensure_ascii=False)
    return EMBED, encode_string(value), 1

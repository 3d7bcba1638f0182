"""What a person says of themselves to the others in a document, in the shape that editors share.

A state is a JSON object with ``user: {name, color}`` and ``cursor: {anchor, head}``, both ends
Yjs relative positions: so y-quill, y-prosemirror and `@hocuspocus/provider` publish it, and
so they read ours. A peer may say anything; what does not fit here is left out.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from sync.document.relative import RelativePosition
from sync.errors import InvalidPosition
from sync.protocol.awareness import GONE

COLOURS = (
    *("#476beb", "#6d2805", "#59810d", "#4e1887"),
    *("#6b592d", "#a15470", "#004849", "#5a48a9"),
)
"""The colours that are said on the wire, which stand for places in a palette: each theme has
its own ones there. Another colour from a peer is not taken over."""

LONGEST_NAME = 40
"""Characters of a name that are shown."""

LONGEST_STATE = 4096
"""Characters of a state that is read: ours have 300."""

_JOINERS = "\u200c\u200d"
"""Invisible, and part of how Persian and emoji are written."""

_MOST_MARKS = 3
"""Combining marks on one letter; more of them are painted over the lines above and below."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A caret, or what is selected, as a peer said it."""

    anchor: RelativePosition
    head: RelativePosition
    """Where the caret is."""


@dataclass(frozen=True, slots=True)
class PersonState:
    """What one client says of the person at it."""

    name: str = ""
    """One line without control characters; empty if the client has not said."""
    colour: int | None = None
    """Place in `COLOURS`; None if it said another colour, or none."""
    selected: Selected | None = None


def write_state(state: PersonState) -> str:
    """Return a state as the JSON that is published."""
    user = {"name": state.name}
    if state.colour is not None:
        user["color"] = COLOURS[state.colour]
    cursor = None
    if state.selected is not None:
        cursor = {"anchor": state.selected.anchor.to_json(), "head": state.selected.head.to_json()}
    return json.dumps({"user": user, "cursor": cursor}, ensure_ascii=False)


def read_state(text: str) -> PersonState | None:
    """Read what a peer said of itself; None if it has left, or said nothing that is a state.

    Never raises: what cannot be read counts as not said.
    """
    if text == GONE or len(text) > LONGEST_STATE:
        return None
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(state, Mapping):
        return None
    user = state.get("user")
    if not isinstance(user, Mapping):
        user = {}
    name, color = user.get("name"), user.get("color")
    return PersonState(
        clean_name(name) if isinstance(name, str) else "",
        _place_of(color),
        _read_selected(state.get("cursor")),
    )


def clean_name(name: str) -> str:
    """Return a name as one line that may be shown beside others, cut off where it is too long."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", name[: 4 * LONGEST_NAME]):
        category = unicodedata.category(character)
        if category in ("Zs", "Zl", "Zp") or character in "\t\n\r":
            character = " "
        elif category[0] == "C" and character not in _JOINERS:
            continue  # controls, marks that turn the line's direction, halves of characters
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    line = " ".join("".join(kept).split())
    shown = line.strip(_JOINERS + " ")
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1].rstrip() + "…"


def _place_of(color: object) -> int | None:
    if isinstance(color, str) and color.lower() in COLOURS:
        return COLOURS.index(color.lower())
    return None


def _read_selected(cursor: object) -> Selected | None:
    if not isinstance(cursor, Mapping):
        return None
    try:
        return Selected(
            RelativePosition.from_json(cursor.get("anchor")),
            RelativePosition.from_json(cursor.get("head")),
        )
    except InvalidPosition:
        return None

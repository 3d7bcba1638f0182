"""What inline styles say, as far as a document can say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sync.document import schema
from sync.document.views.html_out import INDENT_POINTS

PROPERTIES = frozenset(
    {
        "background",
        "background-color",
        "color",
        "display",
        "font-style",
        "font-weight",
        "list-style-type",
        "margin-left",
        "mso-element",
        "mso-footnote-id",
        "mso-endnote-id",
        "mso-hide",
        "mso-list",
        "text-align",
        "text-decoration",
        "text-decoration-line",
        "vertical-align",
        "white-space",
    }
)
"""Those that are read; the sanitiser drops all others."""

_NAMED = {
    "red": "#ff0000",
    "green": "#008000",
    "blue": "#0000ff",
    "yellow": "#ffff00",
    "lime": "#00ff00",
    "aqua": "#00ffff",
    "cyan": "#00ffff",
    "fuchsia": "#ff00ff",
    "magenta": "#ff00ff",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "orange": "#ffa500",
    "purple": "#800080",
    "teal": "#008080",
    "crimson": "#dc143c",
    "pink": "#ffc0cb",
    "gold": "#ffd700",
    "lightgreen": "#90ee90",
    "lightblue": "#add8e6",
    "lightyellow": "#ffffe0",
    "darkred": "#8b0000",
    "darkgreen": "#006400",
    "darkblue": "#00008b",
}
GREY = 32
"""Colours whose red, green and blue differ by less are a page's ink or paper, not a writer's."""

_POINTS = {"pt": 1.0, "px": 0.75, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pc": 12.0}
_LENGTH = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(pt|px|in|cm|mm|pc)")
_LIST = re.compile(r"l\d+\s+level(\d{1,3})", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """What a style attribute asks for; None where it says nothing."""

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    strike: bool | None = None
    script: str | None = None
    """`sub`, `super`, or "" for the baseline."""
    color: str | None = None
    background: str | None = None
    align: str | None = None
    """A value of `align`, or "" for the start of the line."""
    indent: int | None = None
    spaces_count: bool | None = None
    hidden: bool = False
    unmarked_item: bool = False
    """A list item without a bullet: the frame of an inner list."""
    word_level: int | None = None
    """Level of a paragraph that Word shows as a list item, from 0."""
    word_marker: bool = False
    """The bullet or number that Word wrote out before such a paragraph."""
    word_note: bool = False
    """Word's reference to a footnote, or the way back from it."""


@lru_cache(maxsize=2048)
def parse_style(text: str) -> Style:
    """Return what a style attribute says."""
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        found[name.strip().lower()] = value.strip().lower().removesuffix("!important").strip()
    decoration = f"{found.get('text-decoration', '')} {found.get('text-decoration-line', '')}"
    decorated = bool(decoration.strip())
    level = _LIST.match(found.get("mso-list", ""))
    return Style(
        bold=_bold(found.get("font-weight", "")),
        italic=_one_of(found.get("font-style"), ("italic", "oblique"), ("normal",)),
        underline=("underline" in decoration) if decorated else None,
        strike=("line-through" in decoration) if decorated else None,
        script={"sub": schema.SUB, "super": schema.SUPER, "baseline": ""}.get(
            found.get("vertical-align", "")
        ),
        color=colour(found.get("color", "")),
        background=colour(found.get("background-color") or found.get("background", "")),
        align=alignment(found.get("text-align", "")),
        indent=_indent(found.get("margin-left", "")),
        spaces_count=_one_of(
            found.get("white-space"), ("pre", "pre-wrap", "break-spaces"), ("normal", "nowrap")
        ),
        hidden=found.get("display") == "none"
        or found.get("mso-hide") == "all"
        or found.get("mso-element") in ("comment-list", "comment", "field-begin"),
        unmarked_item=found.get("list-style-type") == "none",
        word_level=int(level[1]) - 1 if level else None,
        word_marker=found.get("mso-list") == "ignore",
        word_note="mso-footnote-id" in found or "mso-endnote-id" in found,
    )


def _one_of(value: str | None, yes: tuple[str, ...], no: tuple[str, ...]) -> bool | None:
    return True if value in yes else False if value in no else None


def _bold(value: str) -> bool | None:
    if value.isascii() and value.isdigit() and len(value) < 5:
        return int(value) >= 600
    return _one_of(value, ("bold", "bolder"), ("normal", "lighter"))


def alignment(value: str) -> str | None:
    """Return the value of `align` that CSS or HTML's `align` means."""
    if value in (schema.CENTER, schema.RIGHT, schema.JUSTIFY):
        return value
    return {"left": "", "start": "", "end": schema.RIGHT, "-webkit-center": schema.CENTER}.get(
        value
    )


def _indent(value: str) -> int | None:
    length = _LENGTH.fullmatch(value)
    if length is None:
        return None
    points = float(length[1]) * _POINTS[length[2]]
    return min(schema.MAX_INDENT, max(0, round(points / INDENT_POINTS)))


def colour(value: str) -> str | None:
    """Return a colour that a writer chose, as #rrggbb; None for a page's ink or paper."""
    value = _NAMED.get(value, value)
    parts = schema.rgb(value)
    if parts is None and value.startswith("rgba("):
        *numbers, alpha = value[5:].rstrip(")").split(",")
        parts = None if alpha.strip() == "0" else schema.rgb(f"rgb({','.join(numbers)})")
    if parts is None or max(parts) - min(parts) < GREY:
        return None
    return "#{:02x}{:02x}{:02x}".format(*parts)

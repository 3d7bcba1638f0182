"""What a document may hold: names of attributes, their values, and what is safe to show.

Unknown attributes from a peer stay in the CRDT; they are never shown, never
followed and never exported. Source: docs/architecture.md, "The document".
"""

from __future__ import annotations

import re
from typing import TypeGuard

from sync.document.delta import Attributes, Embed

CONTENT = "content"
"""Name of the one `Y.Text` that holds the text."""
META = "meta"
"""Name of the `Y.Map` of title, language and time of creation."""
AUTHORS = "authors"
"""Name of the `Y.Map` from client id (decimal digits) to user id."""

BOLD = "bold"
ITALIC = "italic"
UNDERLINE = "underline"
STRIKE = "strike"
CODE = "code"
LINK = "link"
COLOR = "color"
BACKGROUND = "background"
SCRIPT = "script"

HEADER = "header"
LIST = "list"
INDENT = "indent"
BLOCKQUOTE = "blockquote"
CODE_BLOCK = "code-block"
ALIGN = "align"
DIRECTION = "direction"

BULLET = "bullet"
ORDERED = "ordered"
CHECKED = "checked"
UNCHECKED = "unchecked"
LISTS = (BULLET, ORDERED, CHECKED, UNCHECKED)

SUB = "sub"
SUPER = "super"
CENTER = "center"
RIGHT = "right"
JUSTIFY = "justify"
RTL = "rtl"

IMAGE = "image"
"""Embed: a content hash (`sha256:` and 64 hex digits), or an address that is never fetched.
Beside it may stand the attributes `alt`, `width` and `height`, as Quill has them."""
DIVIDER = "divider"
"""Embed: a line across the page, value True."""
FOOTNOTE = "footnote"
"""Embed: a note, its value is the note's text. Editing one replaces the embed."""
ALT = "alt"
WIDTH = "width"
HEIGHT = "height"

MAX_HEADER = 6
MAX_INDENT = 8
"""Nine levels: none and `indent` 1-8."""
MAX_FOOTNOTE = 10_000
"""Code points of a footnote, and of an alternative text, that are shown."""
MAX_PIXELS = 10_000
"""Width and height of an image that are believed."""

FLAGS = frozenset({BOLD, ITALIC, UNDERLINE, STRIKE, CODE})
MARKS = FLAGS | {LINK, COLOR, BACKGROUND, SCRIPT}
"""All inline attributes."""
_SAFE_LINK = re.compile(r"(https?|mailto|inkstand):", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.IGNORECASE)


def is_safe_link(target: object) -> bool:
    """Whether a link may be shown, followed or exported."""
    return isinstance(target, str) and _SAFE_LINK.match(target) is not None


def is_language(tag: object) -> TypeGuard[str]:
    """Whether a value has the shape of a BCP 47 language tag, such as "de" or "zh-Hant-TW"."""
    return isinstance(tag, str) and _LANGUAGE.fullmatch(tag) is not None


def content_hash(image: object) -> str | None:
    """Return the SHA-256 (64 hex digits) that an image's value names; None if it names none."""
    if isinstance(image, str) and _HASH.fullmatch(image):
        return image.removeprefix("sha256:")
    return None


def image_of(sha256: str) -> str:
    """Return the value of an image embed whose content has that SHA-256 (64 hex digits)."""
    return f"sha256:{sha256}"


def rgb(colour: object) -> tuple[int, int, int] | None:
    """Return red, green and blue (0-255) of a colour as Quill writes it; None if it is none."""
    if not isinstance(colour, str):
        return None
    if match := _HEX.fullmatch(colour):
        digits = match.group(1)
        if len(digits) == 3:
            digits = "".join(2 * digit for digit in digits)
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := _RGB.fullmatch(colour):
        red, green, blue = (min(255, int(part)) for part in match.groups())
        return red, green, blue
    return None


def shown_marks(attributes: Attributes) -> Attributes:
    """Return the inline attributes that may be shown, with valid values only."""
    return {name: value for name, value in attributes.items() if _is_shown_mark(name, value)}


def _is_shown_mark(name: str, value: object) -> bool:
    if name in FLAGS:
        return value is True
    match name:
        case "link":
            return is_safe_link(value)
        case "color" | "background":
            return rgb(value) is not None
        case "script":
            return value in (SUB, SUPER)
    return False


def shown_block(attributes: Attributes) -> Attributes:
    """Return the block attributes that may be shown, with valid values only."""
    block: dict[str, object] = {}
    header = whole_number(attributes.get(HEADER))
    if header is not None and 1 <= header <= MAX_HEADER:
        block[HEADER] = header
    kind = attributes.get(LIST)
    if kind in LISTS:
        block[LIST] = kind
    indent = whole_number(attributes.get(INDENT))
    if indent is not None and 1 <= indent <= MAX_INDENT:
        block[INDENT] = indent
    if attributes.get(BLOCKQUOTE) is True:
        block[BLOCKQUOTE] = True
    language = attributes.get(CODE_BLOCK)
    if language is True or (isinstance(language, str) and 0 < len(language) <= 40):
        block[CODE_BLOCK] = language
    if attributes.get(ALIGN) in (CENTER, RIGHT, JUSTIFY):
        block[ALIGN] = attributes[ALIGN]
    if attributes.get(DIRECTION) == RTL:
        block[DIRECTION] = RTL
    return block


def shown_embed(embed: Embed, attributes: Attributes) -> tuple[str, object, Attributes] | None:
    """Return kind and value of an embed that may be shown, and what is said of it.

    The attributes are those of `shown_marks`, for an image also `alt` (text),
    `width` and `height` (pixels, int). None for an embed that is unknown or unsafe.
    """
    for kind, value in embed.value.items():
        marks = dict(shown_marks(attributes))
        if kind == DIVIDER and value is True:
            return kind, value, marks
        if kind == FOOTNOTE and isinstance(value, str):
            return kind, value[:MAX_FOOTNOTE], marks
        if kind == IMAGE and (content_hash(value) or is_safe_link(value)):
            alt = attributes.get(ALT)
            if isinstance(alt, str):
                marks[ALT] = alt[:MAX_FOOTNOTE]
            for name in (WIDTH, HEIGHT):
                pixels = _pixels(attributes.get(name))
                if pixels is not None:
                    marks[name] = pixels
            return kind, value, marks
    return None


def _pixels(value: object) -> int | None:
    """Return a length that is believed; Quill writes it as a string of digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        value = int(value)
    number = whole_number(value)
    return number if number is not None and 0 < number <= MAX_PIXELS else None


def whole_number(value: object) -> int | None:
    """Return an attribute's integer; Yjs numbers arrive as floats. None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)

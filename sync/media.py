"""What a file is, told by its first bytes: never by its name, nor by what somebody claims."""

from __future__ import annotations

from base64 import b64decode, b64encode
from urllib.parse import unquote, unquote_to_bytes

from filetype.match import match  # type: ignore[import-untyped]
from filetype.types.archive import Pdf  # type: ignore[import-untyped]
from filetype.types.image import Gif, Jpeg, Png, Webp  # type: ignore[import-untyped]

UNKNOWN_TYPE = "application/octet-stream"

HEAD_BYTES = 64
"""What the type is told by."""

IMAGES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
"""Types of the images that a document may hold, and how their files are named.

SVG is not among them: it may carry scripts, and refer to other files.
"""

_SHOWN = (Png(), Jpeg(), Gif(), Webp(), Pdf())
"""What a program may show at once."""


def media_type(head: bytes) -> str:
    """Return what a file is by its first bytes; what nobody may be shown is `UNKNOWN_TYPE`."""
    found = match(head, matchers=_SHOWN) if head else None
    return UNKNOWN_TYPE if found is None else str(found.mime)


def data_url(data: bytes) -> str:
    """Return bytes as an address that holds them (RFC 2397)."""
    return f"data:{media_type(data[:HEAD_BYTES])};base64,{b64encode(data).decode()}"


def from_data_url(address: str) -> bytes | None:
    """Return the bytes of an image that an address holds; None if it is no such address."""
    head, comma, payload = address.partition(",")
    if not comma or not head.lower().startswith("data:image/"):
        return None
    try:
        if head.lower().endswith(";base64"):
            return b64decode("".join(unquote(payload).split()), validate=True)
    except ValueError:
        return None
    return unquote_to_bytes(payload)

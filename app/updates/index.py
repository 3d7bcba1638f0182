"""The signed index of versions: reads one, and believes nothing that is not signed and of today.

    {"signed": "{\\"format\\": 1, ...}", "signatures": ["<base64>", ...]}

What is signed (Ed25519) is `PREFIX` and the UTF-8 bytes of the text under "signed", which is JSON:

    format    1
    serial    whole number; each index has a higher one than those before it
    expires   "2027-03-01T00:00:00+00:00": from then on it says nothing any more
    version   "0.2.0": the newest
    page      https address of the page where it can be had
    notes     {"en": "what is new", "de": "…"}: plain text, English always

packaging/build/sign_index.py makes them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.updates.problems import IndexExpired, IndexForged, IndexOlder, IndexUnreadable

PREFIX = b"inkstand index of versions 1\n"
"""Before what is signed, so that no signature made for something else serves here."""

MAX_BYTES = 64 * 1024
"""Of an index."""

MAX_NOTES = 20_000
"""Characters of the notes that are shown."""

MAX_SERIAL = 2**53
"""What every reader of JSON can hold."""

_MAX_ADDRESS = 1_000
"""Characters."""

_VERSION = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,3}")

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make text look like another text."""


@dataclass(frozen=True, slots=True)
class Index:
    """What an index that is believed says."""

    serial: int
    expires: datetime
    """UTC."""
    version: str
    page: str
    notes: dict[str, str]
    """By language; English always."""

    def notes_in(self, language: str) -> str:
        """Return what is new, in a language or else in English."""
        return self.notes.get(language) or self.notes["en"]


def read_index(data: bytes, keys: Iterable[bytes], now: datetime, serial: int) -> Index:
    """Return what an index says that is signed with one of the public `keys`.

    `now`: with a time zone. `serial`: that of the last index that was believed here. Raises
    `IndexUnreadable`, `IndexForged`, `IndexExpired`, `IndexOlder`.
    """
    try:
        outer = json.loads(data)
        signed = outer["signed"].encode()
        signatures = [b64decode(each, validate=True) for each in outer["signatures"][:10]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise IndexUnreadable from None
    if not any(_is_signed(signed, each, key) for each in signatures for key in keys):
        raise IndexForged
    try:
        index = _parsed(json.loads(signed))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise IndexUnreadable from None
    if index.serial < serial:
        raise IndexOlder
    if now >= index.expires:
        raise IndexExpired(index.expires)
    return index


def _is_signed(signed: bytes, signature: bytes, key: bytes) -> bool:
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(key).verify(PREFIX + signed, signature)
    except (CryptoError, ValueError, TypeError):
        return False
    return True


def _parsed(said: dict[str, Any]) -> Index:
    serial, expires = said["serial"], datetime.fromisoformat(said["expires"])
    version, page = said["version"], said["page"]
    notes = {str(language): plain(text) for language, text in said["notes"].items()}
    is_whole = (
        said["format"] == 1
        and type(serial) is int
        and 0 < serial <= MAX_SERIAL
        and expires.tzinfo is not None
        and _VERSION.fullmatch(version) is not None
        and is_page(page)
        and "en" in notes
    )
    if not is_whole:
        raise ValueError
    return Index(serial, expires, version, page, notes)


def plain(text: str) -> str:
    """Return a text without what is not to be seen, and not longer than anybody reads."""
    kept = (
        character
        for character in text.replace("\r\n", "\n")[:MAX_NOTES]
        if character in "\n\t"
        or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _BIDI)
    )
    return "".join(kept).strip()


def is_page(address: str) -> bool:
    """Whether this is the https address of something. Raises `TypeError` if it is no text."""
    if len(address) > _MAX_ADDRESS or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and parts.username is None


def is_newer(version: str, than: str) -> bool:
    """Whether a version ("0.2.0") comes after the one that runs, which may be "0.2.0rc1"."""
    released = _VERSION.match(than)
    assert released is not None
    new, old = _numbers(version), _numbers(released[0])
    return new > old or (new == old and released[0] != than)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(number) for number in version.split(".")]
    return (*numbers, *[0] * (4 - len(numbers)))

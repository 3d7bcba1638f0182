"""Addresses of links: what a person types for one, and what of it is shown. Nothing is fetched."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl

from app.editor.line import Line, Rewrite
from sync.document import schema
from sync.document.delta import Retain

MAX_ADDRESS = 2_000
"""Code points; browsers and servers refuse longer ones."""

_EMAIL = re.compile(
    r"[^\s@:/<>()\[\]\\,;\"]+@[^\s@:/<>()\[\]\\,;\".]+(\.[^\s@:/<>()\[\]\\,;\".]+)+"
)
_HOST = re.compile(r"(?!-)[^\s/:?#@.]+(\.[^\s/:?#@.]+)+(:\d{1,5})?([/?#]\S*)?")
_LOCAL = re.compile(r"localhost(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d{1,5}([/?#]|$))")
_TYPED = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def is_address(text: str) -> bool:
    """Whether a text is a whole address that a link may have: safe scheme, and somewhere to go."""
    if (
        not schema.is_safe_link(text)
        or len(text) > MAX_ADDRESS
        or re.search(r"[\s\x00-\x1f]", text)
    ):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme.lower() in ("http", "https"):
        return bool(host(text))
    return bool(parts.path or parts.netloc)


def completed(text: str) -> str | None:
    """Return the address that a person means: https:// or mailto: added; None if it is none."""
    text = text.strip()
    if _EMAIL.fullmatch(text):
        text = f"mailto:{text}"
    elif _SCHEME.match(text) is None and (_HOST.fullmatch(text) or _LOCAL.fullmatch(text)):
        text = f"https://{text}"
    return text if is_address(text) else None


def problem(text: str) -> str | None:
    """Return what is wrong with an address; None if nothing is.

    It is "empty", has a "space", an unsafe "scheme", or no "host".
    """
    text = text.strip()
    if not text:
        return "empty"
    if completed(text) is not None:
        return None
    if re.search(r"\s", text):
        return "space"
    scheme = _SCHEME.match(text)
    return "scheme" if scheme and not schema.is_safe_link(text) else "host"


def host(target: str) -> str:
    """Return the host that an address leads to, as the network sees it (punycode); "" if none.

    A name that looks like another one by letters of other scripts is seen to be another.
    """
    return QUrl(target).host(QUrl.ComponentFormattingOption.FullyEncoded)


def shown(target: str) -> str:
    """Return an address for the eye, its host in punycode, with nothing hidden or turned around."""
    url = QUrl(target)
    encoded = bytes(url.toEncoded().data()).decode("ascii", "replace") if url.isValid() else ""
    return encoded or target.encode("ascii", "backslashreplace").decode()


def on_space(line: Line) -> Rewrite | None:
    """Return what makes a link of the address in front of the space that ends the line."""
    word = line.before[:-1].rsplit(None, 1)[-1] if line.before[:-1].strip() else ""
    if not word or not line.before[:-1].endswith(word):
        return None
    start = len(line.before) - 1 - len(word)
    word, start = _without_brackets(word, start)
    target = word if _TYPED.fullmatch(word) or _EMAIL.fullmatch(word) else ""
    address = completed(target)
    end = start + len(word)
    if address is None or line.in_code(start, end) or line.has(schema.LINK, start, end):
        return None
    begins = line.at(start)
    delta = [Retain(begins), Retain(line.at(end) - begins, {schema.LINK: address})]
    return Rewrite([*delta], line.at(len(line.before)))


def _without_brackets(word: str, start: int) -> tuple[str, int]:
    """Return a word, and where it starts, without the punctuation around it."""
    bare = word.lstrip("([{<\"'“”„‘’‚«‹")
    start += len(word) - len(bare)
    while bare:
        last = bare[-1]
        open_bracket = _CLOSING.get(last)
        if open_bracket and bare.count(open_bracket) >= bare.count(last):
            break
        if open_bracket or last in ".,;:!?>\"'“”„‘’‚»›…":
            bare = bare[:-1]
        else:
            break
    return bare, start

"""Invite links: `inkstand://join?relay=wss%3A%2F%2Frelay.example.org&code=CODE`.

A link holds all that a person needs to join: the relay's address and the invite's code. The code
is secret and good once (docs/relay.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

from sync.client.address import RelayAddress, parse_address
from sync.errors import InvalidInvite, RelayUnreachable

SCHEME = "inkstand"

LONGEST = 2_000
"""Characters of a link that is looked at."""

_CODE = re.compile(r"[A-Za-z0-9_-]{16,200}")
_PLAIN = re.compile(r"[\x21-\x7e]+")
"""A relay's name is written in ASCII: no letter of it looks like another one."""


@dataclass(frozen=True, slots=True)
class InviteLink:
    """An invite, and where it is good."""

    code: str = field(repr=False)
    relay: RelayAddress | None
    """None if somebody gave only the code: then it is this profile's relay, or has to be asked."""


def invite_url(relay_url: str, code: str) -> str:
    """Return the link that opens Inkstand and joins."""
    return f"{SCHEME}://join?relay={quote(relay_url, safe='')}&code={quote(code, safe='')}"


def is_invite(text: str) -> bool:
    """Whether `text` claims to be an invite link, good or not."""
    return text.strip().lower().startswith(f"{SCHEME}:")


def parse_invite(text: str) -> InviteLink:
    """Return the invite that a person pasted or opened: a link, or a code alone.

    Raises `InvalidInvite`.
    """
    text = text.strip()
    if _CODE.fullmatch(text):
        return InviteLink(text, None)
    if len(text) > LONGEST or not _PLAIN.fullmatch(text):
        raise InvalidInvite
    try:
        parts = urlsplit(text)
        query = parse_qs(parts.query, max_num_fields=10, strict_parsing=True)
        (code,), (relay,) = query["code"], query["relay"]
        is_link = parts.scheme == SCHEME and parts.netloc == "join" and parts.path in ("", "/")
        if not is_link or not _CODE.fullmatch(code) or not _PLAIN.fullmatch(relay):
            raise InvalidInvite
        return InviteLink(code, parse_address(relay))
    except (KeyError, ValueError, RelayUnreachable):
        raise InvalidInvite from None

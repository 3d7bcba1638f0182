"""Our own Stateless messages: small JSON objects with a version and a type.

    {"v":1,"type":"refused","reason":"…"}      right before a SyncStatus 0
    {"v":1,"type":"role","role":"viewer"}      the exact role, when a document opens or it changes
    {"v":1,"type":"retry-after","seconds":2.5} do not come back, or try again, before
    {"v":1,"type":"crowd","seconds":20}        if the relay dies, all come back within so many

A client that does not know them loses nothing but the sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

VERSION = 1
"""The `v` of every notice that this program writes and understands."""

REFUSED = "refused"
ROLE = "role"
RETRY_AFTER = "retry-after"
CROWD = "crowd"


@lru_cache(256)  # whoever comes is told one of few roles, and everybody the same of the crowd
def write_notice(kind: str, **fields: object) -> str:
    """Return a notice as the text of a Stateless message."""
    return json.dumps({"v": VERSION, "type": kind, **fields}, separators=(",", ":"))


def read_notice(text: str) -> dict[str, Any] | None:
    """Return the notice in a Stateless message; None if it is not ours, unknown or broken."""
    try:
        notice = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(notice, dict) or notice.get("v") != VERSION:
        return None
    kind = notice.get("type")
    check = _CHECKS.get(kind) if isinstance(kind, str) else None
    return notice if check is not None and check(notice) else None


def _is_wait(seconds: object) -> bool:
    # A NaN is no wait either: it compares as false.
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < 1e6


_CHECKS: dict[str, Callable[[dict[str, Any]], bool]] = {
    REFUSED: lambda notice: isinstance(notice.get("reason"), str),
    ROLE: lambda notice: isinstance(notice.get("role"), str),
    RETRY_AFTER: lambda notice: _is_wait(notice.get("seconds")),
    CROWD: lambda notice: _is_wait(notice.get("seconds")),
}

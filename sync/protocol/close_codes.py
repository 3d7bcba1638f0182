"""Why a WebSocket was closed: every code that the relay or the client sends.

1000-1015 are from RFC 6455, section 7.4.1, and its IANA registry; 4205, 4401,
4403 and 4408 mean what Hocuspocus means by them (`CloseEvents.ts`); the other
4xxx are ours. A document-level Close frame is never used to take a right away:
`@hocuspocus/provider` stays deaf for ever after one (docs/architecture.md).
"""

from __future__ import annotations

NORMAL = 1000
"""The person closed the program, or signed out."""

GOING_AWAY = 1001
"""The relay stops or restarts: come again, after a spread of delays."""

UNSUPPORTED_DATA = 1003
"""A text message came; the protocol is binary."""

MESSAGE_TOO_BIG = 1009
"""A frame is larger than the limit."""

INTERNAL_ERROR = 1011
"""A mistake of the relay's own; its log says more."""

TRY_AGAIN_LATER = 1013
"""The peer reads too slowly, or the relay is full: reconnect and sync again."""

RESET_CONNECTION = 4205
"""What the relay holds in memory is not what it has on disk: reconnect and sync again."""

MALFORMED_FRAME = 4400
"""A frame that cannot be read, or one that only the other side may send."""

UNAUTHORIZED = 4401
"""No valid token in time, a token that has expired, or a user who was deactivated."""

FORBIDDEN = 4403
"""The role in an open document has changed: reconnect to work with the new one."""

CONNECTION_TIMEOUT = 4408
"""Nothing was heard from the peer for too long."""

UNEXPECTED_FRAME = 4409
"""A frame that can be read but may not come here: an acknowledgment of nothing, for example."""

TOO_MUCH_UNAUTHORIZED = 4413
"""More was sent before a token was accepted than the relay keeps for a stranger."""

TOO_MANY_DOCUMENTS = 4429
"""More documents on one socket than the relay allows."""

TOO_MANY_CONNECTIONS = 4430
"""More sockets of one person than the relay allows: close one on another device."""

NAMES: dict[int, str] = {
    value: name.lower().replace("_", " ")
    for name, value in list(globals().items())
    if isinstance(value, int)
}
"""A short reason for each code, as sent in the close frame."""

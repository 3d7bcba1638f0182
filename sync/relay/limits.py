"""What one connection may cost the relay: every bound, its unit and its default."""

from __future__ import annotations

SEND_BUFFER = 16 * 1024 * 1024
"""Bytes that may wait for a slow reader, beside one answer to its join; then it is closed."""
STRANGER_BYTES = 1024 * 1024 + 64 * 1024
"""Bytes taken from a socket before a token was accepted: what the protocol queues, and frames."""
AUTH_SECONDS = 15.0
"""Seconds from connecting to the first accepted token."""
SILENCE_SECONDS = 30.0
"""Seconds without a byte from the peer after which it is taken for dead."""
PING_SECONDS = 10.0
"""Seconds of silence after which it is asked; a frame at least as often keeps providers on."""
RENEW_SECONDS = 10.0
"""Seconds from asking for a newer token to closing without one."""
CLOSE_SECONDS = 5.0
"""Seconds that a peer has to take a close frame and what is before it."""

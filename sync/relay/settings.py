"""Every setting of a serving relay: what it is, its unit, its default.

Each is an option of ``inkstand-relay serve`` (``--frame-bytes``) and an
environment variable (``INKSTAND_RELAY_FRAME_BYTES``), and has a line in
docs/relay.md; a test compares them.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sync.errors import AdministrationError
from sync.protocol.server import Limits
from sync.versions import VERSION_SECONDS

KIB = 1024
MIB = 1024 * KIB

ENVIRONMENT_PREFIX = "INKSTAND_RELAY_"


def _setting(default: float, unit: str, text: str, least: float = 0) -> Any:
    return field(default=default, metadata={"unit": unit, "text": text, "least": least})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a relay may be made to hold and to wait for. All are numbers."""

    frame_bytes: int = _setting(8 * MIB, "bytes", "one frame from a client", 1 * KIB)
    send_buffer_bytes: int = _setting(
        16 * MIB, "bytes", "what waits for a slow reader, beside one join; then it is closed", 1
    )
    stranger_bytes: int = _setting(
        1 * MIB, "bytes", "what one socket may send before a token was accepted", 1 * KIB
    )
    stranger_seconds: float = _setting(
        15.0, "seconds", "from connecting to the first accepted token", 0.1
    )
    strangers: int = _setting(1_000, "sockets", "without an accepted token, at one time", 1)
    strangers_per_place: int = _setting(
        200,
        "sockets",
        "of those from one network address, and of those who have not said what they want",
        1,
    )
    http_connections: int = _setting(500, "sockets", "of the HTTP interface, at one time", 1)
    http_connections_per_place: int = _setting(
        100, "sockets", "of those from one network address", 1
    )
    connections: int = _setting(20_000, "sockets", "all together", 1)
    connections_per_user: int = _setting(50, "sockets", "of one person", 1)
    documents_per_connection: int = _setting(
        1_000, "documents", "open on one socket, counting each session", 1
    )
    updates_per_second: float = _setting(
        1_000, "updates", "that one socket may send for long; beyond it is read more slowly", 1
    )
    updates_burst: int = _setting(10_000, "updates", "that one socket may send at once", 1)
    document_bytes: int = _setting(
        256 * MIB, "bytes", "of one document on disk; then changes are refused", 1 * KIB
    )
    awareness_bytes: int = _setting(
        64 * KIB, "bytes", "of one awareness or Stateless message", 1 * KIB
    )
    attachment_bytes: int = _setting(25 * MIB, "bytes", "of one attachment", 1 * KIB)
    attachments_per_document: int = _setting(10_000, "attachments", "of one document", 1)
    silence_seconds: float = _setting(
        30.0, "seconds", "without a byte after which a peer is taken for dead", 0.1
    )
    ping_seconds: float = _setting(10.0, "seconds", "of silence after which a peer is asked", 0.1)
    renew_seconds: float = _setting(
        10.0, "seconds", "from asking for a newer token to hanging up", 0.1
    )
    idle_seconds: float = _setting(
        60.0, "seconds", "that a document without readers stays in memory"
    )
    drain_seconds: float = _setting(
        5.0, "seconds", "over which clients are sent away when the relay stops"
    )
    returns_per_second: float = _setting(
        500.0, "sockets", "that are to come back at most when the relay has died or drained", 1
    )
    compact_updates: int = _setting(
        1_000, "updates", "in a document's log, after which they become one snapshot", 1
    )
    version_seconds: float = _setting(
        VERSION_SECONDS, "seconds", "at least between two automatic versions of a document"
    )
    sweep_seconds: float = _setting(
        600.0,
        "seconds",
        "between looks for long logs nobody opens, failed compactions, old versions",
        0.1,
    )

    @property
    def protocol_limits(self) -> Limits:
        """Return those that the protocol itself holds."""
        return Limits(
            frame_bytes=self.frame_bytes,
            unauthorized_bytes=self.stranger_bytes,
            addresses=self.documents_per_connection,
            small_message_bytes=self.awareness_bytes,
        )


DEFAULTS = Settings()


def add_options(parser: argparse.ArgumentParser, environment: Mapping[str, str]) -> None:
    """Add an option for each setting; its default is the environment's or the program's."""
    group = parser.add_argument_group("limits")
    for entry in fields(Settings):
        variable = ENVIRONMENT_PREFIX + entry.name.upper()
        group.add_argument(
            "--" + entry.name.replace("_", "-"),
            default=environment.get(variable, str(entry.default)),
            metavar="N",
            help=f"{entry.metadata['unit']}: {entry.metadata['text']} ({entry.default:,})",
        )


def from_options(options: argparse.Namespace) -> Settings:
    """Return the settings of a parsed command line. Raises `AdministrationError`."""
    values: dict[str, Any] = {}
    for entry in fields(Settings):
        text = str(getattr(options, entry.name))
        option = "--" + entry.name.replace("_", "-")
        number = int if isinstance(entry.default, int) else float
        try:
            value = number(text)
        except ValueError:
            raise AdministrationError(
                f"{option} takes a number of {entry.metadata['unit']}, not {text!r}."
            ) from None
        least = entry.metadata["least"]
        if not least <= value < 1e15:
            raise AdministrationError(f"{option} must be at least {least:g}, not {text}.")
        values[entry.name] = value
    return Settings(**values)

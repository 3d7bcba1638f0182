"""One address on one connection, after its token was accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.relay.auth import Grant
from sync.relay.rooms import Room
from sync.types import Role

if TYPE_CHECKING:
    from sync.relay.connection import Connection


class Opened:
    """An address that this connection may use; a `rooms.Member`."""

    __slots__ = ("address", "asked", "connection", "grant", "role", "room", "user_id")

    def __init__(
        self, connection: Connection, address: str, room: Room, grant: Grant, role: Role
    ) -> None:
        self.connection = connection
        self.address = address
        self.room = room
        self.user_id = grant.user_id
        self.grant = grant
        self.role = role
        self.asked: float | None = None
        """When a newer token was asked for, on the loop's clock; None if there is no need."""

    def send_encoded(self, message: bytes) -> None:
        """See `rooms.Member`."""
        self.connection.send_encoded(message)

    def settle(self, ticket: int, reason: str | None) -> None:
        """See `rooms.Member`."""
        self.connection.settle(self.address, ticket, reason)

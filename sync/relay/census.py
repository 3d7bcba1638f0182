"""Counts who is here, and says when there is no room for more."""

from __future__ import annotations

from collections import Counter

from sync.relay.places import network_of
from sync.relay.settings import Settings


class Census:
    """Every socket is a stranger's until its token was accepted, and then somebody's.

    Places are network addresses, counted as `network_of` has them.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.at_the_door = 0
        self._at_the_door: Counter[str] = Counter()
        """By the network of the socket's other end."""
        self.http = 0
        self._http: Counter[str] = Counter()
        """By network."""
        self.sockets = 0
        self.strangers: Counter[str] = Counter()
        """By network."""
        self.users: Counter[str] = Counter()
        """By user id."""
        self.stranger_count = 0
        self.turned_away = 0

    def come_to_the_door(self, peer: str, *, is_proxy: bool = False) -> bool:
        """Count a socket that has not said what it wants, if there is room for it.

        Behind a proxy everybody is at `peer`, so there only the whole is bounded.
        """
        network = network_of(peer)
        if self.at_the_door >= self._settings.strangers or (
            not is_proxy and self._at_the_door[network] >= self._settings.strangers_per_place
        ):
            self.turned_away += 1
            return False
        self.at_the_door += 1
        self._at_the_door[network] += 1
        return True

    def leave_the_door(self, peer: str) -> None:
        """It has said so, or gone."""
        self.at_the_door -= 1
        _less(self._at_the_door, network_of(peer))

    def admit_http(self, place: str) -> bool:
        """Count a socket of the HTTP interface, if there is room for it."""
        network = network_of(place)
        if (
            self.http >= self._settings.http_connections
            or self._http[network] >= self._settings.http_connections_per_place
        ):
            self.turned_away += 1
            return False
        self.http += 1
        self._http[network] += 1
        return True

    def http_gone(self, place: str) -> None:
        """Such a socket is closed."""
        self.http -= 1
        _less(self._http, network_of(place))

    def admit(self, place: str) -> bool:
        """Count a stranger's socket if there is room for it."""
        network = network_of(place)
        if (
            self.sockets >= self._settings.connections
            or self.stranger_count >= self._settings.strangers
            or self.strangers[network] >= self._settings.strangers_per_place
        ):
            self.turned_away += 1
            return False
        self.sockets += 1
        self.strangers[network] += 1
        self.stranger_count += 1
        return True

    def introduce(self, place: str, user_id: str) -> bool:
        """A stranger turns out to be a user; whether that user may have one more socket."""
        if self.users[user_id] >= self._settings.connections_per_user:
            self.turned_away += 1
            return False
        self._no_stranger(place)
        self.users[user_id] += 1
        return True

    def gone(self, place: str, user_id: str | None) -> None:
        """A socket is closed; `user_id` is None if it was a stranger's to the end."""
        self.sockets -= 1
        if user_id is None:
            self._no_stranger(place)
        else:
            _less(self.users, user_id)

    def _no_stranger(self, place: str) -> None:
        self.stranger_count -= 1
        _less(self.strangers, network_of(place))


def _less(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]

"""Where a request comes from, also behind a proxy that is trusted to say so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from sync.errors import AdministrationError

Network = IPv4Network | IPv6Network

UNKNOWN = ""
"""The place of somebody whose proxy says nothing that can be read."""

_MOST_HOPS = 20


def parse_network(text: str) -> Network:
    """Return the network of ``10.0.0.0/8`` or ``10.0.0.1``. Raises `AdministrationError`."""
    try:
        return ip_network(text)
    except ValueError:
        raise AdministrationError(
            f"{text!r} is no network; write an address or a range, as in 10.0.0.1 or 10.0.0.0/8."
        ) from None


@lru_cache(4096)
def network_of(place: str) -> str:
    """Return what a network address counts as. Of IPv6 a whole /64 is one: one person has it all.

    What is no address stays what it is.
    """
    try:
        address = ip_address(place.partition("%")[0])
    except ValueError:
        return place
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Network((address, 64), strict=False).network_address)
    return str(address)


def contains(networks: Sequence[Network], place: str) -> bool:
    """Whether a network address is in one of these; what is no address is in none."""
    try:
        address = ip_address(place.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any(one in network for network in networks for one in (address, mapped) if one)


class Proxies:
    """Those whose ``X-Forwarded-For`` is believed."""

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self._networks = tuple(networks)

    def __bool__(self) -> bool:
        return bool(self._networks)

    def trusts(self, place: str) -> bool:
        """Whether a network address is one of them."""
        return bool(self._networks) and contains(self._networks, place)

    def place(self, peer: str, forwarded_for: str | None) -> str:
        """Return the address of the client behind `peer`, the other end of the socket.

        `forwarded_for` is the header as it came, each proxy having appended whom it
        heard: from its end on, the first that is not one of ours is the client, and
        what stands before that is the client's own invention. A header from anybody
        who is no proxy of ours counts for nothing.
        """
        if forwarded_for is None or not self.trusts(peer):
            return peer
        hops = [hop.strip() for hop in forwarded_for.split(",")[-_MOST_HOPS:]]
        for hop in reversed(hops):
            try:
                address = str(ip_address(hop.strip("[]")))
            except ValueError:
                return UNKNOWN
            if not self.trusts(address):
                return address
        return UNKNOWN

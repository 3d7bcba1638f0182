"""Under which addresses of a private network this computer can be reached."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An address of this computer in a private network."""

    interface: str
    """The system's name of it, as "Wi-Fi" or "eth0"."""
    address: str
    network: str
    """All that are reached without a router, as 192.168.1.0/24."""


def private_places() -> list[Place]:
    """Return the IPv4 addresses that nobody beyond the local network can reach, loopback last."""
    # Seldom needed, and not before there is a window.
    from PySide6.QtNetwork import QAbstractSocket, QNetworkInterface

    found = []
    for interface in QNetworkInterface.allInterfaces():
        flags = QNetworkInterface.InterfaceFlag
        if not interface.flags() & flags.IsUp or not interface.flags() & flags.IsRunning:
            continue
        for entry in interface.addressEntries():
            if entry.ip().protocol() != QAbstractSocket.NetworkLayerProtocol.IPv4Protocol:
                continue
            address = entry.ip().toString()
            if ipaddress.ip_address(address).is_private:
                network = ipaddress.ip_network(f"{address}/{entry.prefixLength()}", strict=False)
                found.append(Place(interface.humanReadableName(), address, str(network)))
    return sorted(found, key=lambda place: ipaddress.ip_address(place.address).is_loopback)

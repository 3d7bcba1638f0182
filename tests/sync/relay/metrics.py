"""What a relay says of itself."""

from __future__ import annotations

from urllib.request import urlopen

from tests.sync.relay.process import RelayProcess


def metric(relay: RelayProcess, name: str) -> float:
    """Return one number of ``/metrics``."""
    with urlopen(relay.http_url + "/metrics", timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line for line in lines if line.startswith(name + " ")).split()[1])

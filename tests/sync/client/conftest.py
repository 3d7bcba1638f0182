"""A relay that knows two people, and a device for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sync.client.listening import Device
from tests.sync.relay.process import RelayProcess


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        relay.add_user("ben")
        yield relay


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[dict[str, Device]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Device(tmp_path / name)) for name in ("ada", "ben")}

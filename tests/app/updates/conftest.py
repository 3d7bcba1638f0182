"""A server of indexes with a certificate that this process trusts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.updates.server import IndexServer, serving
from tests.sync.relay.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def server(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexServer]:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with serving(authority) as server:
        yield server

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.store.store import Store
from sync.types import DocumentId

PAPER = DocumentId("paper")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A profile with one empty document, `PAPER`."""
    with Store.open(tmp_path / "profile") as store:
        store.create_document(PAPER, "Paper").result()
        yield store

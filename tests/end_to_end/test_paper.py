from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from tests.end_to_end.replay import replay


@pytest.mark.timeout(300)
def test_a_slice_of_a_real_paper_survives_two_kills(qapp: QCoreApplication, tmp_path: Path) -> None:
    """The whole of it is `make bench`."""
    replay(tmp_path, 6_000)

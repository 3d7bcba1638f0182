from __future__ import annotations

from tests.sync.disks import small_disk

__all__ = ["small_disk"]

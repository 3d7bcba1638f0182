from __future__ import annotations

from tests.sync.disks import real_disk, small_disk

__all__ = ["real_disk", "small_disk"]

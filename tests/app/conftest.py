"""Disks that are full when a test wants it, and windows on profiles of their own."""

from tests.end_to_end.conftest import make_desk
from tests.sync.disks import small_disk

__all__ = ["make_desk", "small_disk"]

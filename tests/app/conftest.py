"""Disks that are full when a test wants it."""

from tests.sync.disks import small_disk

__all__ = ["small_disk"]

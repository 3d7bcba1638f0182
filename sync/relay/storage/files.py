"""Files that must be on disk, whole and private, and attachments named by their bytes."""

from __future__ import annotations

import os
from pathlib import Path

from sync.files import copy_durably, dated, has_digest, sync, write_durably

__all__ = [
    "ATTACHMENTS",
    "attachment_path",
    "copy_attachment",
    "copy_durably",
    "dated",
    "give_to_owner",
    "has_digest",
    "sync",
    "write_durably",
]

ATTACHMENTS = "attachments"


def attachment_path(folder: Path, digest: bytes) -> Path:
    """Return where an attachment lies in a data directory or backup; `digest` is its SHA-256."""
    return folder / ATTACHMENTS / digest.hex()[:2] / digest.hex()


def copy_attachment(source: Path, target: Path, digest: bytes) -> bool:
    """Copy one attachment between folders, durably; False if it is missing or damaged there.

    One that is there already is left as it is. Raises `OSError`.
    """
    origin, goal = attachment_path(source, digest), attachment_path(target, digest)
    if goal.exists():
        return True
    goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = goal.with_name(f".{goal.name}")
    try:
        copy_durably(origin, partial)
        if not has_digest(partial, digest):
            return False
        partial.rename(goal)
        sync(goal.parent)
        sync(goal.parent.parent)
    except FileNotFoundError:
        return False
    finally:
        partial.unlink(missing_ok=True)
    return True


def give_to_owner(folder: Path, *paths: Path) -> None:
    """If root made files in a folder of a user's, give them, and all in them, to that user.

    The relay runs as a user of its own, and root administers it. Raises `OSError`.
    """
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for path in paths:
        for entry in (path, *path.rglob("*")):
            os.chown(entry, owner.st_uid, owner.st_gid, follow_symlinks=False)

"""Files that must be on disk, whole and private, and attachments named by their bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import BinaryIO

ATTACHMENTS = "attachments"

_CHUNK = 1024 * 1024


def attachment_path(folder: Path, digest: bytes) -> Path:
    """Return where an attachment lies in a data directory or backup; `digest` is its SHA-256."""
    return folder / ATTACHMENTS / digest.hex()[:2] / digest.hex()


def has_digest(path: Path, digest: bytes) -> bool:
    """Whether the file is there and its bytes have that SHA-256. Raises `OSError`."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == digest
    except FileNotFoundError:
        return False


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


def dated(folder: Path, prefix: str) -> Path:
    """Return a path in `folder` that is not taken, named by this moment in UTC."""
    name = time.strftime(f"{prefix}%Y-%m-%dT%H%M%SZ", time.gmtime())
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{name}.{number}"
    return path


def copy_durably(source: Path, target: Path) -> None:
    """Copy a file's bytes to one that only this user may read, onto the disk. Raises `OSError`."""
    with source.open("rb") as origin, _private(target) as file:
        shutil.copyfileobj(origin, file, _CHUNK)
        file.flush()
        os.fsync(file.fileno())


def write_durably(target: Path, data: bytes) -> None:
    """Write a new file, onto the disk, whole or not at all. Raises `FileExistsError`, `OSError`."""
    if target.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    partial = target.with_name(f".{target.name}.incomplete")
    try:
        with _private(partial) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
        sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


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


def sync(path: Path) -> None:
    """Have the disk take a file, or a folder's list of files. Raises `OSError`."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")

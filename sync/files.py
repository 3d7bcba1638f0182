"""Files that must be on disk, whole and private, and their names by time and by digest."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1024 * 1024


def has_digest(path: Path, digest: bytes) -> bool:
    """Whether the file is there and its bytes have that SHA-256. Raises `OSError`."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == digest
    except FileNotFoundError:
        return False


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
    replace_durably(target, data)


def replace_durably(target: Path, data: bytes) -> None:
    """Write a file, onto the disk, in the place of one that may be there. Raises `OSError`."""
    partial = target.with_name(f".{target.name}.incomplete")
    try:
        with _private(partial) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have the disk take a file, or a folder's list of files. Raises `OSError`.

    Elsewhere than on POSIX a folder cannot be opened, and its names are the system's care.
    """
    if os.name != "posix" and path.is_dir():
        return
    fd = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")

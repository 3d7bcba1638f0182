"""A disk that is small enough to be full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB; mounting one takes root on Linux."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def real_disk(tmp_path: Path) -> Iterator[Path]:
    """An ext4 of 8 MB in a file on a `small_disk` of 4 MB: full below, it fails as hardware does.

    `<it>/../below` is what it lies on. Takes root on Linux, and loop devices.
    """
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mke2fs"):
        pytest.skip("only root on Linux with mke2fs may make a file system")
    below, disk = tmp_path / "below", tmp_path / "real"
    below.mkdir()
    disk.mkdir()
    image = below / "image"
    done: list[Path] = []
    try:
        for target, command in (
            (below, ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", below]),
            (None, ["truncate", "-s", "8M", image]),
            (None, ["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", image]),
            (disk, ["mount", "-o", "loop,errors=remount-ro", image, disk]),
        ):
            if subprocess.run(command, check=False, capture_output=True).returncode:
                pytest.skip("mounting is not allowed here")
            if target is not None:
                done.append(target)
        yield disk
    finally:
        for target in reversed(done):
            subprocess.run(["umount", "--lazy", target], check=True)


def make_read_only(disk: Path) -> None:
    """Have ext4 find an error, upon which it takes no more writes."""
    devices = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    device = next(Path(entry[0]).name for entry in devices if entry[1] == str(disk))
    Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("test")


def fill(disk: Path) -> Path:
    """Leave 4 KB free; unlink the result to have the room again."""
    filler = disk / "filler"
    with suppress(OSError):  # whoever writes there meanwhile takes some of it
        filler.write_bytes(b"x" * (shutil.disk_usage(disk).free - 4096))
    return filler

"""The folder of problem reports in the profile: few, short, and nobody's but this person's."""

from __future__ import annotations

import os
import platform
import time
from contextlib import suppress
from pathlib import Path

from app.problems.tracing import shortened
from sync import __version__

MOST = 10
"""Reports that are kept, the newest ones."""

LONGEST = 64 * 1024
"""Bytes of one."""

FAULT = "fault.txt"
"""Where Python's fault handler writes when the process dies of a signal."""


class Reports:
    """Reads and writes the reports of one profile. Any thread may call a method."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "reports"

    def keep(self, what: str, text: str) -> Path | None:
        """Keep a report about `what`, one line; None if the disk takes none.

        Never raises: whoever has something to report is in trouble enough.
        """
        head = f"{what}\n{_now()}\n{_versions()}\n\n"
        data = (head + text).encode("utf-8", "replace")[:LONGEST]
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._free_path()
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(data)
            for old in self.paths()[MOST:]:
                old.unlink(missing_ok=True)
            return path
        return None

    def paths(self) -> list[Path]:
        """Return the reports, the newest first."""
        return sorted(self._folder.glob("report-*.txt"), reverse=True)

    def read(self, path: Path) -> str:
        """Return what a report says; empty if it cannot be read."""
        try:
            with path.open("rb") as file:
                return file.read(LONGEST).decode("utf-8", "replace")
        except OSError:
            return ""

    def forget(self) -> None:
        """Delete all reports."""
        for path in self.paths():
            with suppress(OSError):
                path.unlink()

    def open_fault_file(self) -> int | None:
        """Return a descriptor of `FAULT`, emptied, which is to stay open; None if there is none."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            return os.open(self._folder / FAULT, flags, 0o600)
        return None

    def take_fault(self) -> bool:
        """Make a report of what the fault handler has left behind; whether there was something."""
        path = self._folder / FAULT
        lines = self.read(path).splitlines()
        if not lines:
            return False
        self.keep("The program ended in an unexpected way", _without_paths(lines))
        with suppress(OSError):
            path.unlink()
        return True

    def _free_path(self) -> Path:
        stamp = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
        # Never one that was deleted: their order is that of their names.
        taken = [path.stem[-3:] for path in self.paths() if stamp in path.name]
        number = int(taken[0]) + 1 if taken and taken[0].isdecimal() else 0
        return self._folder / f"report-{stamp}-{number:03}.txt"


def _without_paths(lines: list[str]) -> str:
    """Return a fault handler's lines, `File "/home/ada/…/app/gui.py", line 3 in run`, shortened."""
    result = []
    for line in lines:
        before, quote, rest = line.partition('File "')
        path, closing, behind = rest.partition('"')
        result.append(f'{before}File "{shortened(path)}"{behind}' if quote and closing else line)
    return "\n".join(result) + "\n"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _versions() -> str:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"Inkstand {__version__}, Python {platform.python_version()}, {system}"

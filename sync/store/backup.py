"""Copies of a profile, made while it is in use: one folder a copy, itself a whole profile.

    backups/2026-03-01-000012/inkstand.db
    backups/2026-03-01-000012/attachments/ab/ab34…

The number orders them, the date (UTC) is only shown and compared for being the same: a clock that
jumps makes one more copy, and never has an old one go for it before its time.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from sync import files
from sync.errors import BackupFailed, NewerSchema
from sync.phrases import explain_os_error, phrase
from sync.store import migrations
from sync.store.attachments import ATTACHMENTS
from sync.store.database import connect, plain_words
from sync.store.replacing import room_for

BACKUPS = "backups"
"""The folder in a profile."""

KEPT = 7
"""Copies that a profile keeps of itself."""

SPARE = 64 * 1024 * 1024
"""Bytes that a copy nobody asked for leaves free on the disk, for what is being written."""

_NAME = re.compile(r"\d{4}-\d\d-\d\d-(\d{6,})")
_UNFINISHED = ".unfinished"
_REMOVING = ".removing"
_STEPS = 10_000
"""Of SQLite's machine between two looks at whether the copy is still wanted."""

Cancelled = Callable[[], bool]


def made(folder: Path) -> list[Path]:
    """Return the backups in a folder, the newest first."""
    with contextlib.suppress(OSError):
        found = [entry for entry in folder.iterdir() if _NAME.fullmatch(entry.name)]
        return sorted(found, key=lambda entry: _number(entry), reverse=True)
    return []


def databases(data_dir: Path) -> list[Path]:
    """Return the databases of a profile's own backups, the newest first."""
    found = (entry / migrations.DATABASE for entry in made(data_dir / BACKUPS))
    return [path for path in found if path.is_file()]


def is_due(data_dir: Path) -> bool:
    """Whether the newest of a profile's own backups is not of this day."""
    found = made(data_dir / BACKUPS)
    return not found or not found[0].name.startswith(_today())


def back_up_daily(data_dir: Path, cancelled: Cancelled = lambda: False) -> Path:
    """Make a profile's own backup, and let go of the oldest beyond `KEPT`. As `back_up`."""
    folder = data_dir / BACKUPS
    new = back_up(data_dir, folder, cancelled, spare=SPARE)
    for old in _superfluous(made(folder)):
        with contextlib.suppress(OSError):
            gone = old.with_name(_REMOVING)  # at once: half a backup must not look like one
            shutil.rmtree(gone, ignore_errors=True)
            old.rename(gone)
            shutil.rmtree(gone)
    return new


def back_up(
    data_dir: Path, folder: Path, cancelled: Cancelled = lambda: False, *, spare: int = 0
) -> Path:
    """Make a backup in a new folder in `folder` and return it, proved to be readable.

    Blocks; whoever writes meanwhile does not wait. At least `spare` bytes of the disk stay
    free. Raises `BackupFailed`, and leaves nothing half made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0, mode=0o600):
            return _make(data_dir, folder, cancelled, spare)
    except Timeout:
        raise BackupFailed(folder, phrase("another backup is being made")) from None
    except OSError as error:
        raise BackupFailed(folder, explain_os_error(error)) from error
    except sqlite3.Error as error:
        raise BackupFailed(folder, plain_words(error)) from error


def back_up_to_file(data_dir: Path, file: Path, cancelled: Cancelled = lambda: False) -> None:
    """Make a backup in one zip file, which must not be there yet. As `back_up`."""
    if file.exists():
        raise BackupFailed(file, phrase("it exists already"))
    folder = file.with_name(f".{file.name}{_UNFINISHED}")
    packing = file.with_name(f".{file.name}.zip{_UNFINISHED}")
    try:
        new = back_up(data_dir, folder, cancelled)
        packing.touch(mode=0o600)
        with zipfile.ZipFile(packing, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for entry in sorted(new.rglob("*")):
                if entry.is_file():
                    archive.write(entry, entry.relative_to(new).as_posix())
        files.sync(packing)
        packing.rename(file)
        files.sync(file.parent)
    except OSError as error:
        raise BackupFailed(file, explain_os_error(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        packing.unlink(missing_ok=True)


def examine(database: Path) -> None:
    """Prove that a copy which nobody writes to can be opened and read.

    Raises `NewerSchema`, `DatabaseDamaged`, or `sqlite3.Error`.
    """
    migrations.check(database)
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?immutable=1", uri=True)
    with contextlib.closing(connection):
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)


def _make(data_dir: Path, folder: Path, cancelled: Cancelled, spare: int) -> Path:
    source = data_dir / migrations.DATABASE
    if not source.is_file():
        raise BackupFailed(folder, phrase("there is no profile in {folder}", folder=data_dir))
    if not room_for(folder, source.stat().st_size + spare):
        raise BackupFailed(folder, phrase("the disk is full"))
    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)  # of a backup that was killed
    unfinished.mkdir(mode=0o700)
    try:
        copy = unfinished / migrations.DATABASE
        _copy_database(source, copy, cancelled)
        examine(copy)
        files.sync(copy)
        _add_attachments(data_dir / ATTACHMENTS, unfinished / ATTACHMENTS, cancelled)
        files.sync(unfinished)
        newest = next(iter(made(folder)), None)
        number = _number(newest) + 1 if newest else 1
        new = folder / f"{_today()}-{number:06}"
        unfinished.rename(new)
        files.sync(folder)
    except (NewerSchema, BackupFailed):
        raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return new


def _copy_database(source: Path, copy: Path, cancelled: Cancelled) -> None:
    copy.touch(mode=0o600)
    connection = connect(source, writable=False)
    with contextlib.closing(connection):
        # Only the copy is written; the promise not to write would forbid even that.
        connection.execute("PRAGMA query_only = OFF")
        connection.set_progress_handler(cancelled, _STEPS)
        connection.execute("VACUUM INTO ?", [str(copy)])


def _add_attachments(source: Path, target: Path, cancelled: Cancelled) -> None:
    """Link all attachments, or copy them where the file system cannot."""
    for path in sorted(source.glob("??/" + "[0-9a-f]" * 64)):
        if cancelled():
            raise BackupFailed(target.parent.parent, phrase("it was interrupted"))
        add_attachment(path, target)


def add_attachment(path: Path, target: Path) -> None:
    """Have an attachment in the folder `target` as well, unless it is there. Raises `OSError`."""
    copy = target / path.name[:2] / path.name
    if copy.exists():
        return
    for made in (target, copy.parent):  # each by itself: parents would get another mode
        made.mkdir(mode=0o700, exist_ok=True)
    try:
        os.link(path, copy)
    except OSError:
        partial = copy.with_name(f".{copy.name}")
        try:
            files.copy_durably(path, partial)
            partial.replace(copy)
        finally:
            partial.unlink(missing_ok=True)


def _superfluous(found: list[Path]) -> list[Path]:
    """Return what is beyond `KEPT`: the oldest of a day that has a newer one, then the oldest."""
    kept = list(found)
    gone = []
    while len(kept) > KEPT:
        days = [path.name[:10] for path in kept]
        doubled = [path for at, path in enumerate(kept) if days[at] in days[:at]]
        gone.append(doubled[-1] if doubled else kept[-1])
        kept.remove(gone[-1])
    return gone


def _number(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else 0


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())

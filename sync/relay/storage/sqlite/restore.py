"""Putting a backup in the place of a relay's data, which is moved aside and never deleted."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sync.errors import AdministrationError
from sync.relay.exclusive import only_one
from sync.relay.storage import files
from sync.relay.storage.sqlite import backup, schema

_COPYING = ".restore-copying"
"""In the data directory while the backup is copied; worth nothing afterwards."""
_MOVING = ".restore-moving"
"""The same folder while old data moves out and new data in: nothing may be served meanwhile."""

_DATA = (schema.FILE_NAME, f"{schema.FILE_NAME}-wal", f"{schema.FILE_NAME}-shm", files.ATTACHMENTS)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    backup: Path
    aside: Path | None
    """Where the data that was there before is now; None if there was none."""


def restore(folder: Path, data_dir: Path, *, replace: bool) -> Restored:
    """Make `data_dir` what it was when the backup in `folder` was made.

    All is copied and checked before anything is moved. What people's devices
    have and the backup has not comes back when they connect. Raises
    `AdministrationError`, and `NewerSchema`; a relay may serve what was there
    before then, unless moving itself failed, which `refuse_half_restored` says.
    """
    source = backup.find(folder)
    with only_one(data_dir):
        moving = data_dir / _MOVING
        if not (replace or moving.exists()) and any((data_dir / name).exists() for name in _DATA):
            raise AdministrationError(
                f"{data_dir} holds data already. Choose another folder, or say --replace to have "
                "it moved aside."
            )
        try:
            _copy(source, data_dir / _COPYING)
            files.give_to_owner(data_dir, data_dir / _COPYING)
            if moving.exists():  # of a restore that was killed: what it moved aside stays there
                shutil.rmtree(moving)
            (data_dir / _COPYING).rename(moving)
            files.sync(data_dir)
            aside = _move_aside(data_dir)
            for entry in sorted(moving.iterdir()):
                entry.rename(data_dir / entry.name)
            files.sync(data_dir)
            moving.rmdir()
        except OSError as error:
            raise AdministrationError(
                f"Cannot restore to {data_dir} ({error.strerror}). Make room, then try again."
            ) from None
    return Restored(source, aside)


def refuse_half_restored(data_dir: Path) -> None:
    """Raise `AdministrationError` if a restore was killed while it moved files."""
    if (data_dir / _MOVING).exists():
        raise AdministrationError(
            f"A restore to {data_dir} was interrupted. Run `inkstand-relay restore` again first."
        )


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    try:
        copy = target / schema.FILE_NAME
        files.copy_durably(source / schema.FILE_NAME, copy)
        for digest in backup.examine(copy):
            if not files.copy_attachment(source.parent, target, digest):
                raise AdministrationError(
                    f"Attachment {digest.hex()} is missing or damaged in {source.parent}. Use "
                    "another backup, or put the file back."
                )
        files.sync(target)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _move_aside(data_dir: Path) -> Path | None:
    old = [data_dir / name for name in _DATA if (data_dir / name).exists()]
    if not old:
        return None
    database = data_dir / schema.FILE_NAME
    if database.exists():
        # So that it is whole without its log, which moves separately; a damaged one moves as it is.
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(database)) as connection,
        ):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = files.dated(data_dir, "replaced-")
    aside.mkdir(mode=0o700)
    files.give_to_owner(data_dir, aside)
    for path in old:
        if path.exists():
            path.rename(aside / path.name)
    files.sync(aside)
    return aside

"""Going back to a backup. What the profile held goes aside and is never deleted.

Nothing has to be told to the relay: what it has beyond the backup comes back by the sync step 2,
and what the backup's outbox has is sent once more, which changes nothing where it has arrived.
Each opening of a document takes a Yjs client id of its own (`Document`), so none is used twice.
"""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from sync import files
from sync.errors import DatabaseDamaged, NewerSchema, ProfileInUse, RestoreFailed
from sync.phrases import explain_os_error, phrase
from sync.store import backup, migrations, replacing
from sync.store.attachments import ATTACHMENTS, is_name
from sync.store.database import plain_words

_UNPACKED = ".restoring"
_COPY = ".restoring-copy"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    backup: Path
    aside: Path | None
    """The folder with the database that was there before; None if there was none."""


def restore(source: Path, data_dir: Path) -> Restored:
    """Make the profile in `data_dir` what it was when the backup `source` was made.

    `source` is a backup's folder, a folder of backups (then it is the newest), a zip file that
    `back_up_to_file` made, or a database. Attachments are added, none goes. Raises
    `ProfileInUse` or `RestoreFailed`; nothing was changed then.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(data_dir / migrations.LOCK, timeout=0, mode=0o600):
            return _restore(source, data_dir)
    except Timeout:
        raise ProfileInUse(data_dir) from None
    except OSError as error:
        raise RestoreFailed(source, explain_os_error(error)) from error
    except NewerSchema as error:
        raise RestoreFailed(source, str(error).rstrip(".")) from error
    except DatabaseDamaged as error:
        raise RestoreFailed(source, phrase("it is damaged")) from error
    except sqlite3.Error as error:
        raise RestoreFailed(source, plain_words(error)) from error


def begin_anew(data_dir: Path) -> Path:
    """Move the profile's database aside, so that the next start makes a new one; return where to.

    Raises `ProfileInUse` or `RestoreFailed`; nothing was changed then.
    """
    try:
        with FileLock(data_dir / migrations.LOCK, timeout=0, mode=0o600):
            aside = files.dated(data_dir, "damaged-")
            replacing.set_aside(data_dir / migrations.DATABASE, aside)
            return aside
    except Timeout:
        raise ProfileInUse(data_dir) from None
    except OSError as error:
        raise RestoreFailed(data_dir, explain_os_error(error)) from error


def _restore(source: Path, data_dir: Path) -> Restored:
    path = data_dir / migrations.DATABASE
    unpacked, copy = data_dir / _UNPACKED, path.with_name(path.name + _COPY)
    try:
        replacing.finish(path)
        found, database = _find(source, unpacked)
        files.copy_durably(database, copy)
        backup.examine(copy)
        for attachment in sorted((database.parent / ATTACHMENTS).glob("??/*")):
            _take_attachment(attachment, data_dir / ATTACHMENTS, source)
        aside = files.dated(data_dir, "replaced-") if path.exists() else None
        if aside is not None:
            replacing.empty_log(path)
        replacing.replace(path, copy, aside or files.dated(data_dir, "replaced-"))
    finally:
        replacing.remove(copy)
        shutil.rmtree(unpacked, ignore_errors=True)
    return Restored(found, aside)


def _find(source: Path, unpacked: Path) -> tuple[Path, Path]:
    """Return the backup, and its database."""
    if source.is_dir():
        for folder in (source, *backup.made(source), *backup.made(source / backup.BACKUPS)):
            if (folder / migrations.DATABASE).is_file():
                return folder, folder / migrations.DATABASE
        raise RestoreFailed(source, phrase("there is no backup in that folder"))
    if zipfile.is_zipfile(source):
        _unpack(source, unpacked)
        return source, unpacked / migrations.DATABASE
    if not source.exists():
        raise RestoreFailed(source, phrase("there is no such file or folder"))
    return source, source


def _unpack(source: Path, folder: Path) -> None:
    """Take out of an archive what a backup is made of, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        with zipfile.ZipFile(source) as archive:
            names = set(archive.namelist())
            if migrations.DATABASE not in names:
                raise RestoreFailed(source, phrase("it is a zip file, but no backup"))
            size = sum(archive.getinfo(name).file_size for name in names if _is_wanted(name))
            if not replacing.room_for(folder, size):
                raise RestoreFailed(source, phrase("the disk is full"))
            for name in names:
                if _is_wanted(name):
                    archive.extract(name, folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise RestoreFailed(source, phrase("it is damaged")) from error


def _is_wanted(name: str) -> bool:
    parts = name.split("/")
    return name == migrations.DATABASE or (
        len(parts) == 3
        and parts[0] == ATTACHMENTS
        and is_name(parts[2])
        and parts[1] == parts[2][:2]
    )


def _take_attachment(path: Path, target: Path, source: Path) -> None:
    if not is_name(path.name):
        return
    if not files.has_digest(path, bytes.fromhex(path.name)):
        raise RestoreFailed(
            source, phrase("its image {name} is damaged", name=f"{path.name[:16]}…")
        )
    backup.add_attachment(path, target)

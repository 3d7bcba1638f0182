"""Copies of a relay's data, made while it serves.

A backup folder holds one folder a backup, named by its time, with the database
in it, and beside them the attachments of all, which never change and so are
copied once:

    DIR/2026-03-01T020000Z/relay.sqlite3
    DIR/attachments/ab/ab34…

A backup is as secret as the relay itself: it holds the keys that sign access
tokens, the hashes of passwords and refresh tokens, and every document.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from filelock import FileLock, Timeout

from sync.errors import AdministrationError
from sync.relay.storage import files
from sync.relay.storage.sqlite import schema

_UNFINISHED = ".incomplete"


def back_up(data_dir: Path, folder: Path) -> tuple[Path, list[str]]:
    """Make a backup in a new folder in `folder`; return it, and the attachments that are amiss.

    Whoever writes meanwhile does not wait. Raises `AdministrationError`;
    backups that were there before are untouched in any case.
    """
    path = schema.existing(data_dir)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0, mode=0o600):
            return _make(path, data_dir, folder)
    except Timeout:
        raise AdministrationError(
            f"Another backup to {folder} is being made. Wait for it to end."
        ) from None
    except OSError as error:
        raise AdministrationError(
            f"Cannot write the backup to {folder} ({error.strerror}). Make room, or choose another "
            "folder; there is no half-made backup."
        ) from None


def _make(path: Path, data_dir: Path, folder: Path) -> tuple[Path, list[str]]:
    unfinished = folder / _UNFINISHED
    if unfinished.exists():  # of a backup that was killed
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    try:
        copy = unfinished / schema.FILE_NAME
        digests = _copy_database(path, copy)
        files.sync(copy)
        amiss = [
            digest.hex()
            for digest in digests
            if not files.copy_attachment(data_dir, folder, digest)
        ]
        files.sync(unfinished)
        made = files.dated(folder, "")
        unfinished.rename(made)
        files.sync(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return made, amiss


def _copy_database(path: Path, copy: Path) -> list[bytes]:
    """Copy it in one read, without its free room, and check it; return its attachments' hashes."""
    copy.touch(mode=0o600)
    with schema.opened(path) as connection:
        # Only the copy is written: the connection's promise not to write forbids even that.
        connection.execute("PRAGMA query_only = 0")
        try:
            connection.execute("VACUUM INTO ?", [str(copy)])
        except sqlite3.Error as error:
            raise AdministrationError(
                f"Cannot copy {path} to {copy.parent.parent}: {_reason(error)}. There is no "
                "half-made backup."
            ) from None
    return examine(copy)


def _reason(error: sqlite3.Error) -> str:
    # SQLite does not say which of the two files it means; only the copy can be full.
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith("SQLITE_FULL"):
        return "the backup's disk is full"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"the relay's database is damaged ({error}); `inkstand-relay check` says where"
    return f"one of the disks does not work ({name or error})"


def examine(copy: Path) -> list[bytes]:
    """Return the hashes of a backup's attachments, once its database is found in order.

    Raises `NewerSchema`, and `AdministrationError` if it is damaged.
    """
    # Nobody writes to it, so SQLite need not look for locks and leaves no file beside it.
    connection = sqlite3.connect(f"{copy.absolute().as_uri()}?immutable=1", uri=True)
    try:
        schema.refuse_newer(connection, copy)
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise AdministrationError(f"{copy} is damaged ({found}). Use another backup.")
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise AdministrationError(f"{copy} does not hold together. Use another backup.")
        has_attachments = connection.execute(
            "SELECT 1 FROM sqlite_schema WHERE name = 'attachments'"
        ).fetchone()
        if not has_attachments:  # made by an older relay
            return []
        rows = connection.execute("SELECT DISTINCT hash FROM attachments")
        return [bytes(digest) for (digest,) in rows]
    except sqlite3.Error as error:
        raise schema.explain(error, copy) from None
    finally:
        connection.close()


def find(folder: Path) -> Path:
    """Return the backup that `folder` is, or the newest in it. Raises `AdministrationError`."""
    if (folder / schema.FILE_NAME).is_file():
        return folder
    found = [path.parent for path in folder.glob(f"[0-9]*/{schema.FILE_NAME}")]
    if not found:
        raise AdministrationError(
            f"There is no backup in {folder}. Name the folder that `inkstand-relay backup` "
            "wrote to."
        )
    return max(found)  # named by their times

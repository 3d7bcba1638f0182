"""The bytes of attachments: files named by their SHA-256, beside the database.

A file is whole or not there: it is written under another name, checked, put on
disk, and then renamed. Who may read it is decided document by document.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from sync.errors import InkstandError
from sync.media import HEAD_BYTES, media_type
from sync.relay.storage.base import Attachment
from sync.relay.storage.sqlite.schema import cannot_write

FOLDER = "attachments"


class WrongDigest(InkstandError):
    """The bytes are not those that were announced; nothing was kept."""

    def __init__(self) -> None:
        super().__init__("The bytes do not have that SHA-256. Send the file again.")


class AttachmentFiles:
    """Methods block: not for the event loop. They raise `AdministrationError` for a bad disk."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._unfinished = self._folder / "tmp"

    def clear(self) -> None:
        """Remove what a relay that was killed left unfinished. Only for who serves the folder."""
        with contextlib.suppress(OSError):
            for path in self._unfinished.iterdir():
                path.unlink()

    def path(self, digest: bytes) -> Path:
        """Return where a file of that SHA-256 lies, if it is here."""
        name = digest.hex()
        return self._folder / name[:2] / name

    def begin(self) -> Upload:
        """Return a file to write to."""
        try:
            self._unfinished.mkdir(mode=0o700, parents=True, exist_ok=True)
            return Upload(self, self._unfinished)
        except OSError as error:
            raise cannot_write(self._folder, error) from None


class Upload:
    """A file on its way in. `discard` it in the end, whatever became of it."""

    def __init__(self, files: AttachmentFiles, folder: Path) -> None:
        self._files = files
        descriptor, name = tempfile.mkstemp(dir=folder)
        self._path = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self._hash = hashlib.sha256()
        self._head = b""
        self._size = 0

    def write(self, data: bytes) -> None:
        """Take some bytes in."""
        try:
            self._file.write(data)
        except OSError as error:
            raise cannot_write(self._path.parent, error) from None
        self._hash.update(data)
        self._head = (self._head + data)[:HEAD_BYTES] if self._size < HEAD_BYTES else self._head
        self._size += len(data)

    def finish(self, digest: bytes) -> Attachment:
        """Keep it, on disk when this returns. Raises `WrongDigest`."""
        if self._hash.digest() != digest:
            raise WrongDigest
        path = self._files.path(digest)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            path.parent.mkdir(mode=0o700, exist_ok=True)
            # Over a file that is there already: if the disk spoiled that one, this mends it.
            self._path.replace(path)
            _sync_folder(path.parent)
            _sync_folder(path.parent.parent)
        except OSError as error:
            raise cannot_write(self._path.parent, error) from None
        return Attachment(digest, self._size, media_type(self._head))

    def discard(self) -> None:
        """Let go of what was not kept."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

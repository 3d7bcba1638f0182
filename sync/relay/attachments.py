"""The bytes of attachments: files named by their SHA-256, beside the database.

A file is whole or not there: it is written under another name, checked, put on
disk, and then renamed. Who may read it is decided document by document. With a
storage that several nodes share the bytes are there, and the files are copies.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from functools import partial
from pathlib import Path

from sync.errors import InkstandError
from sync.media import HEAD_BYTES, media_type
from sync.relay.storage.base import Attachment, AttachmentBytes
from sync.relay.storage.sqlite.schema import cannot_write

FOLDER = "attachments"

COPIES_BYTES = 1024 * 1024 * 1024
"""Of files that are copies only."""

READ_SECONDS = 600.0
"""After it was asked for, during which a copy may still be read by somebody."""

PART_BYTES = 1024 * 1024
"""Of a file that are read at a time."""


class WrongDigest(InkstandError):
    """The bytes are not those that were announced; nothing was kept."""

    def __init__(self) -> None:
        super().__init__("The bytes do not have that SHA-256. Send the file again.")


class AttachmentFiles:
    """Methods block: not for the event loop. They raise `AdministrationError` for a bad disk."""

    def __init__(
        self,
        data_dir: Path,
        shared: AttachmentBytes | None = None,
        copies_bytes: int = COPIES_BYTES,
    ) -> None:
        """`shared` has the bytes of all nodes; then files here take up to `copies_bytes`, about."""
        self._shared = shared
        self._copies_bytes = copies_bytes
        self._folder = data_dir / FOLDER
        self._unfinished = self._folder / "tmp"

    def clear(self) -> None:
        """Remove what a relay that was killed left unfinished. Only for who serves the folder."""
        with contextlib.suppress(OSError):
            for path in self._unfinished.iterdir():
                path.unlink()

    def has(self, digest: bytes) -> bool:
        """Whether the bytes of that SHA-256 are kept."""
        return self.path(digest).is_file() if self._shared is None else self._shared.has(digest)

    def find(self, digest: bytes) -> Path | None:
        """Return a file of that SHA-256, None if there is none."""
        path = self.path(digest)
        if self._shared is None:
            return path if path.is_file() else None
        with contextlib.suppress(OSError):
            os.utime(path)  # what is asked for stays
            return path
        upload = self.begin()
        try:
            for part in self._shared.get(digest):
                upload.write(part)
            upload.keep(digest)
        except WrongDigest:  # it is not there, or damaged: it can be sent again
            return None
        finally:
            upload.discard()
        self._make_room()
        return path

    def store(self, digest: bytes) -> None:
        """Let every node have a file that is here."""
        if self._shared is not None:
            with self.path(digest).open("rb") as file:
                self._shared.put(digest, iter(partial(file.read, PART_BYTES), b""))
            self._make_room()

    def _make_room(self) -> None:
        """Remove the copies that nobody has asked for longest, but none that may be read now."""
        with contextlib.suppress(OSError):
            copies = sorted(
                (path.stat().st_mtime, path.stat().st_size, path)
                for path in self._folder.glob("??/*")
            )
            left = sum(size for _, size, _ in copies) - self._copies_bytes
            for used, size, path in copies:
                if left <= 0 or time.time() - used < READ_SECONDS:
                    break
                path.unlink(missing_ok=True)
                left -= size

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
        """Keep it, on disk when this returns, for all nodes. Raises `WrongDigest`."""
        self.keep(digest)
        self._files.store(digest)
        return Attachment(digest, self._size, media_type(self._head))

    def keep(self, digest: bytes) -> None:
        """Keep it here, on disk when this returns. Raises `WrongDigest`."""
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

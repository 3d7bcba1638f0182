"""Images of documents on this device: files named by their SHA-256, beside the database.

Files, not rows: a 25 MiB row would go through the write-ahead log and hold up the
keystrokes behind it in the one writer thread, and each nightly copy of the database
would carry all images again. A file's name says what is in it, so the same image
in ten documents is kept once, copying the folder copies what is new only, and a
file is either whole or not there: it is written under another name, put on disk and
renamed, before any document refers to it. The database knows nothing of them; which
documents use which is in the documents. Nothing is ever removed for now.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path

from sync import files
from sync.errors import AttachmentRefused, CannotSave
from sync.media import HEAD_BYTES, IMAGES, media_type
from sync.phrases import explain_os_error, phrase

ATTACHMENTS = "attachments"
"""The folder in a profile."""

MAX_BYTES = 25 * 1024 * 1024
"""Of one image; the relay takes as much."""

_HEX = re.compile(r"[0-9a-f]{64}")


def is_name(name: str) -> bool:
    """Whether a file of that name can be an attachment."""
    return _HEX.fullmatch(name) is not None


class Attachments:
    """The files of one profile. Methods block; any thread may call them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, data: bytes) -> str:
        """Keep an image; return its SHA-256. Raises `AttachmentRefused` or `CannotSave`."""
        if len(data) > MAX_BYTES:
            raise AttachmentRefused(
                phrase(
                    "it is larger than {size} MiB; make it smaller first",
                    size=MAX_BYTES // 1024 // 1024,
                )
            )
        if media_type(data[:HEAD_BYTES]) not in IMAGES:
            raise AttachmentRefused(
                phrase("it is no PNG, JPEG, GIF or WebP; save it as one of these")
            )
        sha256 = hashlib.sha256(data).hexdigest()
        if self.read(sha256) is None:  # also over one that the disk has spoiled
            try:
                self._write(sha256, data)
            except OSError as error:
                raise CannotSave(explain_os_error(error)) from error
        return sha256

    def read(self, sha256: str) -> bytes | None:
        """Return an image; None if it is not here, or is not any more what it was."""
        if not is_name(sha256):
            return None
        try:
            with self.path(sha256).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def path(self, sha256: str) -> Path:
        """Return where the image of that SHA-256 lies, if it is here."""
        return self._folder / sha256[:2] / sha256

    def _write(self, sha256: str, data: bytes) -> None:
        path = self.path(sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix="unfinished-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        for folder in (path.parent, self._folder, self._folder.parent):
            files.sync(folder)

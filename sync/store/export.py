"""The whole library as plain files that outlive this program: Markdown, JSON, and the images.

    DIR/Letters/To Ada.md
    DIR/Letters/To Ada.json
    DIR/attachments/ab34….png
    DIR/inkstand-export.json

The manifest says which document each file is, and what was written: only such files, unchanged
since, are written over by the next export to the same folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sync import files
from sync.document import schema, transfer, views
from sync.document.delta import Embed, Insert
from sync.document.document import Document
from sync.errors import ExportFailed, StoreError
from sync.media import HEAD_BYTES, IMAGES, media_type
from sync.phrases import explain_os_error, phrase
from sync.store.around import comment_threads, folder_paths
from sync.store.compaction import build_document
from sync.store.documents import DocumentRecord
from sync.store.store import Store
from sync.types import DocumentId, is_implied

MANIFEST = "inkstand-export.json"
VERSION = 1
"""Of the manifest."""

IMAGES_FOLDER = "attachments"
SUFFIXES = {"md": (".md",), "json": (".json",), "both": (".md", ".json")}
"""Of the files of one document, by the format that was asked for."""

Progress = Callable[[int, int], None]
"""Told the number of documents done and of all. May raise, to end it: what is written stays."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of it."""

    documents: int
    """How many were written."""
    problems: list[str]
    """One sentence for each document or image that is not, or not as a whole."""


def export_all(
    store: Store,
    folder: Path,
    kind: str,
    progress: Progress = lambda *_: None,
) -> Exported:
    """Write every document to files of a `kind` that `SUFFIXES` names.

    In the folders of the person's library, JSON with the comments beside it. Goes on after a
    document that cannot be read. Raises `ExportFailed` if the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        export = _Export(store, folder, SUFFIXES[kind], folder_paths(store))
    except OSError as error:
        raise ExportFailed(folder, explain_os_error(error)) from None
    records = [record for record in store.documents() if not is_implied(record.id)]
    try:
        for done, record in enumerate(records):
            progress(done, len(records))
            export.write(record)
        progress(len(records), len(records))
    except OSError as error:
        raise ExportFailed(folder, explain_os_error(error)) from None
    finally:
        export.finish()
    return Exported(export.documents, export.problems)


@dataclass
class _Export:
    store: Store
    folder: Path
    suffixes: tuple[str, ...]
    folders: dict[DocumentId, str]
    documents: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = _read_manifest(self.folder)
        self._written: dict[str, str] = {}
        self._entries: list[dict[str, Any]] = []
        self._taken: set[str] = set()
        self._images: dict[str, str | None] = {}

    def write(self, record: DocumentRecord) -> None:
        """Write one document. Raises `OSError` for what would stop all others too."""
        title = record.title or phrase("Untitled")
        try:
            document, left_out = build_document(self.store.load(record.id))
            stem = self._stem(record, title)
            for suffix in self.suffixes:
                text = self._render(document, suffix, stem, record, title)
                self._put(f"{stem}{suffix}", text.encode())
        except StoreError as error:
            self.problems.append(f"“{title}” ({record.id}): {error}")
            return
        if left_out:
            count = len(left_out)
            self.problems.append(
                f"“{title}” ({record.id}): {count} of its changes could not be read."
            )
        self.documents += 1
        self._entries.append(
            {
                "id": record.id,
                "title": record.title,
                "created": record.created,
                "files": [f"{stem}{suffix}" for suffix in self.suffixes],
            }
        )

    def finish(self) -> None:
        """Write the manifest, also of an export that was interrupted."""
        manifest = {
            "program": "inkstand",
            "version": VERSION,
            "documents": self._entries,
            "written": {**self._before, **self._written},
        }
        data = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        try:
            files.replace_durably(self.folder / MANIFEST, data.encode())
        except OSError as error:
            self.problems.append(str(ExportFailed(self.folder / MANIFEST, explain_os_error(error))))

    def _stem(self, record: DocumentRecord, title: str) -> str:
        """Return where a document goes, relative to the folder and without a suffix."""
        parts = [
            transfer.file_name(part)
            for part in self.folders.get(record.id, "").split("/")
            if part.strip(" .")
        ]
        name = transfer.file_name(title)
        number = 1
        while True:
            last = name if number == 1 else f"{name} ({number})"
            stem = "/".join([*parts, last])
            # As file systems compare names that do not tell case or forms of a letter apart.
            key = unicodedata.normalize("NFKD", stem.casefold()).casefold()
            if key not in self._taken and not any(
                self._is_foreign(f"{stem}{suffix}") for suffix in self.suffixes
            ):
                self._taken.add(key)
                return stem
            number += 1

    def _is_foreign(self, name: str) -> bool:
        """Whether something is there that no export wrote, or that was changed since."""
        path = self.folder / name
        if name == MANIFEST:
            return True
        if not os.path.lexists(path):
            return False
        if path.is_symlink() or not path.is_file():
            return True
        return self._before.get(name) != _digest(path.read_bytes())

    def _render(
        self, document: Document, suffix: str, stem: str, record: DocumentRecord, title: str
    ) -> str:
        contents = document.contents()
        if suffix == ".md":
            up = "../" * stem.count("/")
            return views.to_markdown(contents, lambda sha256: self._image(sha256, up, title))
        for sha256 in _images(contents):
            self._image(sha256, "", title)
        page: dict[str, Any] = {
            "id": record.id,
            "title": record.title,
            "created": record.created,
            "language": document.language,
            "images": {
                sha256: self._images[sha256]
                for sha256 in _images(contents)
                if self._images.get(sha256)
            },
            "document": views.to_json(contents),
        }
        comments = comment_threads(self.store, record.id, document)
        if comments:
            page["comments"] = comments
        return json.dumps(page, ensure_ascii=False, indent=2) + "\n"

    def _image(self, sha256: str, up: str, title: str) -> str | None:
        """Write an image once; return its address from a document `up` above the folder."""
        if sha256 not in self._images:
            self._images[sha256] = self._put_image(sha256, title)
        name = self._images[sha256]
        return None if name is None else up + quote(name)

    def _put_image(self, sha256: str, title: str) -> str | None:
        data = self.store.attachment(sha256)
        if data is None:
            self.problems.append(f"“{title}”: its image {sha256[:16]}… is not on this device.")
            return None
        name = f"{IMAGES_FOLDER}/{sha256}{IMAGES.get(media_type(data[:HEAD_BYTES]), '')}"
        path = self.folder / name
        if path.is_file() and _digest(path.read_bytes()) == sha256:
            self._written[name] = sha256
        elif path.exists():
            self.problems.append(f"{path} is another file; the image was not written.")
            return None
        else:
            self._put(name, data)
        return name

    def _put(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        files.replace_durably(path, data)
        self._written[name] = _digest(data)


def _read_manifest(folder: Path) -> dict[str, str]:
    """Return what earlier exports wrote: name to SHA-256. Raises `ExportFailed`."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        manifest = json.loads(path.read_bytes())
        written = manifest["written"]
        if manifest["program"] == "inkstand" and isinstance(written, dict):
            return {str(name): str(digest) for name, digest in written.items()}
    except (ValueError, KeyError, TypeError):
        pass
    raise ExportFailed(path, phrase("it is no list of exported files; choose another folder"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _images(contents: Iterable[Insert]) -> list[str]:
    """Return the SHA-256 of each image that is no address, once."""
    found: dict[str, None] = {}
    for part in contents:
        if isinstance(part.content, Embed):
            sha256 = schema.content_hash(part.content.value.get("image"))
            if sha256 is not None:
                found[sha256] = None
    return list(found)

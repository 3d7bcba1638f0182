"""Inkstand's own file of one document, `NAME.inkstand`: a ZIP archive of its text and its images.

    document.json      {"inkstand": 1, "title": …, "language": …, "contents": [a Quill delta]}
    images/SHA-256     each image that the text has, by the hash that it has there

It holds what the page shows, all of it, and not how it came about: opened, it is another document.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.document import schema
from sync.document.delta import Embed, Insert
from sync.document.document import Document
from sync.document.views.deltas import inserts_from_json, inserts_to_json
from sync.phrases import phrase

SUFFIX = ".inkstand"

VERSION = 1

_TEXT = "document.json"
_IMAGES = "images/"

MOST_IMAGES_BYTES = 512 * 1024 * 1024
"""Of all images of one file together: a small archive can unpack to any number of them."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of each part: the same document gives the same bytes."""


@dataclass(frozen=True, slots=True)
class OwnFile:
    """What is in such a file."""

    title: str
    language: str | None
    """BCP 47."""
    contents: list[Insert]


def write(
    document: Document, title: str, path: Path, read_image: Callable[[str], bytes | None] | None
) -> None:
    """Write a document to a file, with the images that `read_image` has. Raises `OSError`."""
    contents = document.contents()
    described = {
        "inkstand": VERSION,
        "title": title,
        "language": document.language,
        "contents": inserts_to_json(contents),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, _TEXT, json.dumps(described, ensure_ascii=False, indent=1).encode())
        for sha256 in sorted({found for part in contents if (found := _image(part)) is not None}):
            data = None if read_image is None else read_image(sha256)
            if data is not None:
                _put(archive, _IMAGES + sha256, data)


def read(path: Path, largest: int, keep: Callable[[bytes], str | None]) -> OwnFile:
    """Read such a file; nothing in it may have more bytes than `largest`.

    Each image is unpacked once, however often the text has it. `keep` takes an image in and returns
    its SHA-256; None if it is none, and then it is left out. Raises `OSError`, and `ValueError`
    with a phrase for the person if it is no such file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            described = json.loads(_get(archive, _TEXT, largest))
            if not isinstance(described, dict) or not isinstance(described.get("inkstand"), int):
                raise ValueError
            if described["inkstand"] > VERSION:
                raise _Newer
            contents = inserts_from_json(described.get("contents"))
            images = _Images(archive, largest, keep)
            return OwnFile(
                _string(described, "title") or "",
                _string(described, "language"),
                [part for one in contents for part in _with_image(one, images)],
            )
    except _Newer:
        raise ValueError(phrase("a newer version of Inkstand wrote it")) from None
    except _DAMAGE:
        raise ValueError(phrase("it is no Inkstand document, or it is damaged")) from None


_DAMAGE = (ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What a file that was written by something else can make Python's modules raise."""


class _Newer(Exception):
    """A later version of the format."""


def _string(described: dict[str, Any], name: str) -> str | None:
    value = described.get(name)
    return value if isinstance(value, str) else None


def _image(part: Insert) -> str | None:
    if not isinstance(part.content, Embed):
        return None
    return schema.content_hash(part.content.value.get(schema.IMAGE))


class _Images:
    """The images of an archive, each taken in when it is first asked for."""

    def __init__(
        self, archive: zipfile.ZipFile, largest: int, keep: Callable[[bytes], str | None]
    ) -> None:
        self._archive = archive
        self._largest = largest
        self._keep = keep
        self._kept: dict[str, str | None] = {}
        self._room = MOST_IMAGES_BYTES

    def take_in(self, sha256: str) -> str | None:
        """Return the hash that it is kept by; None if it is no image.

        Raises `KeyError` if there is none, `ValueError` if there is too much.
        """
        if sha256 not in self._kept:
            data = _get(self._archive, _IMAGES + sha256, min(self._largest, self._room))
            self._room -= len(data)
            self._kept[sha256] = self._keep(data)
        return self._kept[sha256]


def _with_image(part: Insert, images: _Images) -> list[Insert]:
    """Return a part of the contents, its image kept here; nothing if there is none."""
    sha256 = _image(part)
    if sha256 is None:
        return [part]
    try:
        kept = images.take_in(sha256)
    except KeyError:  # it was not on the device that wrote the file; who knows, on this one it is
        return [part]
    if kept is None:
        return []
    return [Insert(Embed({schema.IMAGE: schema.image_of(kept)}), part.attributes)]


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def _get(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    """Return a part. Raises `KeyError` if there is none, `ValueError` if it is too large."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(name)
    with archive.open(name) as part:  # its length is what it has, not what it claims
        data = part.read(largest + 1)
    if len(data) > largest:
        raise ValueError(name)
    return data

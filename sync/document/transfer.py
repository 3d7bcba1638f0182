"""Files to documents and back: what import and export do, in the window and without it."""

from __future__ import annotations

import codecs
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

from sync.document import own_file, schema, views
from sync.document.delta import Insert
from sync.document.document import Document
from sync.errors import AttachmentRefused, ExportFailed, ImportFailed
from sync.media import HEAD_BYTES, IMAGES, data_url, from_data_url, media_type
from sync.phrases import explain_os_error, phrase
from sync.types import Origin

MAX_IMPORT = 64 * 1024 * 1024
"""Bytes of a file that may become a document."""

_LONGEST_NAME = 200
"""Bytes of a file's name that come of a title."""

_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])", re.IGNORECASE)
"""What Windows takes for a device, whatever suffix follows.
Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""

Updates: TypeAlias = list[tuple[bytes, Origin]]

AddImage: TypeAlias = Callable[[bytes], str]
"""Keeps an image and returns its SHA-256, as `Store.add_attachment` does."""

ReadImage: TypeAlias = Callable[[str], bytes | None]
"""From a SHA-256 to the image's bytes, as `Store.attachment` does."""

FORMATS = ("text", "markdown", "html", "json")
"""Names of the formats that `render` knows."""

_SUFFIXES = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    own_file.SUFFIX: "inkstand",
}
READ_SUFFIXES = tuple(suffix for suffix, kind in _SUFFIXES.items() if kind != "json")
"""Of the files that `read_contents` reads."""


@dataclass(frozen=True)
class Imported:
    """A new document: its title and the updates that make it."""

    title: str
    updates: Updates


def new_document(
    title: str,
    author: str | None,
    contents: list[Insert] | None = None,
    language: str | None = None,
) -> Updates:
    """Return what a new document begins with: title, contents, and its closing newline.

    `language` (BCP 47) is that of the text; None: each device's own.
    """
    document = Document(author=author)
    updates: Updates = []
    document.on_update(lambda update, origin: updates.append((update, origin)))
    document.set_title(title)
    if language is not None:
        document.set_language(language)
    document.apply([*(contents or [Insert("\n")])], Origin.COMMAND)
    return updates


# In


def read_file(
    path: Path, author: str | None, title: str | None = None, add_image: AddImage | None = None
) -> Imported:
    """Read a file as a new document. Raises what `read_contents` does."""
    read = _read(path, add_image)
    title = title or read.title or path.stem
    return Imported(title, new_document(title, author, read.contents, read.language))


def read_contents(path: Path, add_image: AddImage | None = None) -> list[Insert]:
    """Read a Markdown, HTML or text file, or Inkstand's own.

    Its images come along if they are in the file or beside it, and `add_image` is given.
    Raises `ImportFailed`, and what `add_image` raises but for what is no image.
    """
    return _read(path, add_image).contents


def _read(path: Path, add_image: AddImage | None) -> own_file.OwnFile:
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None or path.suffix.lower() not in READ_SUFFIXES:
        known = ", ".join(READ_SUFFIXES)
        raise ImportFailed(
            path, phrase("choose a file of one of these kinds: {kinds}", kinds=known)
        )
    if kind == "inkstand":
        return _read_own(path, add_image)
    try:
        if path.stat().st_size > MAX_IMPORT:
            size = MAX_IMPORT // 1024 // 1024
            raise ImportFailed(path, phrase("it is larger than {size} MiB", size=size))
        data = path.read_bytes()
    except OSError as error:
        raise ImportFailed(path, explain_os_error(error)) from None
    text = _decoded(data, kind)
    if text is None:
        raise ImportFailed(path, phrase("it is not UTF-8 text; save it as UTF-8 first"))
    sink = None if add_image is None else image_sink(add_image, path.parent)
    try:
        if kind == "html":
            contents = views.from_html(text, sink)
        elif kind == "markdown":
            contents = views.from_markdown(text, sink)
        else:
            contents = views.from_text(text)
    except ValueError as error:
        raise ImportFailed(path, str(error)) from None
    return own_file.OwnFile("", None, contents)


def _read_own(path: Path, add_image: AddImage | None) -> own_file.OwnFile:
    def keep(data: bytes) -> str | None:
        try:
            return None if add_image is None else add_image(data)
        except AttachmentRefused:
            return None

    try:
        return own_file.read(path, MAX_IMPORT, keep)
    except OSError as error:
        raise ImportFailed(path, explain_os_error(error)) from None
    except ValueError as error:
        raise ImportFailed(path, str(error)) from None


def _decoded(data: bytes, kind: str) -> str | None:
    """Return a file's text; an HTML file may name an older encoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = re.search(rb"charset=[\"']?([\w-]{2,30})", data[:4096])
        if kind != "html" or named is None:
            return None
    try:
        return data.decode(named[1].decode(), "replace")
    except (LookupError, UnicodeError):
        return None


def image_sink(add_image: AddImage, folder: Path | None = None) -> views.ImageSink:
    """Return what keeps the images of HTML and Markdown that are no web addresses.

    Those that the text holds itself (`data:`), and those in `folder` and the
    folders in it: a file from a stranger must not fetch one from elsewhere.
    """

    def sink(source: str) -> str | None:
        data = from_data_url(source)
        if data is None and folder is not None:
            data = _image_in(folder, source)
        try:
            return None if data is None else schema.image_of(add_image(data))
        except AttachmentRefused:
            return None

    return sink


def _image_in(folder: Path, source: str) -> bytes | None:
    try:
        path = (folder / unquote(source)).resolve()
        if not path.is_relative_to(folder.resolve()) or path.stat().st_size > MAX_IMPORT:
            return None
        return path.read_bytes() if path.is_file() else None
    except (OSError, ValueError):
        return None


# Out


def render(
    document: Document, kind: str, title: str = "", read_image: ReadImage | None = None
) -> str:
    """Return a document in one of `FORMATS`; HTML holds its images, as far as they are here."""

    def address(sha256: str) -> str | None:
        data = read_image(sha256) if read_image else None
        return None if data is None else data_url(data)

    contents = document.contents()
    match kind:
        case "text":
            return views.to_text(contents)
        case "markdown":
            return views.to_markdown(contents)
        case "html":
            return views.to_html_page(contents, title or document.title or "", address)
    return json.dumps(views.to_json(contents), ensure_ascii=False, indent=2) + "\n"


def write_file(document: Document, path: Path, read_image: ReadImage | None = None) -> None:
    """Write a document in the format that the file's name asks for. Raises `ExportFailed`.

    What was there before stays until all of the new file is on the disk. Markdown's images go
    into a folder beside it, `<name>-images`; those of HTML and of Inkstand's own format into
    the file.
    """
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        kinds = ", ".join(_SUFFIXES)
        raise ExportFailed(path, phrase("end its name in one of {kinds}", kinds=kinds))
    try:
        with _in_place_of(path) as ready:
            _write(document, kind, path, ready, read_image)
    except OSError as error:
        raise ExportFailed(path, explain_os_error(error)) from None


def _write(
    document: Document, kind: str, path: Path, ready: Path, read_image: ReadImage | None
) -> None:
    """Write to `ready` what is to be at `path`."""
    if kind == "inkstand":
        own_file.write(document, document.title or path.stem, ready, read_image)
    elif kind == "markdown" and read_image is not None:
        text = views.to_markdown(document.contents(), _ImageFiles(path, read_image).address)
        ready.write_text(text, encoding="utf-8")
    else:
        ready.write_text(render(document, kind, path.stem, read_image), encoding="utf-8")


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """Give a path to write to; afterwards that file is at `path`, or nothing has changed."""
    path = path.resolve()  # what a link leads to, and not the link
    ready = path.with_name(f".{path.name[: _LONGEST_NAME // 4]}.{secrets.token_hex(4)}.part")
    try:
        yield ready
        with ready.open("rb+") as file:
            os.fsync(file.fileno())
        if path.exists():
            ready.chmod(path.stat().st_mode)
        ready.replace(path)
    finally:
        ready.unlink(missing_ok=True)


class _ImageFiles:
    """The folder of images beside a Markdown file; made if there are any."""

    def __init__(self, path: Path, read_image: ReadImage) -> None:
        self._folder = path.with_name(f"{path.stem}-images")
        self._read_image = read_image

    def address(self, sha256: str) -> str | None:
        """Write an image and return its address from the file; None if it is not here."""
        data = self._read_image(sha256)
        if data is None:
            return None
        name = sha256[:16] + IMAGES.get(media_type(data[:HEAD_BYTES]), "")
        self._folder.mkdir(exist_ok=True)
        (self._folder / name).write_bytes(data)
        return f"{self._folder.name}/{name}".replace("%", "%25")


def file_name(title: str) -> str:
    """Return a title as a file name, without a suffix, that every system takes."""
    name = unicodedata.normalize("NFC", title).encode("utf-8", "ignore").decode()
    name = re.sub(r'[\s\x00-\x1f\x7f-\x9f<>:"/\\|?*]+', " ", name)
    # 255 bytes is what most file systems take; a suffix and a number follow.
    name = name[:100].encode()[:_LONGEST_NAME].decode("utf-8", "ignore").strip(" .")
    if _RESERVED.fullmatch(name.partition(".")[0].rstrip()):
        name = f"_{name}"
    return name or "document"

"""Files to documents and back: what import and export do, in the window and without it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sync.document import views
from sync.document.delta import Insert
from sync.document.document import Document
from sync.errors import ExportFailed, ImportFailed
from sync.types import Origin

MAX_IMPORT = 64 * 1024 * 1024
"""Bytes of a file that may become a document."""

Updates: TypeAlias = list[tuple[bytes, Origin]]

_RENDER: dict[str, Callable[[Document], str]] = {
    "text": lambda document: views.to_text(document.contents()),
    "markdown": lambda document: views.to_markdown(document.contents()),
    "json": lambda document: (
        json.dumps(views.to_json(document.contents()), ensure_ascii=False, indent=2) + "\n"
    ),
}

FORMATS = tuple(_RENDER)
"""Names of the formats that `render` knows."""

_SUFFIXES = {".txt": "text", ".md": "markdown", ".markdown": "markdown", ".json": "json"}


@dataclass(frozen=True)
class Imported:
    """A new document: its title and the updates that make it."""

    title: str
    updates: Updates


def new_document(title: str, author: str | None, contents: list[Insert] | None = None) -> Updates:
    """Return what a new document begins with: title, contents, and its closing newline."""
    document = Document(author=author)
    updates: Updates = []
    document.on_update(lambda update, origin: updates.append((update, origin)))
    document.set_title(title)
    document.apply([*(contents or [Insert("\n")])], Origin.COMMAND)
    return updates


def read_file(path: Path, author: str | None, title: str | None = None) -> Imported:
    """Read a Markdown or text file. Raises `ImportFailed`."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind not in ("text", "markdown"):
        raise ImportFailed(path, "only .md, .markdown and .txt files can be imported")
    try:
        if path.stat().st_size > MAX_IMPORT:
            raise ImportFailed(path, f"it is larger than {MAX_IMPORT // 1024 // 1024} MiB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImportFailed(path, (error.strerror or str(error)).lower()) from None
    except UnicodeDecodeError:
        raise ImportFailed(path, "it is not UTF-8 text; save it as UTF-8 first") from None
    contents = views.from_markdown(text) if kind == "markdown" else views.from_text(text)
    title = title or path.stem
    return Imported(title, new_document(title, author, contents))


def render(document: Document, kind: str) -> str:
    """Return a document in one of `FORMATS`."""
    return _RENDER[kind](document)


def write_file(document: Document, path: Path) -> None:
    """Write a document in the format that the file's name asks for. Raises `ExportFailed`."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ExportFailed(path, f"name it with one of {', '.join(_SUFFIXES)}")
    try:
        path.write_text(render(document, kind), encoding="utf-8")
    except OSError as error:
        raise ExportFailed(path, (error.strerror or str(error)).lower()) from None


def file_name(title: str) -> str:
    """Return a title as a file name, without a suffix, that every system takes."""
    name = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", title).strip(" .")[:100]
    return name or "document"

"""Inkstand's own file of a document: all that the page shows, and nothing unsafe."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document import own_file, schema, transfer
from sync.document.delta import Embed, Insert
from sync.document.document import Document
from sync.errors import AttachmentRefused, ImportFailed
from tests.sync.document.views.strategies import contents

PNG = b"\x89PNG\r\n\x1a\n and so on"


class Images(dict[str, bytes]):
    """What keeps images, as a store does."""

    def add(self, data: bytes) -> str:
        if not data.startswith(PNG[:8]):
            raise AttachmentRefused("it is no image")
        name = sha256(data).hexdigest()
        self[name] = data
        return name


def document(inserts: list[Insert], title: str = "Chapter one") -> Document:
    made = Document()
    for update, _ in transfer.new_document(title, None, inserts, "de"):
        made.apply_update(update)
    return made


def opened(imported: transfer.Imported) -> Document:
    made = Document()
    for update, _ in imported.updates:
        made.apply_update(update)
    return made


@given(contents())
def test_whatever_is_on_the_page_comes_back(inserts: list[Insert]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.inkstand"
        before = document(inserts)
        transfer.write_file(before, path)
        imported = transfer.read_file(path, None)
        assert imported.title == "Chapter one"
        after = opened(imported)
        assert after.contents() == before.contents()
        assert after.language == "de"


def test_images_come_along_and_the_same_document_is_the_same_bytes(tmp_path: Path) -> None:
    here, there = Images(), Images()
    name = here.add(PNG)
    gone = "0" * 64
    before = document(
        [
            Insert("a\n"),
            Insert(Embed({schema.IMAGE: schema.image_of(name)}), {"alt": "a cat"}),
            Insert(Embed({schema.IMAGE: schema.image_of(gone)})),
            Insert("\n"),
        ]
    )
    for path in (tmp_path / "a.inkstand", tmp_path / "b.inkstand"):
        transfer.write_file(before, path, here.get)
    assert (tmp_path / "a.inkstand").read_bytes() == (tmp_path / "b.inkstand").read_bytes()
    imported = transfer.read_file(tmp_path / "a.inkstand", None, add_image=there.add)
    assert there == here
    assert opened(imported).contents() == before.contents()


def write(path: Path, described: Any, **images: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("document.json", json.dumps(described))
        for name, data in images.items():
            archive.writestr(f"images/{name}", data)
    return path


def test_what_is_unsafe_is_left_out(tmp_path: Path) -> None:
    hostile = "a" * 64
    path = write(
        tmp_path / "x.inkstand",
        {
            "inkstand": 1,
            "title": ["no title"],
            "contents": [
                {"insert": "click", "attributes": {"link": "javascript:alert(1)"}},
                {"insert": {"image": "file:///etc/passwd"}},
                {"insert": {"image": f"sha256:{hostile}"}},
                {"insert": "\n"},
            ],
        },
        **{hostile: b"<svg onload='alert(1)'>"},
    )
    images = Images()
    imported = transfer.read_file(path, None, add_image=images.add)
    assert imported.title == "x"
    assert images == {}
    assert opened(imported).contents() == [Insert("click\n")]


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def no_archive(path: Path) -> None:
    path.write_bytes(b"# A title\n")


def another_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")


def cut_off(path: Path) -> None:
    transfer.write_file(document([Insert("word " * 1000 + "\n")]), path)
    path.write_bytes(path.read_bytes()[:-30])


def turned_bits(path: Path) -> None:
    transfer.write_file(document([Insert("a word or two\n")]), path)
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)


def no_delta(path: Path) -> None:
    write(path, {"inkstand": 1, "contents": "words"})


def too_deep(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("document.json", "[" * 100_000)


def a_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("document.json", b" " * (transfer.MAX_IMPORT + 1))


@pytest.mark.parametrize(
    "make",
    [
        *(nothing, no_archive, another_archive, cut_off),
        *(turned_bits, no_delta, too_deep, a_bomb),
    ],
)
def test_what_is_no_such_file_is_said_to_be_none(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "x.inkstand")
    with pytest.raises(ImportFailed, match="it is no Inkstand document, or it is damaged"):
        transfer.read_file(tmp_path / "x.inkstand", None)


def test_an_image_is_unpacked_once_and_all_of_them_have_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes for each place of one image would else unpack it as often."""
    taken: list[bytes] = []

    def keep(data: bytes) -> str:
        taken.append(data)
        return sha256(data).hexdigest()

    pictures = [PNG + bytes([number]) * 1000 for number in range(3)]
    names = [sha256(data).hexdigest() for data in pictures]
    often = [Insert(Embed({schema.IMAGE: schema.image_of(name)})) for name in names * 50]
    path = tmp_path / "x.inkstand"
    own_file.write(document(often), "x", path, dict(zip(names, pictures, strict=True)).get)
    read = own_file.read(path, 100_000, keep)
    assert sum(isinstance(part.content, Embed) for part in read.contents) == 150
    assert sorted(taken) == pictures
    monkeypatch.setattr(own_file, "MOST_IMAGES_BYTES", 2 * len(pictures[0]))
    with pytest.raises(ValueError, match="damaged"):
        own_file.read(path, 100_000, keep)


def test_a_newer_format_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="a newer version of Inkstand wrote it"):
        transfer.read_file(write(tmp_path / "x.inkstand", {"inkstand": 2}), None)
    with pytest.raises(ImportFailed):
        transfer.read_file(tmp_path / "y.inkstand", None)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.inkstand"
        path.write_bytes(data)
        with pytest.raises(ImportFailed):
            transfer.read_file(path, None)

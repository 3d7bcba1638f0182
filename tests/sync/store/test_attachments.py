from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from sync.errors import AttachmentRefused, CannotSave
from sync.store.attachments import MAX_BYTES
from sync.store.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def test_an_image_is_kept_under_its_hash_and_once(store: Store) -> None:
    sha256 = store.add_attachment(PNG)
    assert sha256 == hashlib.sha256(PNG).hexdigest()
    assert store.add_attachment(PNG) == sha256
    assert store.attachment(sha256) == PNG
    path = store.data_dir / "attachments" / sha256[:2] / sha256
    assert path.read_bytes() == PNG
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file for file in path.parent.iterdir() if file != path] == []


def test_it_outlives_the_store(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        sha256 = store.add_attachment(PNG)
    with Store.open(tmp_path) as store:
        assert store.attachment(sha256) == PNG


@pytest.mark.parametrize("name", ["", "ab" * 32, "../../inkstand.db", "AB" * 32, "ab" * 33])
def test_what_is_not_here_is_none(store: Store, name: str) -> None:
    assert store.attachment(name) is None


def test_a_spoiled_file_is_not_shown_and_mended(store: Store) -> None:
    sha256 = store.add_attachment(PNG)
    store.attachments.path(sha256).write_bytes(b"\x89PNG\r\n\x1a\nspoilt")
    assert store.attachment(sha256) is None
    store.add_attachment(PNG)
    assert store.attachment(sha256) == PNG


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        b"MZ\x90\x00",
    ],
)
def test_what_is_no_image_is_refused(store: Store, data: bytes) -> None:
    with pytest.raises(AttachmentRefused, match="no PNG, JPEG, GIF or WebP"):
        store.add_attachment(data)


def test_too_large_is_refused(store: Store) -> None:
    with pytest.raises(AttachmentRefused, match="larger than 25 MiB"):
        store.add_attachment(PNG + bytes(MAX_BYTES))


def test_a_file_in_the_way(store: Store) -> None:
    (store.data_dir / "attachments").write_bytes(b"")
    with pytest.raises(CannotSave):
        store.add_attachment(PNG)

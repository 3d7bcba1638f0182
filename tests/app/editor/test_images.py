"""Images from bytes to pixels: scaled, bounded, off the GUI thread."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.editor import images as module
from app.editor.images import MAX_KEPT_SIDE, MAX_SHOWN_SIDE, Images, encoded, prepared
from sync.document import schema
from sync.errors import AttachmentRefused
from sync.media import media_type
from sync.store.store import Store
from tests.app.editor.pictures import bomb, picture


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as store:
        yield store


@pytest.fixture
def images(store: Store, qtbot: QtBot) -> Iterator[Images]:
    images = Images(store)
    yield images
    images.close()


def size_of(data: bytes) -> tuple[int, int]:
    image = QImage.fromData(data)
    return image.width(), image.height()


def seen(qtbot: QtBot, images: Images, value: str) -> None:
    qtbot.waitUntil(lambda: images.pixmap(value) is not None)


def test_size_and_pixels_come_later_and_are_told_of(qtbot: QtBot, images: Images) -> None:
    value = schema.image_of(images.add(picture(40, 30)))
    told: list[str] = []
    images.changed.connect(told.append)
    assert images.size(value) is None
    qtbot.waitUntil(lambda: told == [value])
    assert images.size(value) == QSizeF(40, 30)
    assert images.pixmap(value) is None
    qtbot.waitUntil(lambda: told == [value, value])
    pixmap = images.pixmap(value)
    assert pixmap is not None
    assert pixmap.toImage().pixelColor(1, 1) == QColor("red")


def test_nothing_is_decoded_on_the_gui_thread(
    qtbot: QtBot, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    decoded = module._Opened.decoded

    def noted(opened: module._Opened, side: int) -> QImage:
        threads.append(threading.current_thread())
        return decoded(opened, side)

    monkeypatch.setattr(module._Opened, "decoded", noted)
    seen(qtbot, images, schema.image_of(images.add(picture())))
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_kind_is_kept_as_it_is(images: Images, store: Store, kind: str) -> None:
    data = picture(kind=kind)
    assert store.attachment(images.add(data)) == data


def test_a_gif_is_shown(qtbot: QtBot, images: Images) -> None:
    gif = bytes.fromhex("47494638396101000100800000ff0000ffffff2c00000000010001000002024401003b")
    seen(qtbot, images, schema.image_of(images.add(gif)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no PNG, JPEG, GIF or WebP"),
        (b"\x89PNG\r\n\x1a\nbroken", "damaged"),
        (bomb(), "more than 100 million pixels"),
    ],
)
def test_what_cannot_be_shown_is_refused(images: Images, data: bytes, words: str) -> None:
    with pytest.raises(AttachmentRefused, match=words):
        images.add(data)


def test_a_bomb_that_a_peer_sent_is_never_decoded(
    qtbot: QtBot, images: Images, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(opened: module._Opened, side: int) -> QImage:
        raise AssertionError(opened.size)

    monkeypatch.setattr(module._Opened, "decoded", decoded)
    value = schema.image_of(store.add_attachment(bomb()))
    assert images.pixmap(value) is None
    with qtbot.waitSignal(images.changed):
        pass
    assert images.size(value) is None
    assert images.pixmap(value) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_one_is_scaled_down_before_it_is_kept(kind: str) -> None:
    data = prepared(picture(MAX_KEPT_SIDE * 2, 100, kind))
    assert size_of(data) == (MAX_KEPT_SIDE, 50)
    assert media_type(data) == f"image/{kind.lower()}"


def test_large_pixels_are_scaled_down_too() -> None:
    image = QImage(100, MAX_KEPT_SIDE * 2, QImage.Format.Format_ARGB32)
    image.fill(QColor("transparent"))
    assert size_of(encoded(image)) == (50, MAX_KEPT_SIDE)


def test_what_is_shown_has_no_more_pixels_than_a_page(qtbot: QtBot, images: Images) -> None:
    value = schema.image_of(images.add(picture(4000, 1000)))
    seen(qtbot, images, value)
    pixmap = images.pixmap(value)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (MAX_SHOWN_SIDE, MAX_SHOWN_SIDE // 4)
    assert images.size(value) == QSizeF(4000, 1000)


def test_a_photograph_on_its_side_stands_up(qtbot: QtBot, images: Images) -> None:
    jpeg = picture(40, 30, "JPEG")
    # An APP1 segment with orientation 6, "rotate by 90 degrees" (Exif 2.32, section 4.6.4).
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    value = schema.image_of(images.add(jpeg[:2] + segment + jpeg[2:]))
    seen(qtbot, images, value)
    assert images.size(value) == QSizeF(30, 40)
    pixmap = images.pixmap(value)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (30, 40)


def test_the_cache_lets_go_of_what_was_asked_for_longest_ago(
    qtbot: QtBot, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CACHE_BYTES", 3 * 40 * 30 * 4)
    values = [
        schema.image_of(images.add(picture(colour=colour)))
        for colour in ("red", "green", "blue", "white")
    ]
    for value in values:
        seen(qtbot, images, value)
    assert list(images._shown) == values[1:]
    assert images._bytes <= module.CACHE_BYTES
    assert images.size(values[0]) == QSizeF(40, 30)  # stays known: layout needs it
    seen(qtbot, images, values[0])
    assert list(images._shown) == [*values[2:], values[0]]


def test_one_that_is_not_here_is_shown_when_it_arrives(
    qtbot: QtBot, images: Images, store: Store
) -> None:
    data = picture()
    sha256 = hashlib.sha256(data).hexdigest()
    value = schema.image_of(sha256)
    with qtbot.waitSignal(images.changed):
        assert images.size(value) is None
    store.add_attachment(data)
    with qtbot.waitSignal(images.changed):
        images.arrived(sha256)
    seen(qtbot, images, value)

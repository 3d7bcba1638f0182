"""Images of a document: from bytes on disk to pixels, decoded off the GUI thread, bounded.

Nothing is trusted by its name, and nothing is fetched. A file that says it has
more pixels than `MAX_PIXELS` is never decoded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QObject,
    QRunnable,
    QSize,
    QSizeF,
    Qt,
    QThreadPool,
    Signal,
)
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader, QImageWriter, QPixmap

from sync.document import schema
from sync.errors import AttachmentRefused
from sync.media import HEAD_BYTES, media_type
from sync.phrases import phrase
from sync.store.attachments import MAX_BYTES
from sync.store.store import Store

MAX_PIXELS = 100_000_000
"""Of an image that is decoded: 400 MB for a moment."""
MAX_KEPT_SIDE = 4096
"""Pixels: a larger image is scaled down before it is kept."""
MAX_SHOWN_SIDE = 2048
"""Pixels: no page shows more."""
CACHE_BYTES = 128 * 1024 * 1024
"""Of decoded images; what is seen at once must fit."""
THREADS = 2

_FORMATS = {"image/png": b"png", "image/jpeg": b"jpeg", "image/gif": b"gif", "image/webp": b"webp"}

# Of one decoded image, MiB; Qt's own limit is 256 (qtbase, QImageReader::setAllocationLimit).
QImageReader.setAllocationLimit(4 * MAX_PIXELS // 2**20 + 1)


class _Opened:
    """A reader of bytes in memory; it keeps alive what it reads from."""

    def __init__(self, data: bytes) -> None:
        self._bytes = QByteArray(data)
        self._buffer = QBuffer(self._bytes)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        # By the bytes: Qt would try SVG and a dozen others too.
        kind = _FORMATS.get(media_type(data[:HEAD_BYTES]), b"")
        self.reader = QImageReader(self._buffer, QByteArray(kind or b"none"))
        self.reader.setAutoDetectImageFormat(False)
        self.reader.setAutoTransform(True)
        self.kind = kind
        self.size = self.reader.size() if kind else QSize()

    @property
    def is_sound(self) -> bool:
        """Whether its size is one that may be decoded."""
        return not self.size.isEmpty() and self.size.width() * self.size.height() <= MAX_PIXELS

    @property
    def natural(self) -> QSize:
        """The size in pixels, as it is seen: a photograph may lie on its side."""
        turned = (
            self.reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90
        )
        return self.size.transposed() if turned else self.size

    def decoded(self, side: int) -> QImage:
        """Return it, no side longer than `side`; null if it is broken."""
        if max(self.size.width(), self.size.height()) > side:
            box = QSize(side, side)
            self.reader.setScaledSize(
                self.size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
            )
        return self.reader.read()


def prepared(data: bytes) -> bytes:
    """Return an image as it may be kept: one that is too large is scaled down.

    Slow for a large one. Raises `AttachmentRefused`.
    """
    opened = _Opened(data)
    if not opened.kind:
        raise AttachmentRefused(phrase("it is no PNG, JPEG, GIF or WebP; save it as one of these"))
    if opened.size.isEmpty():
        raise AttachmentRefused(phrase("it is damaged"))
    if not opened.is_sound:
        raise AttachmentRefused(
            phrase(
                "it has more than {millions} million pixels; make it smaller first",
                millions=MAX_PIXELS // 1_000_000,
            )
        )
    if max(opened.size.width(), opened.size.height()) <= MAX_KEPT_SIDE:
        return data
    image = opened.decoded(MAX_KEPT_SIDE)
    if image.isNull():
        raise AttachmentRefused(phrase("it is damaged"))
    return encoded(image, photograph=opened.kind == b"jpeg")


def encoded(image: QImage, *, photograph: bool = False) -> bytes:
    """Return pixels as a file: PNG, or JPEG for a photograph and what would be too large."""
    side = MAX_KEPT_SIDE
    if max(image.width(), image.height()) > side:
        image = image.scaled(
            side,
            side,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    data = b"" if photograph else _written(image, b"png", -1)
    if photograph or len(data) > MAX_BYTES:
        data = _written(image, b"jpeg", 90)
    return data


def _written(image: QImage, kind: bytes, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(kind))
    writer.setQuality(quality)
    if not writer.write(image):
        raise AttachmentRefused(phrase("it cannot be written as a file"))
    return bytes(buffer.data().data())


class Images(QObject):
    """The images of one profile, an `ImageSource`. Lives on the GUI thread."""

    changed = Signal(str)
    """An image (its embed's value) whose size or pixels are known now."""

    _ready = Signal(str, QSize, QImage)
    """Value, natural size (empty: it cannot be shown), pixels (null: only its size was asked)."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)
        self._sizes: dict[str, QSize] = {}
        """Natural sizes; an empty one is that of an image that cannot be shown."""
        self._shown: OrderedDict[str, QPixmap] = OrderedDict()
        """Decoded, the one asked for longest ago first."""
        self._bytes = 0
        self._asked: set[tuple[str, bool]] = set()
        """Value, and whether the pixels are wanted too."""
        self._closed = False
        self._ready.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def close(self) -> None:
        """Wait for what is being decoded; nothing is decoded after this."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone()

    # For the page

    def size(self, value: str) -> QSizeF | None:
        """Return an image's natural size in pixels; None while it is not known, or not here."""
        size = self._sizes.get(value)
        if size is None:
            self._ask(value, pixels=False)
        return QSizeF(size) if size else None

    def pixmap(self, value: str) -> QPixmap | None:
        """Return an image's pixels, scaled down if there are very many; None while not there."""
        pixmap = self._shown.get(value)
        if pixmap is not None:
            self._shown.move_to_end(value)
        elif self._sizes.get(value) != QSize(0, 0):
            self._ask(value, pixels=True)
        return pixmap

    def arrived(self, sha256: str) -> None:
        """Say that an attachment is on this device now: who brings them calls this."""
        value = schema.image_of(sha256)
        if value in self._sizes and self._sizes[value].isEmpty():
            del self._sizes[value]
            self.changed.emit(value)

    # For who brings images in; any thread, and slow

    def add(self, data: bytes) -> str:
        """Keep an image; return its SHA-256. Raises `AttachmentRefused` or `CannotSave`."""
        return self._store.add_attachment(prepared(data))

    def add_pixels(self, image: QImage) -> str:
        """Keep pixels; return their SHA-256. Raises as `add` does."""
        return self._store.add_attachment(encoded(image))

    def read(self, sha256: str) -> bytes | None:
        """Return an image's bytes; None if it is not here."""
        return self._store.attachment(sha256)

    # Inside

    def _ask(self, value: str, *, pixels: bool) -> None:
        sha256 = schema.content_hash(value)
        if sha256 is None or self._closed or (value, pixels) in self._asked:
            return
        self._asked.add((value, pixels))

        def work() -> None:
            size, image = QSize(0, 0), QImage()
            data = self._store.attachment(sha256)
            opened = _Opened(data) if data is not None else None
            if opened is not None and opened.is_sound:
                size = opened.natural
                if pixels:
                    image = opened.decoded(MAX_SHOWN_SIDE)
                    size = QSize(0, 0) if image.isNull() else size
            self._ready.emit(value, size, image)

        self._pool.start(Job(work))

    def _take(self, value: str, size: QSize, image: QImage) -> None:
        self._asked.discard((value, not image.isNull()))
        if size.isEmpty():
            self._asked -= {(value, True), (value, False)}
        news = self._sizes.get(value) != size
        self._sizes[value] = size
        if not image.isNull() and value not in self._shown:
            pixmap = QPixmap.fromImage(image)
            self._shown[value] = pixmap
            self._bytes += _bytes_of(pixmap)
            news = True
            while self._bytes > CACHE_BYTES and len(self._shown) > 1:
                _, oldest = self._shown.popitem(last=False)
                self._bytes -= _bytes_of(oldest)
        if news:
            self.changed.emit(value)


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * max(1, pixmap.depth() // 8)


class Job(QRunnable):
    """Something to do on a thread of a pool."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        """Do it."""
        self._work()

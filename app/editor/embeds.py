"""How images, dividers and footnotes look on the page. Nothing is ever fetched here."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import (
    QCoreApplication,
    QObject,
    QPointF,
    QRect,
    QRectF,
    QSizeF,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPixmap,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from app.editor import formats
from app.editor.formats import Style
from app.editor.layout import PageLayout
from app.editor.mirror import embed_attributes, embed_of
from sync.document import schema
from sync.document.delta import Attributes

translate = QCoreApplication.translate


MAX_RATIO = 1.6
"""An image is no higher than this times the page's width."""

MAX_ROOM = 4000.0
"""Pixels of a line that embeds fill at most: while no view shows the document it has no end."""

_PLACEHOLDER = QSizeF(240, 88)
"""Pixels of the box for an image that is not there and says nothing of its size."""


class ImageSource(Protocol):
    """Where the pixels of images come from: asked for content hashes only, while painting."""

    @property
    def changed(self) -> SignalInstance:
        """Emits the value (str) of an image whose answer would be another one now."""

    def size(self, value: str) -> QSizeF | None:
        """Return the natural size in pixels of an image; None while there is none. Quick.

        Layout asks for that of all images, painting for the pixels of those in sight only.
        """

    def pixmap(self, value: str) -> QPixmap | None:
        """Return the image that an embed's value names; None while there is none. Quick."""


class NoImages(QObject):
    """An `ImageSource` that has none."""

    changed = Signal(str)

    def size(self, value: str) -> QSizeF | None:
        """Return None."""
        del value
        return None

    def pixmap(self, value: str) -> QPixmap | None:
        """Return None."""
        del value
        return None


class Embeds(QPyTextObject):
    """Draws all embeds of one QTextDocument."""

    def __init__(self, page: PageLayout, style: Style) -> None:
        super().__init__(page)
        self._page = page
        self.style = style
        self.images: ImageSource = NoImages(self)
        for kind in (
            formats.IMAGE_OBJECT,
            formats.DIVIDER_OBJECT,
            formats.FOOTNOTE_OBJECT,
            formats.UNKNOWN_OBJECT,
        ):
            page.registerHandler(kind, self)

    # Called by Qt

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, fmt: QTextFormat) -> QSizeF:  # noqa: N803
        """Return the size of an embed, in pixels."""
        char_format = fmt.toCharFormat()
        font = char_format.font()
        metrics = QFontMetricsF(font, doc.documentLayout().paintDevice())
        match char_format.objectType():
            case formats.FOOTNOTE_OBJECT:
                small = QFontMetricsF(_small(font), doc.documentLayout().paintDevice())
                width = small.horizontalAdvance(_number(char_format)) + 1
                return QSizeF(width, metrics.ascent())
            case formats.DIVIDER_OBJECT:
                return QSizeF(self._room(doc, posInDocument), metrics.height())
            case formats.IMAGE_OBJECT:
                return self._image_size(doc, posInDocument, char_format)
        label = _label(char_format)
        return QSizeF(metrics.horizontalAdvance(label) + 12, metrics.ascent())

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        posInDocument: int,  # noqa: N803
        fmt: QTextFormat,
    ) -> None:
        """Paint an embed."""
        del doc, posInDocument
        rect = QRectF(rect)
        char_format = fmt.toCharFormat()
        painter.save()
        match char_format.objectType():
            case formats.FOOTNOTE_OBJECT:
                painter.setFont(_small(char_format.font()))
                painter.setPen(self.style.accent)
                painter.drawText(rect, Qt.AlignmentFlag.AlignTop, _number(char_format))
            case formats.DIVIDER_OBJECT:
                painter.setPen(QPen(_faint(self.style.ink), 1))
                middle = round(rect.center().y()) + 0.5
                painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
            case formats.IMAGE_OBJECT if pixmap := self._pixmap(char_format):
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawPixmap(rect, pixmap, QRectF(pixmap.rect()))
            case _:
                self._draw_placeholder(painter, rect, char_format)
        if char_format.background().style() is not Qt.BrushStyle.NoBrush and (
            char_format.objectType() != formats.FOOTNOTE_OBJECT
        ):  # selected: an image would hide it
            veil = QColor(self.style.accent)
            veil.setAlphaF(0.25)
            painter.fillRect(rect, veil)
        painter.restore()

    def _room(self, doc: QTextDocument, position: int) -> float:
        return min(MAX_ROOM, self._page.room(doc.findBlock(position)) - 1)

    # Images

    def _pixmap(self, char_format: QTextCharFormat) -> QPixmap | None:
        value, _ = _image(char_format)
        if schema.content_hash(value) is None:  # an address: shown as a box, never fetched
            return None
        pixmap = self.images.pixmap(value)
        return None if pixmap is None or pixmap.isNull() else pixmap

    def _image_size(
        self, doc: QTextDocument, position: int, char_format: QTextCharFormat
    ) -> QSizeF:
        value, attributes = _image(char_format)
        known = self.images.size(value) if schema.content_hash(value) else None
        natural = _PLACEHOLDER if known is None else known
        width, height = attributes.get(schema.WIDTH), attributes.get(schema.HEIGHT)
        size = QSizeF(natural)
        if isinstance(width, int) and isinstance(height, int):
            size = QSizeF(width, height)
        elif isinstance(width, int):
            size = QSizeF(width, width * natural.height() / natural.width())
        elif isinstance(height, int):
            size = QSizeF(height * natural.width() / natural.height(), height)
        room = self._room(doc, position)
        scale = min(1.0, room / size.width(), MAX_RATIO * room / size.height())
        return QSizeF(max(1.0, size.width() * scale), max(1.0, size.height() * scale))

    def _draw_placeholder(
        self, painter: QPainter, rect: QRectF, char_format: QTextCharFormat
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_faint(self.style.ink), 1))
        painter.setBrush(self.style.quiet)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(self.style.muted)
        option = QTextOption(Qt.AlignmentFlag.AlignCenter)
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        painter.setClipRect(rect)
        painter.drawText(rect.adjusted(6, 0, -6, 0), _label(char_format), option)


def _label(char_format: QTextCharFormat) -> str:
    """Return the words for what cannot be shown."""
    if char_format.objectType() != formats.IMAGE_OBJECT:
        return translate("Embeds", "Something this version cannot show")
    _, attributes = _image(char_format)
    alt = attributes.get(schema.ALT)
    return alt if isinstance(alt, str) and alt.strip() else translate("Embeds", "Image")


def _image(char_format: QTextCharFormat) -> tuple[str, Attributes]:
    key = char_format.property(formats.MARKS) or ""
    embed = embed_of(key)
    shown = schema.shown_embed(embed, embed_attributes(key)) if embed else None
    return (str(shown[1]), shown[2]) if shown else ("", {})


def _number(char_format: QTextCharFormat) -> str:
    return str(char_format.property(formats.NUMBER) or "*")


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.7)
    return small


def _faint(ink: QColor) -> QColor:
    colour = QColor(ink)
    colour.setAlphaF(0.3)
    return colour

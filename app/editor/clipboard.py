"""What goes out by copy and drag, and what comes in by paste and drop, as plain values."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QImage

from app.editor.commands import Selection, replace
from app.editor.images import Images
from app.editor.mirror import attributes_of
from app.errors import said
from sync.document import schema, transfer, views
from sync.document.delta import Attributes, Delete, Delta, Embed, Insert, Retain, compact
from sync.errors import AttachmentRefused, ImportFailed, InkstandError
from sync.media import HEAD_BYTES, IMAGES, data_url, media_type
from sync.phrases import explain_os_error, phrase

DELTA_TYPE = "application/x-inkstand-delta+json"
"""Our own format: the inserts of a Quill delta."""
HTML_TYPE = "text/html"
MARKDOWN_TYPE = "text/markdown"
TEXT_TYPE = "text/plain"

MAX_PASTE = 16 * 1024 * 1024
"""Bytes, or letters, of text that one paste may bring."""
MAX_COPIED_IMAGES = 8 * 1024 * 1024
"""Bytes of images that go out inside of one copy's HTML; further ones are named only."""
AT_ONCE = 64 * 1024
"""Letters of HTML, or bytes of our own format, that are read while the window waits: 20 ms."""


# Out


class Copied(QMimeData):
    """What was selected, in each format once somebody asks for it."""

    def __init__(self, inserts: list[Insert], images: Images | None) -> None:
        super().__init__()
        self._inserts = inserts
        self._images = images
        self._left = MAX_COPIED_IMAGES

    def formats(self) -> list[str]:
        """Return the best first, as is usual."""
        return [DELTA_TYPE, HTML_TYPE, TEXT_TYPE, MARKDOWN_TYPE] if self._inserts else []

    def hasFormat(self, mimetype: str) -> bool:
        """Whether it can be had as that."""
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, preferredType: Any) -> Any:  # noqa: N803
        """Return it in one format."""
        del preferredType
        name = mimetype.partition(";")[0]
        if name == DELTA_TYPE:
            return QByteArray(json.dumps(views.inserts_to_json(self._inserts)).encode())
        if name == HTML_TYPE:
            self._left = MAX_COPIED_IMAGES
            return views.to_html(self._inserts, self._address)
        if name == TEXT_TYPE:
            return self._whole(views.to_text(self._inserts))
        if name == MARKDOWN_TYPE:
            return QByteArray(self._whole(views.to_markdown(self._inserts)).encode())
        return None

    def _whole(self, text: str) -> str:
        """A view ends each paragraph; what is selected may end inside of one."""
        last = self._inserts[-1].content
        ends = isinstance(last, str) and last.endswith("\n")
        return text if ends else text.removesuffix("\n")

    def _address(self, sha256: str) -> str | None:
        data = self._images.read(sha256) if self._images else None
        if data is None or len(data) > self._left:
            return None
        self._left -= len(data)
        return data_url(data)


def copy(selection: Selection, images: Images | None = None) -> QMimeData:
    """Return what is selected, as our delta, HTML, plain text and Markdown."""
    return Copied(selection.inserts(), images)


# In


@dataclass(frozen=True)
class Offer:
    """What a clipboard or a drag holds; may be read on any thread."""

    delta: bytes = b""
    image: bytes | QImage | None = None
    html: str = ""
    text: str = ""
    files: list[Path] = field(default_factory=list)

    @property
    def is_slow(self) -> bool:
        """Whether reading it would hold the window up."""
        if self.delta:
            return len(self.delta) > AT_ONCE
        return bool(self.files or self.image is not None or len(self.html) > AT_ONCE)


@dataclass(frozen=True)
class Incoming:
    """What came of an offer: contents, and a sentence about what did not come along."""

    inserts: list[Insert]
    is_own: bool = False
    """From Inkstand: cut as it was selected, not in whole paragraphs."""
    is_text: bool = False
    """Text that says nothing of structure."""
    problem: str = ""


def can_paste(mime: QMimeData) -> bool:
    """Whether there is something to insert."""
    return (
        mime.hasFormat(DELTA_TYPE)
        or mime.hasText()
        or mime.hasHtml()
        or mime.hasImage()
        or bool(local_files(mime))
    )


def local_files(mime: QMimeData) -> list[Path]:
    """Return the files on this computer that are dragged or were copied in a file manager."""
    urls = mime.urls() if mime.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def offer_of(mime: QMimeData, *, plain: bool = False) -> Offer:
    """Take out of `mime` what it has to offer; `plain`: its text alone."""
    text = mime.text()[:MAX_PASTE] if mime.hasText() else ""
    if plain:
        return Offer(text=text)
    delta = bytes(mime.data(DELTA_TYPE).data())
    if delta and len(delta) <= MAX_PASTE:
        return Offer(delta=delta, text=text)
    files = local_files(mime)
    if files:
        return Offer(files=files)
    html = mime.html() if mime.hasHtml() else ""
    return Offer(image=_image_of(mime), html=html, text=text)


def _image_of(mime: QMimeData) -> bytes | QImage | None:
    """Return a copied image, as the file that it was if that is there."""
    for kind in IMAGES:
        data = bytes(mime.data(kind).data())
        if media_type(data[:HEAD_BYTES]) == kind:
            return data
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def incoming(offer: Offer, images: Images | None) -> Incoming:
    """Read an offer: our own delta, else an image, else HTML, else its text.

    Programs that copy words often add a picture of them, so HTML that has words
    goes before the image. May be slow; any thread may call it. Raises `InkstandError`.
    """
    if offer.delta:
        try:
            return Incoming(views.inserts_from_json(json.loads(offer.delta)), is_own=True)
        except (ValueError, TypeError, RecursionError):
            return _incoming_text(offer.text)
    if offer.files:
        return _incoming_files(offer.files, images)
    problem = ""
    inserts: list[Insert] = []
    if offer.html:
        try:
            inserts = views.from_html(offer.html, _sink(images))
        except ValueError:
            problem = "What was copied is too large to keep its formats."
    has_words = any(isinstance(part.content, str) and part.content.strip() for part in inserts)
    if offer.image is not None and images is not None and not has_words:
        if isinstance(offer.image, QImage):
            sha256 = images.add_pixels(offer.image)
        else:
            sha256 = images.add(offer.image)
        said: Attributes = {}
        for part in inserts:  # the HTML of a copied image says what it shows
            if isinstance(part.content, Embed) and schema.ALT in part.attributes:
                said = {schema.ALT: part.attributes[schema.ALT]}
        return Incoming([Insert(Embed({schema.IMAGE: schema.image_of(sha256)}), said)])
    if has_words or any(isinstance(part.content, Embed) for part in inserts):
        return Incoming(inserts)
    return Incoming(_incoming_text(offer.text).inserts, is_text=True, problem=problem)


def _incoming_text(text: str) -> Incoming:
    text = "".join(str(part.content) for part in views.from_text(text + "\n"))[:-1]
    return Incoming([Insert(text)] if text else [], is_text=True)


def _sink(images: Images | None) -> views.ImageSink | None:
    """Return what keeps the images inside of copied HTML, and those that Word lays beside it."""
    if images is None:
        return None
    keep = transfer.image_sink(images.add)

    def sink(source: str) -> str | None:
        if not source.lower().startswith("file:"):
            return keep(source)
        # A web page must not name a file of this computer and have it inserted.
        path = Path(QUrl(source).toLocalFile())
        temporary = Path(tempfile.gettempdir()).resolve()
        try:
            path = path.resolve()
            if "msohtmlclip1" not in path.parts or not path.is_relative_to(temporary):
                return None
            return schema.image_of(images.add(path.read_bytes()))
        except (OSError, AttachmentRefused):
            return None

    return sink


def _incoming_files(files: Sequence[Path], images: Images | None) -> Incoming:
    """Return images as images, texts as what they say; what is neither is named."""
    inserts: list[Insert] = []
    problems: list[str] = []
    for path in files:
        try:
            if path.suffix.lower() in transfer.READ_SUFFIXES:
                inserts += transfer.read_contents(path, images.add if images else None)
            else:
                inserts += [Insert(image_in(path, images)), Insert("\n")]
        except AttachmentRefused as error:
            sentence = phrase(
                "“{name}” cannot be added: {detail}.", name=path.name, detail=error.detail
            )
            problems.append(sentence)
        except InkstandError as error:
            problems.append(said(error))
    return Incoming(inserts, problem=" ".join(problems[:3]))


def image_in(path: Path, images: Images | None) -> Embed:
    """Keep a file's image and return its embed.

    Raises `AttachmentRefused`, `ImportFailed` or `CannotSave`.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            if images is None or media_type(head) not in IMAGES:
                raise AttachmentRefused(
                    phrase(
                        "only images (PNG, JPEG, GIF, WebP) and .txt, .md and .html files can be"
                    )
                )
            data = head + file.read(transfer.MAX_IMPORT)
    except OSError as error:
        raise ImportFailed(path, explain_os_error(error)) from None
    return Embed({schema.IMAGE: schema.image_of(images.add(data))})


# Where it goes


def paste(selection: Selection, came: Incoming) -> Delta | None:
    """Return the delta that puts what came in place of what is selected.

    Whole paragraphs from elsewhere fit in: the first goes on where the caret is, the
    last takes up what stands behind it, and no empty one is left over.
    """
    inserts = came.inserts
    if not inserts:
        return None
    if selection.in_code or came.is_own:
        return replace(selection, inserts)
    here = attributes_of(selection.paragraph.block)
    if came.is_text:
        return replace(selection, _each_paragraph(inserts, here))
    whole = inserts[-1].content
    if not (isinstance(whole, str) and whole.endswith("\n")):
        return replace(selection, inserts)
    # There may be thousands of paragraphs, and only two of them count.
    ends = [part for part in inserts if isinstance(part.content, str) and "\n" in part.content]
    first, last = (schema.shown_block(ends[at].attributes) for at in (0, -1))
    at_start = selection.start == selection.first_start
    ends_here = _rest(selection) == 0
    inserts = _without_end(inserts)
    if len(ends) == 1 and str(ends[0].content).count("\n") == 1:
        takes_over = at_start and ends_here and bool(last)
        return _closed(selection, inserts, last if takes_over else None)
    if first and not at_start:
        inserts = [Insert("\n", here), *inserts]
    elif not first and here:
        inserts = _first_paragraph(inserts, here)
    if ends_here:
        return _closed(selection, inserts, last)
    return replace(selection, [*inserts, Insert("\n", last)] if last else inserts)


def _rest(selection: Selection) -> int:
    """Return how much of the last paragraph stands behind the selection."""
    end = selection.first_start + sum(part.length for part in selection.paragraphs) - 1
    return end - selection.end


def _without_end(inserts: Sequence[Insert]) -> list[Insert]:
    """Return contents without their closing newline."""
    *rest, last = inserts
    text = str(last.content)
    if not isinstance(last.content, str) or not text.endswith("\n"):
        return list(inserts)
    return [*rest, Insert(text[:-1], last.attributes)] if text != "\n" else rest


def _each_paragraph(inserts: Sequence[Insert], block: Attributes) -> list[Insert]:
    """Return plain text whose lines become paragraphs like the one where it goes."""
    result: list[Insert] = []
    for number, row in enumerate("".join(str(part.content) for part in inserts).split("\n")):
        result += [Insert("\n", block)] * bool(number) + [Insert(row)] * bool(row)
    return result


def _first_paragraph(inserts: Sequence[Insert], block: Attributes) -> list[Insert]:
    """Return contents whose first newline has other attributes."""
    result: list[Insert] = []
    for number, part in enumerate(inserts):
        head, newline, tail = str(part.content).partition("\n")
        if isinstance(part.content, str) and newline:
            result += [Insert(head, part.attributes)] * bool(head) + [Insert("\n", block)]
            result += [Insert(tail, part.attributes)] * bool(tail)
            return [*result, *inserts[number + 1 :]]
        result.append(part)
    return result


def _closed(selection: Selection, inserts: Sequence[Insert], block: Attributes | None) -> Delta:
    """Return the delta that also gives the paragraph's closing newline attributes."""
    delta = replace(selection, inserts)
    if block is None:
        return delta
    before = attributes_of(selection.paragraphs[-1].block)
    names = before.keys() | block.keys()
    changes = {n: block.get(n) for n in names if before.get(n) != block.get(n)}
    walked = sum(step.length for step in delta if isinstance(step, Retain | Delete))
    closing = [Retain(selection.end - walked), Retain(1, changes)]
    return [*delta[:-1], *compact([*delta[-1:], *closing])]

"""Copy, paste and drop, with real keys, a real clipboard and a real store."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor.images import Images
from sync.document.delta import Embed, Insert
from sync.store.store import Store
from tests.app.editor.desk import CTRL, SHIFT, Desk
from tests.app.editor.pictures import bomb, picture
from tests.sync.document.views.shown import shown

NONE = Qt.KeyboardModifier.NoModifier
PASTE = Path(__file__).parents[2] / "data" / "paste"


class Workshop(Desk):
    """A desk whose images are kept."""

    def __init__(self, qtbot: QtBot, store: Store) -> None:
        super().__init__(qtbot)
        self.store = store
        self.images = Images(store)
        self.editor.use_images(self.images)
        self.problems: list[str] = []
        self.editor.intake.problem.connect(self.problems.append)

    def paste(self, **formats: Any) -> None:
        """Put something on the clipboard and press Ctrl+V."""
        mime = QMimeData()
        for name, value in formats.items():
            match name:
                case "html":
                    mime.setHtml(value)
                case "text":
                    mime.setText(value)
                case "image":
                    mime.setImageData(value)
                case "files":
                    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in value])
                case _:
                    mime.setData(f"image/{name}", value)
        QGuiApplication.clipboard().setMimeData(mime)
        self.key(Qt.Key.Key_V, CTRL)
        self.settle()

    def settle(self) -> None:
        intake = self.editor.intake
        self.bot.waitUntil(lambda: not intake._waiting and intake._writing is None, timeout=20_000)

    def drop(self, position: int, paths: list[Path]) -> None:
        """Drag files onto the page and let go of them before a character."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        cursor = self.editor.textCursor()
        cursor.setPosition(position)
        point = self.editor.cursorRect(cursor).center()
        actions, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        viewport = self.editor.viewport()
        enter = QDragEnterEvent(QPoint(point), actions, mime, button, none)
        QApplication.sendEvent(viewport, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(viewport, QDropEvent(QPointF(point), actions, mime, button, none))
        self.settle()

    @property
    def shown(self) -> list[str]:
        return shown(self.contents)

    def image_of(self, insert: Insert) -> bytes | None:
        assert isinstance(insert.content, Embed)
        return self.store.attachment(str(insert.content.value["image"]).removeprefix("sha256:"))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Workshop]:
    with Store.open(tmp_path / "data") as store:
        desk = Workshop(qtbot, store)
        yield desk
        desk.images.close()


class TestCopy:
    def test_it_comes_in_every_format(self, desk: Workshop) -> None:
        desk.put(
            Insert("Title"),
            Insert("\n", {"header": 1}),
            Insert("bold", {"bold": True}),
            Insert(Embed({"footnote": "a note"})),
            Insert(" end\n"),
        )
        desk.key(Qt.Key.Key_A, CTRL)
        desk.key(Qt.Key.Key_C, CTRL)
        gc.collect()
        mime = QGuiApplication.clipboard().mimeData()
        delta = json.loads(bytes(mime.data("application/x-inkstand-delta+json").data()))
        assert {"insert": {"footnote": "a note"}} in delta
        assert "<h1>Title</h1>" in mime.html()
        assert "<strong>bold</strong>" in mime.html()
        assert mime.text() == "Title\nbold[1] end\n\n[1] a note"
        assert bytes(mime.data("text/markdown").data()).decode().startswith("# Title\n\n**bold**")

    def test_embeds_are_copied(self, desk: Workshop) -> None:
        note, rule = Insert(Embed({"footnote": "x"})), Insert(Embed({"divider": True}))
        image = Insert(Embed({"image": "sha256:" + "ab" * 32}), {"alt": "a", "width": 9})
        desk.put(image, note, rule, Insert("\n"))
        desk.caret(3, 0)
        desk.key(Qt.Key.Key_C, CTRL)
        desk.caret(3)
        desk.key(Qt.Key.Key_V, CTRL)
        assert desk.contents == [image, note, rule, image, note, rule, Insert("\n")]

    def test_an_image_goes_out_inside_of_the_html(self, desk: Workshop) -> None:
        sha256 = desk.images.add(picture())
        desk.put(Insert(Embed({"image": f"sha256:{sha256}"})), Insert("\n"))
        desk.caret(1, 0)
        desk.key(Qt.Key.Key_C, CTRL)
        assert '<img src="data:image/png;base64,' in QGuiApplication.clipboard().mimeData().html()


class TestPasteHtml:
    def test_structure_is_kept_as_one_step(self, desk: Workshop) -> None:
        html = (PASTE / "word.html").read_text(encoding="utf-8")
        desk.paste(html=html, text="flat")
        assert desk.shown[1] == "header=1|Arrival"
        assert "indent=1,list=bullet|hemp" in desk.shown
        desk.key(Qt.Key.Key_Z, CTRL)
        assert desk.text == "\n"

    def test_one_paragraph_goes_into_the_line(self, desk: Workshop) -> None:
        desk.type("ac")
        desk.caret(1)
        desk.paste(html="<h1><b>B</b></h1>")
        assert desk.shown == ["|a{bold:B}c"]
        desk.type("!")
        assert desk.text == "aB!c\n"

    def test_one_in_an_empty_line_keeps_what_it_is(self, desk: Workshop) -> None:
        desk.paste(html="<h2>Title</h2>")
        assert desk.shown == ["header=2|Title"]

    def test_several_in_the_middle_of_a_line(self, desk: Workshop) -> None:
        desk.type("ad")
        desk.caret(1)
        desk.paste(html="<ul><li>b</li></ul><p>c</p>")
        assert desk.shown == ["|a", "list=bullet|b", "|cd"]

    def test_the_last_one_takes_over_the_empty_rest(self, desk: Workshop) -> None:
        desk.type("a")
        desk.paste(html="<p>b</p><ul><li>c</li></ul>")
        assert desk.shown == ["|ab", "list=bullet|c"]

    def test_text_goes_on_in_the_item_where_it_is_put(self, desk: Workshop) -> None:
        desk.put(Insert("a"), Insert("\n", {"list": "bullet"}))
        desk.caret(1)
        desk.paste(html="<p>b</p><p>c</p>")
        assert desk.shown == ["list=bullet|ab", "|c"]
        desk.key(Qt.Key.Key_Z, CTRL)
        desk.caret(1)
        desk.paste(text="b\nc")
        assert desk.shown == ["list=bullet|ab", "list=bullet|c"]

    def test_it_replaces_what_is_selected(self, desk: Workshop) -> None:
        desk.type("one two three")
        desk.caret(7, 4)
        desk.paste(html="<i>2</i>")
        assert desk.shown == ["|one {italic:2} three"]

    def test_plain_with_shift(self, desk: Workshop) -> None:
        mime = QMimeData()
        mime.setHtml("<h1>Title</h1>")
        mime.setText("Title")
        QGuiApplication.clipboard().setMimeData(mime)
        desk.editor.paste_plain()
        assert desk.shown == ["|Title"]

    def test_in_a_code_block_it_is_text(self, desk: Workshop) -> None:
        desk.put(Insert("x = "), Insert("\n", {"code-block": "python"}))
        desk.caret(4)
        desk.paste(html="<b>1</b><p>2</p>", text="1\n  2")
        assert desk.shown == ["code-block=python|x = 1", "code-block=python|  2"]

    def test_nothing_worth_having_falls_back_to_the_text(self, desk: Workshop) -> None:
        desk.paste(html="<script>x</script>", text="words")
        assert desk.shown == ["|words"]

    def test_a_remote_image_stays_an_address(self, desk: Workshop) -> None:
        desk.paste(html='<p>a<img src="https://example.org/x.png" alt="X"></p>')
        assert desk.shown == ["|a{alt=X:image=https://example.org/x.png}"]
        assert not (desk.store.data_dir / "attachments").exists()

    def test_a_page_cannot_bring_files_of_this_computer(
        self, desk: Workshop, tmp_path: Path
    ) -> None:
        (tmp_path / "secret.png").write_bytes(picture())
        desk.paste(html=f'<p>a<img src="file://{tmp_path}/secret.png"></p>')
        assert desk.shown == ["|a"]

    def test_words_images_come_along(
        self, desk: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        folder = tmp_path / "msohtmlclip1" / "01"
        folder.mkdir(parents=True)
        (folder / "clip_image002.png").write_bytes(picture())
        desk.paste(html=f'<p>a<img src="file://{folder}/clip_image002.png"></p>')
        assert desk.image_of(desk.contents[1]) == picture()


class TestLargePaste:
    HTML = "".join(f"<p>Paragraph <b>{number}</b> of many.</p>" for number in range(3_000))

    def paste(self, desk: Workshop) -> None:
        mime = QMimeData()
        mime.setHtml(self.HTML)
        QGuiApplication.clipboard().setMimeData(mime)
        desk.key(Qt.Key.Key_V, CTRL)

    def test_it_comes_whole_and_is_one_step(self, desk: Workshop) -> None:
        desk.type("begin end")
        desk.caret(6)
        busy: list[bool] = []
        desk.editor.intake.busy.connect(busy.append)
        self.paste(desk)
        assert desk.page.document.text() == "begin end\n"  # it is being read elsewhere
        assert busy == [True]
        desk.settle()
        rows = desk.text.split("\n")
        assert rows[0] == "begin Paragraph 0 of many."
        assert rows[2_999] == "Paragraph 2999 of many.end"
        assert len(rows) == 3_001
        assert desk.selected == (len(desk.text) - 4, len(desk.text) - 4)
        assert busy[-1] is False
        desk.key(Qt.Key.Key_Z, CTRL)
        assert desk.text == "begin end\n"
        desk.key(Qt.Key.Key_Y, CTRL)
        desk.key(Qt.Key.Key_Z, CTRL | SHIFT)
        assert len(desk.text.split("\n")) == 3_001

    def test_others_may_write_meanwhile(self, desk: Workshop) -> None:
        desk.type("here")
        self.paste(desk)
        intake = desk.editor.intake
        for _ in range(4):
            desk.remote(0, "they ")
            desk.bot.waitUntil(lambda: intake._writing is not None or not intake._waiting)
            QApplication.processEvents()
        desk.settle()
        rows = desk.text.split("\n")
        assert rows[0] == "they " * 4 + "hereParagraph 0 of many."
        assert len(rows) == 3_001

    def test_what_is_pasted_next_waits(self, desk: Workshop) -> None:
        self.paste(desk)
        desk.paste(text="short")
        assert desk.text.count("short") == 1
        assert desk.text.count("Paragraph") == 3_000

    def test_closing_the_document_meanwhile(self, desk: Workshop) -> None:
        self.paste(desk)
        desk.editor.show_binding(None)
        desk.settle()
        assert desk.page.document.text() == ""


class TestImages:
    def test_the_file_that_was_copied_is_kept(self, desk: Workshop) -> None:
        data = picture(kind="JPEG")
        desk.paste(jpeg=data)
        assert desk.image_of(desk.contents[0]) == data
        assert desk.text == "\n"

    def test_pixels_become_a_file(self, desk: Workshop) -> None:
        image = QImage(5, 4, QImage.Format.Format_RGB32)
        image.fill(QColor("blue"))
        desk.paste(image=image, html='<img src="https://example.org/x.png" alt="A sea">')
        assert desk.contents[0].attributes == {"alt": "A sea"}
        kept = QImage.fromData(desk.image_of(desk.contents[0]) or b"")
        assert (kept.width(), kept.height(), kept.pixelColor(0, 0)) == (5, 4, QColor("blue"))

    def test_words_go_before_a_picture_of_them(self, desk: Workshop) -> None:
        desk.paste(image=QImage(5, 4, QImage.Format.Format_RGB32), html="<b>words</b>")
        assert desk.shown == ["|{bold:words}"]

    def test_a_bomb_is_refused_with_a_sentence(self, desk: Workshop) -> None:
        desk.paste(png=bomb())
        assert desk.contents == [Insert("\n")] or desk.contents == []
        (problem,) = desk.problems
        assert problem.startswith("This image cannot be added: it has more than 100 million")

    def test_it_is_seen_on_the_page(self, desk: Workshop) -> None:
        desk.paste(png=picture(60, 50))

        def is_red() -> bool:
            page = desk.editor.viewport().grab().toImage()
            red = QColor("red").rgb()
            return any(
                page.pixel(x, y) == red for x in range(page.width()) for y in range(60, 90, 10)
            )

        desk.bot.waitUntil(is_red)


class TestFiles:
    def test_images_and_texts_are_dropped(self, desk: Workshop, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(picture())
        (tmp_path / "b.md").write_text("# B\n\n![i](a.png)\n", encoding="utf-8")
        (tmp_path / "c.html").write_text("<i>c</i>", encoding="utf-8")
        (tmp_path / "d.txt").write_text("d *d*", encoding="utf-8")
        desk.type("xy")
        desk.drop(1, [tmp_path / name for name in ("a.png", "b.md", "c.html", "d.txt")])
        image = next(str(p.content.value["image"]) for p in desk.contents if _is_image(p))
        assert desk.shown == [
            f"|x{{image={image}}}",
            "header=1|B",
            f"|{{alt=i:image={image}}}",
            "|{italic:c}",
            "|d *d*y",
        ]
        assert desk.problems == []

    def test_others_are_refused_with_a_sentence(self, desk: Workshop, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
        (tmp_path / "b.svg").write_text("<svg/>", encoding="utf-8")
        (tmp_path / "c.png").write_bytes(picture())
        desk.drop(0, [tmp_path / "a.pdf", tmp_path / "b.svg", tmp_path / "c.png"])
        (problem,) = desk.problems
        assert problem.startswith(
            "“a.pdf” cannot be added: only images (PNG, JPEG, GIF, WebP) and .txt, .md and .html"
        )
        assert "“b.svg” cannot be added" in problem
        assert [_is_image(part) for part in desk.contents] == [True, False]

    def test_files_copied_in_a_file_manager_are_pasted(
        self, desk: Workshop, tmp_path: Path
    ) -> None:
        (tmp_path / "a.gif").write_bytes(picture())  # what it is called does not matter
        desk.paste(files=[tmp_path / "a.gif"], text=str(tmp_path / "a.gif"))
        assert _is_image(desk.contents[0])

    def test_from_the_menu(self, desk: Workshop, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(picture())
        desk.type("a")
        desk.editor.insert_images([tmp_path / "a.png", tmp_path / "gone.png"])
        desk.settle()
        assert [_is_image(part) for part in desk.contents] == [False, True, False]
        gone = f"Cannot import {tmp_path}/gone.png: there is no such file or folder."
        gone += " Choose another file."
        assert desk.problems == [gone]

    def test_a_reader_takes_nothing_in(self, desk: Workshop, tmp_path: Path) -> None:
        desk.editor.setReadOnly(True)
        desk.editor.insert_images([tmp_path / "a.png"])
        desk.paste(text="x")
        assert desk.page.document.text() == ""


def _is_image(part: Insert) -> bool:
    return isinstance(part.content, Embed) and "image" in part.content.value


@pytest.mark.parametrize(("key", "modifier"), [(Qt.Key.Key_Escape, NONE), (Qt.Key.Key_Z, CTRL)])
def test_a_large_paste_can_be_stopped(
    desk: Workshop, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    desk.type("before")
    intake = desk.editor.intake
    told: list[int] = []
    intake.progressed.connect(told.append)
    mime = QMimeData()
    mime.setHtml("<p>one <b>two</b> three</p>" * 4_000)
    QGuiApplication.clipboard().setMimeData(mime)
    desk.key(Qt.Key.Key_V, CTRL)
    desk.bot.waitUntil(lambda: len(told) > 1)
    assert 0 < told[0] < told[-1] < 100
    assert intake._writing is not None
    desk.key(key, modifier)
    desk.settle()
    assert desk.text == "before\n"
    desk.type("!")
    assert desk.text == "before!\n"

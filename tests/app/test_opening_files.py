"""A file that a file manager hands over becomes a document, in the window that is there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

import app.gui
from app.__main__ import main
from app.handover import Handover
from sync.document import transfer
from sync.document.delta import Insert
from sync.document.document import Document
from tests.end_to_end.desk import Desk, titles


def test_a_second_start_hands_its_file_to_the_open_window(
    make_desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = make_desk("a")
    handover = Handover(desk.store.data_dir, desk.window)
    handover.arrived.connect(desk.program.take_over)
    name = "Ein Kapitel, 50% fertig #2.md"
    (tmp_path / name).write_text("# Call me Ishmael\n\nSome *years* ago\n")
    with subprocess.Popen(
        [sys.executable, "-m", "app", "--data-dir", str(desk.store.data_dir), name],
        cwd=tmp_path,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(Path(app.gui.__file__).parent.parent),
        },
    ) as second:
        desk.wait(lambda: desk.window.documents.title == name.removesuffix(".md"))
        desk.wait(lambda: second.poll() is not None)
        assert second.returncode == 0
    assert desk.window.editor.toPlainText() == "Call me Ishmael\nSome years ago"
    handover.close()


def take_over(desk: Desk, file: Path) -> None:
    """Let a window open a file from its event loop, as all that comes from outside does."""
    QTimer.singleShot(0, lambda: desk.program.take_over(file.as_uri()))


def test_an_own_file_is_opened_with_its_title(
    make_desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = make_desk("a")
    document = Document()
    for update, _ in transfer.new_document("Loomings", None, [Insert("Call me\n")]):
        document.apply_update(update)
    transfer.write_file(document, tmp_path / "1.inkstand")
    take_over(desk, tmp_path / "1.inkstand")
    desk.wait(lambda: desk.window.documents.title == "Loomings")
    assert "Loomings" in titles(desk.window)


def test_what_cannot_be_opened_is_said(make_desk: Callable[[str], Desk], tmp_path: Path) -> None:
    desk = make_desk("a")
    before = desk.window.documents.title
    take_over(desk, tmp_path / "gone.md")
    desk.wait(lambda: "gone.md" in desk.window.banner.text)
    assert desk.window.documents.title == before


LINK = "inkstand://join?relay=wss%3A%2F%2Frelay.example.org&code=abcdefghijklmnop"


@pytest.mark.parametrize(
    ("arguments", "wanted", "rest"),
    [
        ([], "", []),
        ([LINK], LINK, []),
        (["file:///tmp/a%20b.md"], "file:///tmp/a%20b.md", []),
        (["/tmp/a b.inkstand"], "file:///tmp/a%20b.inkstand", []),
        (["/tmp/A.MD"], "file:///tmp/A.MD", []),
        (
            ["--data-dir", "/tmp/p", "-style=fusion", "/a.txt"],
            "file:///a.txt",
            ["-style=fusion"],
        ),
    ],
)
def test_the_last_argument_is_what_to_open(
    arguments: list[str], wanted: str, rest: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[list[str], str]] = []

    def note(_: Path, rest: list[str], link: str = "") -> int:
        asked.append((rest, link))
        return 0

    monkeypatch.setattr(app.gui, "run", note)
    assert main(arguments) == 0
    assert asked == [(rest, wanted)]


def test_a_verb_gets_its_file_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("whale\n")
    profile = ["--data-dir", str(tmp_path / "profile")]
    assert main([*profile, "import", str(tmp_path / "a.md")]) == 0
    found = capsys.readouterr().out.strip()
    assert main([*profile, "export", found, "--output", str(tmp_path / "b.inkstand")]) == 0
    assert main([*profile, "import", str(tmp_path / "b.inkstand")]) == 0
    again = capsys.readouterr().out.strip()
    assert main([*profile, "export", again]) == 0
    assert capsys.readouterr().out == "whale\n"

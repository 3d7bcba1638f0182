"""Makes what the desktop, the shells and man read of the editor: all that goes below /usr/share."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from string import Template

import shtab
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from app.cli import build_parser
from sync import __version__

ROOT = Path(__file__).resolve().parent.parent.parent
LINUX = ROOT / "packaging" / "app" / "linux"

ICON_SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)

COMPLETIONS = {
    "bash": "bash-completion/completions/inkstand",
    "zsh": "zsh/vendor-completions/_inkstand",
    "fish": "fish/vendor_completions.d/inkstand.fish",
}
"""Where each shell looks, below /usr/share."""


def make(folder: Path, when: datetime) -> None:
    """Make everything, as of a time."""
    names = {"VERSION": __version__, "DATE": f"{when:%Y-%m-%d}", "YEAR": str(when.year)}
    copy(LINUX / "inkstand.desktop", folder / "applications")
    copy(LINUX / "inkstand.xml", folder / "mime" / "packages")
    fill(LINUX / "inkstand.metainfo.xml", folder / "metainfo" / "inkstand.metainfo.xml", names)
    fill(LINUX / "copyright", folder / "doc" / "inkstand" / "copyright", names)
    draw_icons(ROOT / "resources" / "icons" / "inkstand.svg", folder / "icons" / "hicolor")
    compress(manual_page().encode(), folder / "man" / "man1" / "inkstand.1.gz")
    for shell, place in COMPLETIONS.items():
        write(folder / place, completion(shell))


def manual_page() -> str:
    """Return the manual page: what the program says of itself, and linux/manual.txt."""
    options = {
        "module": "app.cli",
        "function": "build_parser",
        "prog": "inkstand",
        "project-name": "Inkstand",
        "version": __version__,
        "manual-title": "Inkstand",
        "description": "write offline and together",
        "include": str(LINUX / "manual.txt"),
    }
    program = Path(sys.executable).parent / "argparse-manpage"
    done = subprocess.run(
        [program, *(f"--{name}={value}" for name, value in options.items())],
        check=True,
        capture_output=True,
        text=True,
        # Default values that a program says of itself name no home but everyone's.
        env={**os.environ, "HOME": "/HOME", "XDG_DATA_HOME": ""},
    )
    text = done.stdout.replace("/HOME/", "~/")
    # The examples are lines, and said to be what they are.
    examples = r"\.SH COMMENTS\nexamples:\n((?:  .*\n)+)"
    text, found = re.subn(examples, r".SH EXAMPLES\n.nf\n\1.fi\n", text)
    if not found:
        raise ValueError("the manual page has no examples")
    return text


def completion(shell: str) -> str:
    """Return what completes verbs, options and files in a shell."""
    parser = build_parser()
    for part in (parser, *parser._subparsers._group_actions[0].choices.values()):
        for action in part._actions:
            if action.type is Path:
                action.complete = shtab.FILE
    return str(shtab.complete(parser, shell, root_prefix="inkstand"))


def changelog(when: datetime) -> str:
    """Return what Debian asks for; what is new is said elsewhere."""
    [maintainer] = [
        line.partition(": ")[2]
        for line in (LINUX / "nfpm.yaml").read_text(encoding="utf-8").splitlines()
        if line.startswith("maintainer: ")
    ]
    return (
        f"inkstand ({__version__}) unstable; urgency=medium\n\n"
        "  * What is new is in CHANGELOG.md of the source.\n\n"
        f" -- {maintainer}  {format_datetime(when)}\n"
    )


def draw_icons(svg: Path, folder: Path) -> None:
    """Draw the program's icon in all sizes, and put the drawing itself beside them."""
    renderer = QSvgRenderer(str(svg))
    for size in ICON_SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        path = folder / f"{size}x{size}" / "apps" / "inkstand.png"
        path.parent.mkdir(parents=True)
        if not image.save(str(path)):
            raise OSError(f"cannot write {path}")
    copy(svg, folder / "scalable" / "apps")


def copy(source: Path, folder: Path) -> None:
    """Copy a file into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / source.name)


def fill(source: Path, target: Path, names: dict[str, str]) -> None:
    """Copy a file and put in what it names as ${NAME}."""
    write(target, Template(source.read_text(encoding="utf-8")).substitute(names))


def write(target: Path, text: str) -> None:
    """Write a file in a folder, which is made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def compress(data: bytes, target: Path) -> None:
    """Write data as gzip does, without a name and a time in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(data, 9, mtime=0))

"""The installer for Windows: that it compiles, and takes away all that it makes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from sync import __version__
from tests.test_project import ROOT

SCRIPT = ROOT / "packaging" / "app" / "windows" / "inkstand.nsi"
WORDS = SCRIPT.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def icons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    tool = ROOT / "packaging" / "build" / "icons.py"
    subprocess.run([sys.executable, tool, folder], check=True, timeout=60)
    return folder


def test_icons_of_every_size(icons: Path) -> None:
    with Image.open(icons / "inkstand.ico") as icon:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= icon.info["sizes"]
        small = icon.ico.getimage((16, 16))
        assert small.convert("RGBA").getextrema()[3][1] == 255, "there is something on it"
    with Image.open(icons / "inkstand.icns") as icon:
        assert {(512, 512, 2), (128, 128, 1)} <= set(icon.info["sizes"])


def test_it_compiles_without_a_warning_and_always_the_same(icons: Path, tmp_path: Path) -> None:
    """Around files that stand in for the program: Windows is not here."""
    payload = tmp_path / "inkstand"
    (payload / "_internal" / "PySide6").mkdir(parents=True)
    for name in ("inkstand.exe", "inkstand-cli.exe", "_internal/PySide6/QtCore.pyd"):
        (payload / name).write_bytes(name.encode() * 500)
    made = []
    for number in (1, 2):
        made.append(tmp_path / f"inkstand-{number}-setup.exe")
        # With slashes, as makensis takes them everywhere.
        defined = {
            "VERSION": __version__,
            "PAYLOAD": payload.as_posix(),
            "ICON": (icons / "inkstand.ico").as_posix(),
            "OUTPUT": made[-1].as_posix(),
        }
        options = [
            "-INPUTCHARSET",
            "UTF8",
            *(f"-D{name}={value}" for name, value in defined.items()),
        ]
        makensis = shutil.which("makensis") or "makensis"
        subprocess.run([makensis, "-WX", "-V2", *options, SCRIPT], check=True, timeout=60)
    program = made[0].read_bytes()
    assert program[:2] == b"MZ"
    assert "Inkstand installer".encode("utf-16-le") in program
    assert program == made[1].read_bytes()


def test_what_it_writes_into_the_registry_it_takes_away() -> None:
    installs, _, removes = WORDS.partition('Section "un.Inkstand"')
    written = re.findall(r'(?m)^  WriteReg\w+ HKCU "([^"]+)" "([^"]*)"', installs)
    assert len(written) > 20
    keys = re.findall(r'DeleteRegKey HKCU "([^"]+)"', removes)
    values = set(re.findall(r'DeleteRegValue HKCU "([^"]+)" "([^"]+)"', removes))
    for key, value in written:
        gone = any(key == one or key.startswith(one + "\\") for one in keys)
        assert gone or (key, value) in values, (key, value)


def test_it_removes_by_name_and_never_a_folder_that_somebody_chose() -> None:
    folders = re.findall(r"RMDir /r (\S+)", WORDS)
    assert set(folders) == {'"$INSTDIR\\_internal"', '"$INSTDIR\\licences"'}


def test_it_needs_no_administrator_and_takes_markdown_from_nobody() -> None:
    assert "RequestExecutionLevel user" in WORDS
    assert not re.search(r"HKLM|HKCR|SHCTX", WORDS)
    assert not re.search(r'"\$\{CLASSES\}\\\.md" ""', WORDS)


def test_both_languages_say_everything() -> None:
    said: dict[str, set[str]] = {}
    for name, language in re.findall(r"(?m)^LangString (\w+) \$\{LANG_(\w+)\}", WORDS):
        said.setdefault(name, set()).add(language)
    assert len(said) > 4
    assert {frozenset(languages) for languages in said.values()} == {
        frozenset({"ENGLISH", "GERMAN"})
    }

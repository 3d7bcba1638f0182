"""What the editor's packages for Linux are made of: all that can be said of it without a build."""

from __future__ import annotations

import argparse
import ast
import gzip
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import libraries
import pytest
import share
import yaml
from PySide6.QtCore import QLibraryInfo
from PySide6.QtGui import QImage

from app.cli import build_parser
from sync import __version__
from sync.client.invite_link import SCHEME
from sync.document.own_file import SUFFIX
from tests.test_project import ROOT

APP = ROOT / "packaging" / "app"
SPEC = APP / "inkstand.spec"
LINUX = APP / "linux"
DESCRIPTION = LINUX / "nfpm.yaml"

linux = pytest.mark.skipif(sys.platform != "linux", reason="these are files of Linux'")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that goes below /usr/share."""
    folder = tmp_path_factory.mktemp("share")
    share.make(folder, datetime(2026, 11, 29, tzinfo=UTC))
    return folder


def ok(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@linux
class TestDesktop:
    def test_the_menu_entry_is_valid(self, made: Path) -> None:
        assert ok("desktop-file-validate", made / "applications" / "inkstand.desktop") == ""

    def test_what_software_centres_show_is_valid(self, made: Path) -> None:
        path = made / "metainfo" / "inkstand.metainfo.xml"
        ok("appstreamcli", "validate", "--no-net", path)
        release = ElementTree.parse(path).find("releases/release")
        assert release is not None
        assert release.attrib == {"version": __version__, "date": "2026-11-29"}

    def test_all_of_them_mean_the_same_kinds_of_files_and_links(self, made: Path) -> None:
        entry = (made / "applications" / "inkstand.desktop").read_text()
        [kinds] = re.findall(r"(?m)^MimeType=(.*);$", entry)
        assert re.findall(r"(?m)^Exec=(.*)$", entry) == ["inkstand %u"]
        metainfo = ElementTree.parse(made / "metainfo" / "inkstand.metainfo.xml")
        named = {node.text for node in metainfo.iterfind("provides/mediatype")}
        assert named == set(kinds.split(";"))
        own = ElementTree.parse(made / "mime" / "packages" / "inkstand.xml").getroot()[0]
        assert named == {f"x-scheme-handler/{SCHEME}", "text/markdown", own.attrib["type"]}
        assert [node.attrib["pattern"] for node in own if "pattern" in node.attrib] == [
            f"*{SUFFIX}"
        ]

    def test_the_icon_has_every_size_and_is_no_blank(self, made: Path) -> None:
        for size in share.ICON_SIZES:
            path = made / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "inkstand.png"
            image = QImage(str(path))
            assert (image.width(), image.height()) == (size, size)
            assert image.pixelColor(0, 0).alpha() == 0
            assert image.pixelColor(size // 2, size // 2).alpha() == 255


def commands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    parser = build_parser()
    yield "", parser
    assert parser._subparsers is not None
    yield from parser._subparsers._group_actions[0].choices.items()  # type: ignore[union-attr, misc]


VERBS = [name for name, _ in commands() if name]
OPTIONS = [
    (verb, option) for verb, parser in commands() for option in parser._option_string_actions
]


def complete(made: Path, *words: str) -> list[str]:
    """Return what bash offers for the last word."""
    script = f"""
        source {made / share.COMPLETIONS["bash"]}
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${{#COMP_LINE}}
        _shtab_inkstand
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return ok("bash", "-c", script, "bash", "inkstand", *words).split()


@linux
class TestShells:
    def test_bash_completes_every_verb(self, made: Path) -> None:
        assert sorted(complete(made, "")) == sorted(VERBS)
        assert complete(made, "exp") == ["export"]

    def test_bash_completes_every_option(self, made: Path) -> None:
        for verb in ("", *VERBS):
            wanted = {option for of, option in OPTIONS if of == verb and option.startswith("--")}
            words = (verb, "--") if verb else ("--",)
            assert set(complete(made, *words)) == wanted

    def test_bash_completes_files(self, made: Path, tmp_path: Path) -> None:
        (tmp_path / "chapter.md").touch()
        assert complete(made, "import", f"{tmp_path}/chap") == [f"{tmp_path}/chapter.md"]

    @pytest.mark.parametrize("shell", sorted(share.COMPLETIONS))
    def test_each_shell_knows_every_verb_and_option(self, shell: str, made: Path) -> None:
        text = (made / share.COMPLETIONS[shell]).read_text(encoding="utf-8")
        for name in [*VERBS, *(option.lstrip("-") for _, option in OPTIONS)]:
            assert re.search(rf"\b{re.escape(name)}\b", text), name


@linux
class TestManual:
    def test_it_names_every_verb_and_every_option_of_it(self, made: Path) -> None:
        page = gzip.decompress((made / "man" / "man1" / "inkstand.1.gz").read_bytes()).decode()
        page = page.replace("\\-", "-").replace("\\fR", "").replace("\\fB", "").replace("\\fI", "")
        parts = dict(re.findall(r"(?ms)^\.SH OPTIONS \S*'inkstand (\S+)'.*?$(.*?)(?=^\.SH)", page))
        for verb, option in OPTIONS:
            if option.startswith("--") and option != "--help":
                assert option in (parts[verb] if verb else page), (verb, option)
        for verb in VERBS:
            assert f"inkstand {verb}" in page

    def test_it_is_well_formed_and_names_nobodys_home(self, made: Path) -> None:
        path = made / "man" / "man1" / "inkstand.1.gz"
        text = gzip.decompress(path.read_bytes()).decode()
        assert str(Path.home()) not in text
        assert "(default: ~/.local/share/inkstand)" in text
        for title in ("NAME", "SYNOPSIS", "EXAMPLES", "FILES", "EXIT STATUS", "SEE ALSO"):
            assert re.search(rf'(?m)^\.SH "?{title}"?$', text), title


class TestDescription:
    """What nfpm makes the .deb and the .rpm from."""

    described = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))

    def test_it_names_files_that_are_there_or_are_made(self) -> None:
        for entry in self.described["contents"]:
            source = entry["src"]
            if entry.get("type") == "symlink":
                assert source == "../lib/inkstand/inkstand"
            elif not source.startswith(("build/app/", "dist/")):
                assert (ROOT / source).is_file(), source

    def test_the_version_is_said_in_one_place(self) -> None:
        assert self.described["version"] == "${VERSION}"
        for path in (*LINUX.iterdir(), SPEC):
            assert __version__ not in re.sub(r"\$\{VERSION\}", "", path.read_text()), path

    def test_it_depends_on_what_the_set_up_installs_for_qt(self) -> None:
        lines = (ROOT / "packaging" / "setup" / "system.txt").read_text().splitlines()
        wanted = {line.split()[2] for line in lines if line.startswith("qt ")}
        depends = self.described["overrides"]["deb"]["depends"]
        named = {name for one in depends for name in re.split(r"[ |]+", one)}
        assert wanted - named == {"fonts-dejavu-core"}  # which fontconfig brings, or another font

    @linux
    def test_a_missing_and_a_needless_dependency_are_found(self, tmp_path: Path) -> None:
        plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
        shutil.copy(plugins / "platforms" / "libqwayland.so", tmp_path)
        needed = {"libwayland-client.so.0", "libwayland-cursor.so.0", "libxkbcommon.so.0"}
        assert needed < libraries.needed(tmp_path)
        assert "libc.so.6" not in libraries.needed(tmp_path)
        text = DESCRIPTION.read_text()
        without = tmp_path / "nfpm.yaml"
        without.write_text(re.sub(r"(?m)^.*(libxkbcommon0$|libxkbcommon\.so\.0\().*\n", "", text))
        found = list(libraries.complaints(tmp_path, without))
        assert "the .rpm does not depend on libxkbcommon.so.0()(64bit)." in found
        assert "the .rpm depends on libbrotlidec.so.1()(64bit) for nothing." in found
        if Path("/etc/debian_version").exists():
            assert "no package of this system has libQt6Core.so.6." in found
            assert "the .deb does not depend on libxkbcommon0." in found
            assert "the .deb depends on libssl3 | libssl3t64 for nothing." in found
            assert not [one for one in found if "libwayland-client0" in one]


class TestProgram:
    """What PyInstaller makes the program from."""

    def test_it_has_every_program_that_runs_beside_the_window(self) -> None:
        assert set(run_beside()) == set(assigned(SPEC, "BESIDE"))

    def test_what_it_names_is_there(self) -> None:
        for module in assigned(SPEC, "BESIDE"):
            path = ROOT.joinpath(*module.split("."))
            assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module

    def test_what_it_leaves_out_of_our_own_is_there_too(self) -> None:
        for module in assigned(SPEC, "LEFT_OUT"):
            if module.startswith("sync."):
                path = ROOT.joinpath(*module.split("."))
                assert path.with_suffix(".py").is_file() or path.is_dir(), module

    def test_the_plugins_that_it_takes_are_there(self) -> None:
        plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
        tree = ast.parse(SPEC.read_text(encoding="utf-8"))
        [value] = [
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PLUGINS"
        ]
        elsewhere = {"qcocoa", "qwindows", "qmacstyle", "qmodernwindowsstyle"}
        for kind, names in ast.literal_eval(value).items():
            for name in names - elsewhere if sys.platform == "linux" else ():
                assert (plugins / kind / f"lib{name}.so").is_file(), name


def assigned(path: Path, name: str) -> list[str]:
    """Return the strings of a list that a file makes with = and +=."""
    found: list[str] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AugAssign):
            target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
            if ast.unparse(target) == name:
                found += ast.literal_eval(node.value)
    assert found, name
    return found


def run_beside() -> Iterator[str]:
    """Yield the modules that the source runs as programs, by `sync.beside`."""
    for path in sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "sync").rglob("*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".beside")
            for alias in node.names
        }
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in calls:
            if ast.unparse(call.func) not in used & {"Beside", "command"}:
                continue
            first = call.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)
            else:
                yield str({"__name__": module, **constants}[ast.unparse(first)])

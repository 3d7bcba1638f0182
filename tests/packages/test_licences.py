"""The licences of all that Inkstand is shipped with, and the files that have to come with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import licences
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from sync import __version__
from tests.test_project import ROOT, locked

BUILD = ROOT / "packaging" / "build"
EXTRAS = ("--extra", "relay", "--extra", "updates")


def run(program: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BUILD / program, *map(str, arguments)],
        env={**os.environ, "PYTHONUTF8": "1", **variables},
        text=True,
        capture_output=True,
        timeout=60,
    )


class TestAllowed:
    """What may be a dependency, of any extra and on any system."""

    def test_every_dependency_has_a_licence_that_is_allowed(self) -> None:
        found = run("licences.py")
        assert (found.returncode, found.stderr) == (0, "")

    @pytest.mark.parametrize(
        ("says", "complaint"),
        [
            ("License-Expression: AGPL-3.0-only", "is under AGPL-3.0-only, which is not allowed"),
            ("License-Expression: MIT AND SSPL-1.0", "is under MIT AND SSPL-1.0"),
            ("License: Ask me", "is not clear: newcomer 1.0 says 'Ask me'"),
            ("Classifier: License :: OSI Approved :: BSD License", "is not clear"),
            ("", "is not clear"),
            ("License-Expression: GPL-3.0-only OR MIT", ""),
            ("License: MIT", ""),
            ("Classifier: License :: OSI Approved :: MIT License", ""),
        ],
    )
    def test_a_new_dependency_is_held_against_the_list(
        self, tmp_path: Path, says: str, complaint: str
    ) -> None:
        """In an environment in which Inkstand asks for one more package, by way of another."""
        package(tmp_path, "inkstand", "Requires-Dist: between; extra == 'relay'")
        package(tmp_path, "between", "License: MIT\nRequires-Dist: newcomer>=1")
        package(tmp_path, "newcomer", says)
        found = licences.complaints(licences.closure(["relay"], [str(tmp_path)]).values())
        assert len(found) == bool(complaint), found
        assert all(complaint in sentence for sentence in found)

    def test_one_that_only_other_systems_install_must_have_been_looked_up(
        self, tmp_path: Path
    ) -> None:
        package(tmp_path, "inkstand", "Requires-Dist: colorama; sys_platform == 'win32'")
        assert "colorama" in locked()
        found = run("licences.py", "--path", tmp_path)
        assert "is not installed on this system" in found.stderr
        assert found.returncode == 1


def package(folder: Path, name: str, metadata: str) -> None:
    """As pip leaves one behind."""
    home = folder / f"{name}-1.0.dist-info"
    home.mkdir()
    lines = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}\n"
    (home / "METADATA").write_text(lines, encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notices")
    done = run("notices.py", "--output", folder, *EXTRAS, SOURCE_DATE_EPOCH="1700000000")
    assert (done.returncode, done.stderr) == (0, "")
    return folder


class TestNotices:
    def test_the_list_for_programs_is_what_cyclonedx_says(self, written: Path) -> None:
        text = (written / "inkstand.cdx.json").read_text(encoding="utf-8")
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
        bill = json.loads(text)
        root = bill["metadata"]["component"]
        assert (root["name"], root["version"]) == ("inkstand", __version__)
        parts = {part["name"]: part for part in bill["components"]}
        assert {"pycrdt", "qt", "python", "fastapi", "pynacl", "hunspell-en_US"} <= parts.keys()
        assert "psycopg" not in parts, "of an extra that was not asked for"
        assert "pytest" not in parts
        assert parts["pycrdt"]["version"] == str(locked()["pycrdt"])
        assert "yrs" in {inside["name"] for inside in parts["pycrdt"]["components"]}
        needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
        assert "qt" in needs["pyside6-essentials"]
        assert "anyio" in needs["starlette"]

    def test_every_part_comes_with_its_text(self, written: Path) -> None:
        text = (written / "THIRD-PARTY-NOTICES.txt").read_text(encoding="utf-8")
        assert text.count("Permission is hereby granted, free of charge") > 20
        for line in ("GNU LESSER GENERAL PUBLIC LICENSE", "PYTHON SOFTWARE FOUNDATION LICENSE"):
            assert line in text
        assert "The FreeType Project" in text

    def test_qt_can_be_replaced_and_its_source_had(self, written: Path) -> None:
        offer = (written / "QT-SOURCE.txt").read_text(encoding="utf-8")
        version = str(locked()["pyside6-essentials"])
        assert f"/qt/{version.rpartition('.')[0]}/{version}/single/" in offer
        assert "{" not in offer
        for name in ("LGPL-3.0.txt", "GPL-3.0.txt", "LICENSE"):
            assert "Version" in (written / name).read_text(encoding="utf-8")

    def test_the_same_parts_give_the_same_bytes(self, written: Path, tmp_path: Path) -> None:
        run("notices.py", "--output", tmp_path, *EXTRAS, SOURCE_DATE_EPOCH="1700000000")
        names = sorted(path.name for path in written.iterdir())
        assert names == sorted(path.name for path in tmp_path.iterdir())
        for name in names:
            assert (written / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="asks dpkg")
def test_every_library_in_a_bundle_must_be_somebodys(tmp_path: Path) -> None:
    """One of a wheel, one of Python, one of Debian, and one that nobody knows."""
    bundle, folder = tmp_path / "bundle", tmp_path / "notices"
    bundle.mkdir()
    names = ("libQt6Core.so.6", "_sqlite3.so", "libgthread-2.0.so.0", "libsurprise.so.1")
    for name in names:
        (bundle / name).write_bytes(b"\x7fELF")
    extension = next(Path(os.__file__).parent.glob("lib-dynload/_json*.so"), None)
    if extension is not None:
        shutil.copy(extension, bundle)
    (bundle / "_sqlite3.so").unlink()
    done = run("notices.py", "--output", folder, "--bundle", bundle)
    assert done.returncode == 1
    assert done.stderr == "notices: Nobody knows whose the library libsurprise.so.1 is.\n"
    parts = json.loads((folder / "inkstand.cdx.json").read_text(encoding="utf-8"))["components"]
    [glib] = [part for part in parts if part["purl"].startswith("pkg:deb/")]
    assert glib["name"].startswith("libglib2.0-0")


def test_the_relays_have_what_its_lock_file_names_and_nothing_of_the_editors(
    tmp_path: Path,
) -> None:
    lock = ROOT / "packaging" / "relay" / "cluster" / "requirements.lock"
    done = run("notices.py", "--output", tmp_path, "--lock", lock)
    assert (done.returncode, done.stderr) == (0, "")
    bill = json.loads((tmp_path / "inkstand.cdx.json").read_text(encoding="utf-8"))
    names = {component["name"] for component in bill["components"]}
    assert {"fastapi", "psycopg", "pycrdt", "python", "websockets"} <= names
    assert names <= {*licences.listed(lock), "python", "pyinstaller"}
    assert not (tmp_path / "QT-SOURCE.txt").exists()

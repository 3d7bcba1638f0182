"""The Flatpak's manifest, as flatpak-builder reads it, and the sources that are put to it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import flatpak
import pytest

from tests.test_project import ROOT, locked

linux = pytest.mark.skipif(sys.platform != "linux", reason="Flatpak is Linux's")

WHEELS = (
    "one-1.0-py3-none-any.whl",
    "two-1.0-cp311-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    "two-1.0-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in WHEELS:
        (folder / name).write_bytes(name.encode())
    return folder


def test_each_wheel_is_named_with_its_hash_and_for_its_processor(wheels: Path) -> None:
    found = flatpak.sources(wheels, None)
    assert [one["path"] for one in found] == [f"wheels/{name}" for name in WHEELS]
    assert found[0]["sha256"] == hashlib.sha256(WHEELS[0].encode()).hexdigest()
    assert [one.get("only-arches") for one in found] == [None, ["aarch64"], ["x86_64"]]


def test_or_by_where_an_index_keeps_it(wheels: Path) -> None:
    digest = hashlib.blake2b(WHEELS[0].encode(), digest_size=32).hexdigest()
    [first, *_] = flatpak.sources(wheels, "https://example.org/packages/")
    place = f"{digest[:2]}/{digest[2:4]}/{digest[4:]}"
    assert first["url"] == f"https://example.org/packages/{place}/{WHEELS[0]}"
    assert "path" not in first


def test_the_lock_decides_what_is_in_it() -> None:
    blocks = flatpak.wanted(["relay"])
    assert {"pyside6-essentials", "pycrdt", "keyring", "jeepney", "fastapi"} <= blocks.keys()
    # For other systems, for older Pythons, for other extras, and what the runtime has.
    others = {"pywin32-ctypes", "backports-tarfile", "psycopg", "pytest", "pip", "inkstand"}
    assert not others & blocks.keys()
    for name, block in blocks.items():
        assert block.startswith(f"{name}=={locked()[name]} \\\n"), block[:80]
        assert "--hash=sha256:" in block


@linux
class TestManifest:
    @pytest.fixture
    def manifest(self, wheels: Path) -> dict[str, Any]:
        folder = wheels.parent
        text = json.dumps(flatpak.sources(wheels, None))
        (folder / "python-sources.json").write_text(text)
        (folder / flatpak.MANIFEST.name).write_text(flatpak.MANIFEST.read_text())
        done = subprocess.run(
            ["flatpak-builder", "--show-manifest", flatpak.MANIFEST.name],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stderr == "", "flatpak-builder knows all of it"
        return json.loads(done.stdout)

    def test_it_may_see_the_screen_and_the_network_and_nothing_else(
        self, manifest: dict[str, Any]
    ) -> None:
        assert set(manifest["finish-args"]) == {
            *("--share=network", "--share=ipc", "--socket=wayland", "--socket=fallback-x11"),
            *("--device=dri", "--env=QT_QPA_PLATFORMTHEME=xdgdesktopportal"),
        }

    def test_its_sources_are_there_and_its_python_is_the_wheels(
        self, manifest: dict[str, Any]
    ) -> None:
        [module] = manifest["modules"]
        assert len([one for one in module["sources"] if one["type"] == "file"]) == len(WHEELS)
        pythons = set(re.findall(r"python(\d\.\d+)", flatpak.MANIFEST.read_text()))
        assert pythons == {flatpak.PYTHON}

    def test_it_has_one_id_with_the_desktop(self, manifest: dict[str, Any]) -> None:
        assert manifest["id"] == flatpak.MANIFEST.stem
        metainfo = ROOT / "packaging" / "app" / "linux" / manifest["rename-appdata-file"]
        assert f"<id>{manifest['id']}</id>" in metainfo.read_text(encoding="utf-8")
        assert (metainfo.parent / manifest["rename-desktop-file"]).is_file()

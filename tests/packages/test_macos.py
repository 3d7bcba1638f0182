"""What macOS is told about the app, and the steps from the app to a disk image."""

from __future__ import annotations

import os
import plistlib
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sync.client.invite_link import SCHEME
from tests.test_project import ROOT

MACOS = ROOT / "packaging" / "app" / "macos"


def plist(name: str) -> dict[str, Any]:
    with (MACOS / name).open("rb") as file:
        return plistlib.load(file)


def test_files_and_links_come_to_the_app() -> None:
    info = plist("Info.plist")
    [link] = info["CFBundleURLTypes"]
    assert link["CFBundleURLSchemes"] == [SCHEME]
    declared = {
        one["UTTypeIdentifier"]: one["UTTypeTagSpecification"]["public.filename-extension"]
        for one in (*info["UTExportedTypeDeclarations"], *info["UTImportedTypeDeclarations"])
    }
    opened = {
        suffix: kind["LSHandlerRank"]
        for kind in info["CFBundleDocumentTypes"]
        for name in kind["LSItemContentTypes"]
        for suffix in declared[name]
    }
    assert opened == {"inkstand": "Owner", "md": "Alternate", "markdown": "Alternate"}


def test_the_hardened_runtime_is_loosened_by_one_thing_only() -> None:
    allowed = plist("entitlements.plist")
    assert allowed == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


class TestImage:
    """The steps of make-dmg.sh, with programs of macOS that only note what they were asked for."""

    @pytest.fixture
    def app(self, tmp_path: Path) -> Path:
        app = tmp_path / "Inkstand.app"
        for name in ("MacOS/inkstand", "Frameworks/libx.dylib", "Frameworks/Qt.framework/Qt"):
            path = app / "Contents" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\xcf\xfa\xed\xfe")
        for name in ("codesign", "hdiutil", "xcrun", "spctl"):
            program = tmp_path / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/steps"\n')
            program.chmod(0o755)
        return app

    def steps(self, app: Path, **variables: str) -> list[str]:
        folder = app.parent
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        subprocess.run(
            [MACOS / "make-dmg.sh", app, folder / "Inkstand.dmg"],
            env={**os.environ, "TMPDIR": str(folder), "PATH": path, **variables},
            check=True,
            timeout=60,
        )
        return (folder / "steps").read_text().splitlines()

    def test_nothing_is_signed_unless_somebody_names_a_certificate(self, app: Path) -> None:
        [step] = self.steps(app)
        assert step.startswith("hdiutil create -volname Inkstand ")
        assert not list(app.parent.glob("inkstand-dmg.*")), "it tidies up"

    def test_signed_from_the_inside_out_then_notarised(self, app: Path) -> None:
        steps = self.steps(app, SIGNING_IDENTITY="Developer ID Application: X", NOTARY_PROFILE="p")
        signed = [step for step in steps if step.startswith("codesign --force")]
        assert [step.rpartition("/")[2] for step in signed] == [
            *("libx.dylib", "Qt.framework", "Inkstand.app", "Inkstand.dmg"),
        ]
        assert ["--entitlements" in step for step in signed] == [False, False, True, False]
        assert all("--options runtime" in step for step in signed[:3])
        order = [step.split()[:3] for step in steps if not step.startswith("codesign --force")]
        assert order == [
            ["codesign", "--verify", "--deep"],
            ["hdiutil", "create", "-volname"],
            ["xcrun", "notarytool", "submit"],
            ["xcrun", "stapler", "staple"],
            ["spctl", "--assess", "--type"],
        ]

    def test_nothing_unsigned_is_sent_to_apple(self, app: Path) -> None:
        with pytest.raises(subprocess.CalledProcessError):
            self.steps(app, NOTARY_PROFILE="p")
        assert not (app.parent / "steps").exists()

"""Puts together what flatpak-builder needs: build/flatpak with the manifest and all its sources.

    flatpak.py [--address PREFIX]

The wheels of requirements.lock, for the runtime's Python on both processors, are fetched with pip,
which checks their hashes; the manifest names each with its own. With --address they are named by
where a Python package index keeps them (PREFIX/xx/yy/digest/name), as a shop of Flatpaks wants it,
which builds without files of ours; else the files lie beside the manifest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import licences
import notices
import pieces
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = licences.ROOT
MANIFEST = ROOT / "packaging" / "app" / "flatpak" / "org.inkstand.Inkstand.yml"
MADE = ROOT / "build" / "flatpak"
PYTHON = "3.13"
"""That of the manifest's runtime."""

ARCHITECTURES = ("x86_64", "aarch64")
GLIBC = range(17, 43)
"""Minor versions of the C library for which there are wheels that the runtime runs."""


def wanted(extras: Iterable[str]) -> dict[str, str]:
    """Return the blocks of requirements.lock that the runtime's Python needs, by name."""
    environment = {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "python_version": PYTHON,
        "python_full_version": f"{PYTHON}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    names = licences.closure(extras).keys() - {"inkstand", "pip"}
    blocks = {}
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for block in re.split(r"(?m)^(?=[^\s#])", text)[1:]:
        requirement = Requirement(block.partition("\\")[0].strip())
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if name in names and (marker is None or marker.evaluate(environment)):
            # A marker is about this system's Python, as pip sees it, and was looked at here.
            blocks[name] = re.sub(r"^([^;\\]+?)\s*(;[^\\]*)?\\", r"\1 \\", block)
    return blocks


def fetch(blocks: Iterable[str], folder: Path) -> None:
    """Fetch the wheels for both processors. Raises `CalledProcessError`."""
    folder.mkdir(parents=True)
    requirements = folder.parent / "requirements.txt"
    requirements.write_text("".join(blocks), encoding="utf-8")
    for architecture in ARCHITECTURES:
        platforms = [f"manylinux_2_{minor}_{architecture}" for minor in GLIBC]
        platforms += [f"manylinux2014_{architecture}", f"linux_{architecture}"]
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--require-hashes", "--only-binary=:all:", "--python-version", PYTHON),
                *(part for name in platforms for part in ("--platform", name)),
                *("--dest", folder, "--requirement", requirements),
            ],
            check=True,
        )
    requirements.unlink()


def sources(folder: Path, address: str | None) -> list[dict[str, object]]:
    """Return what a manifest says of the wheels in a folder."""
    found: list[dict[str, object]] = []
    for wheel in sorted(folder.glob("*.whl")):
        data = wheel.read_bytes()
        source: dict[str, object] = {"type": "file", "sha256": hashlib.sha256(data).hexdigest()}
        if address is None:
            source["path"] = f"{folder.name}/{wheel.name}"
        else:
            digest = hashlib.blake2b(data, digest_size=32).hexdigest()
            place = f"{digest[:2]}/{digest[2:4]}/{digest[4:]}"
            source["url"] = f"{address.rstrip('/')}/{place}/{wheel.name}"
        tags = {tag.platform for tag in parse_wheel_filename(wheel.name)[3]}
        only = [one for one in ARCHITECTURES if any(tag.endswith(one) for tag in tags)]
        if only:
            source["only-arches"] = only
        found.append(source)
    return found


def main() -> int:
    """Make the folder anew."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--address", help="of the index's files; default: they lie beside")
    address = parser.parse_args().address
    import share  # draws icons: Qt

    shutil.rmtree(MADE, ignore_errors=True)
    wheels = MADE / "wheels"
    fetch(wanted(["relay"]).values(), wheels)
    found = sources(wheels, address)
    own = MADE / "inkstand"
    subprocess.run(
        [Path(sys.executable).with_name("uv"), "build", "--quiet", "--wheel", "--out-dir", own],
        cwd=ROOT,
        check=True,
    )
    found += sources(own, None)
    (MADE / "python-sources.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    share.make(MADE / "share", datetime.now(UTC))
    notices.write(MADE / "licences", pieces.gather(["relay"]))
    shutil.copy(MANIFEST, MADE)
    print(f"flatpak.py: {MADE.relative_to(ROOT)}/{MANIFEST.name}, {len(found)} wheels")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Builds the editor for Linux: the folder of the program, then its .deb and .rpm, in dist/.

    make packages                                  # sets up what this needs, and runs it
    build/venv/bin/python packaging/build/build_app.py [deb] [rpm]

The version is that of sync/__init__.py, and every time that of the last commit (or
SOURCE_DATE_EPOCH), so two builds of one commit give the same files. Exit code 1 if a package would
not depend on what the program is linked to, or lintian finds something.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import icu
import libraries
import share
from share import LINUX, ROOT

from sync import __version__

DIST = ROOT / "dist"
BUNDLE = DIST / "inkstand"
MADE = ROOT / "build" / "app"
BIN = Path(sys.executable).parent

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""From the kernel's name to Debian's."""


def main() -> int:
    """Build everything."""
    os.chdir(ROOT)
    os.umask(0o022)  # files are as readable as in the repository, whoever builds
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or said("git", "log", "-1", "--format=%ct"))
    os.environ |= {
        "SOURCE_DATE_EPOCH": str(epoch),
        "PYTHONHASHSEED": "0",  # PyInstaller writes sets
        "VERSION": __version__,
        "ARCH": ARCHITECTURES.get(platform.machine(), platform.machine()),
    }
    shutil.rmtree(MADE, ignore_errors=True)
    make_bundle()
    os.environ["GLIBC"] = libraries.newest_glibc(BUNDLE)
    wrong = list(libraries.complaints(BUNDLE, LINUX / "nfpm.yaml"))
    for complaint in wrong:
        print(f"build_app.py: {complaint}", file=sys.stderr)
    if wrong:
        return 1
    when = datetime.fromtimestamp(epoch, UTC)
    share.make(MADE / "share", when)
    share.compress(share.changelog(when).encode(), MADE / "doc" / "changelog.gz")
    set_times(epoch, BUNDLE, MADE)
    return package()


def said(*command: str) -> str:
    """Run a command and return what it prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def make_bundle() -> None:
    """Make dist/inkstand."""
    shutil.rmtree(BUNDLE, ignore_errors=True)
    work = MADE / "pyinstaller"
    subprocess.run(
        [
            *(BIN / "pyinstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
            *("--distpath", DIST, "--workpath", work, "packaging/app/inkstand.spec"),
        ],
        check=True,
    )
    icu.shrink(BUNDLE / "_internal" / "PySide6" / "Qt" / "lib", MADE)
    for path in libraries.files(BUNDLE):
        if not libraries.looks_beside_itself(path):
            subprocess.run(["chrpath", "--delete", path], check=True, stdout=subprocess.DEVNULL)
    # What can be started is the program; the wheels are of several minds.
    for path in BUNDLE.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path == BUNDLE / "inkstand" else 0o644)
    # Who wrote what is in it, and under which licences.
    subprocess.run(
        [
            *(sys.executable, ROOT / "packaging" / "build" / "notices.py", "--bundle", BUNDLE),
            *("--output", BUNDLE / "licences", "--extra", "relay"),
        ],
        check=True,
    )


# The packages


def set_times(epoch: int, *folders: Path) -> None:
    """Let every file be as old as the commit."""
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.utime(path, (epoch, epoch), follow_symlinks=False)


def package() -> int:
    """Make the packages, and look at them."""
    made = []
    for kind in sys.argv[1:] or ("deb", "rpm"):
        line = said(
            *(str(BIN / "nfpm"), "package", "--config", str(LINUX / "nfpm.yaml")),
            *("--packager", kind, "--target", str(DIST)),
        )
        made.append(DIST / Path(line.splitlines()[-1].rpartition(": ")[2]).name)
    for path in made:
        print(f"build_app.py: dist/{path.name}, {path.stat().st_size / 1e6:.1f} MB")
    unpacked = sum(p.lstat().st_size for p in BUNDLE.rglob("*") if not p.is_dir())
    print(f"build_app.py: dist/inkstand, {unpacked / 1e6:.1f} MB")
    debs = [path for path in made if path.suffix == ".deb"]
    options = ["--fail-on", "error,warning,info", "--tag-display-limit", "0", "--info"]
    as_root = ["--allow-root"] if os.getuid() == 0 else []
    return subprocess.run(["lintian", *options, *as_root, *debs], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

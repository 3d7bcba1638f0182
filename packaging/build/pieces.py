"""The pieces that a package of Inkstand is put together from, each with its licence and its texts.

Python packages are found by their metadata; what else is in a bundle by its shared libraries, each
of which must belong to one of the pieces.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import licences

QT = "qt"
QT_PACKAGES = ("pyside6-essentials", "shiboken6")
"""Python packages whose wheels have no texts; theirs are Qt's."""

_TEXTS = ("licen", "copying", "notice", "copyright", "authors")
"""What the names of files begin with that have to be passed on."""

_LIBRARIES = (".so", ".dll", ".dylib", ".pyd")


@dataclass
class Piece:
    """Something by others that is in the package."""

    name: str
    version: str
    licence: str
    """SPDX expression; empty: what the texts say, which come from a distribution's package."""
    purl: str
    """Package URL."""
    texts: list[tuple[str, str]] = field(default_factory=list)
    """What has to be passed on: a title, and the words."""
    needs: tuple[str, ...] = ()
    inside: list[Piece] = field(default_factory=list)
    """What was compiled into it."""
    packages: tuple[Distribution, ...] = ()
    holder: str = ""
    """Who has the copyright, where no text says it."""

    @cached_property
    def files(self) -> frozenset[str]:
        """The names of its files, without folders."""
        return frozenset(path.name for one in self.packages for path in one.files or ())


def gather(extras: Iterable[str], lock: Path | None = None) -> list[Piece]:
    """Return what Inkstand with these extras is made of on this system.

    `lock`: only what that file names, which is how a relay does without the editor's packages.
    Raises `licences.Unclear`, and `PackageNotFoundError` for what is not installed.
    """
    roots = ["inkstand"] if lock is None else licences.listed(lock)
    parts = licences.closure(extras, here_only=True, roots=roots)
    pieces = [_of_package(part) for name, part in parts.items() if name != "inkstand"]
    if QT_PACKAGES[0] in parts:
        pieces.append(_qt(parts[QT_PACKAGES[0]].version))
    pieces.append(_python())
    try:
        starter = distribution("pyinstaller")
    except PackageNotFoundError:
        pass
    else:
        expression = "GPL-2.0-or-later WITH Bootloader-exception"
        piece = Piece(
            "pyinstaller", starter.version, expression, f"pkg:pypi/pyinstaller@{starter.version}"
        )
        piece.texts = list(_texts_of(starter))
        pieces.append(piece)
    if "inkstand" in parts:
        pieces += _dictionaries()
    return pieces


def _of_package(part: licences.Part) -> Piece:
    assert part.installed is not None
    return Piece(
        part.name,
        part.version,
        licences.licence(part),
        f"pkg:pypi/{part.name}@{part.version}",
        list(_texts_of(part.installed)),
        part.needs if part.name not in QT_PACKAGES else (*part.needs, QT),
        _compiled_in(part.installed),
        (part.installed,),
    )


def _compiled_in(package: Distribution) -> list[Piece]:
    """Return what a wheel's own list (CycloneDX, PEP 770) says was compiled into it."""
    found = {}
    for path in package.files or ():
        if path.parent.name == "sboms" and path.suffix == ".json":
            for one in json.loads(path.read_text(encoding="utf-8")).get("components", ()):
                said = [_one_licence(each) for each in one.get("licenses", ())]
                piece = Piece(
                    one["name"],
                    one.get("version", ""),
                    " AND ".join(f"({each})" if len(said) > 1 else each for each in said),
                    one.get("purl", ""),
                )
                found[piece.name, piece.version] = piece
    return [piece for _, piece in sorted(found.items())]


def _one_licence(entry: dict[str, object]) -> str:
    choice = entry.get("license")
    if isinstance(choice, dict):
        return str(choice.get("id") or choice.get("name"))
    return str(entry["expression"])


def _texts_of(package: Distribution) -> Iterator[tuple[str, str]]:
    for path in sorted(package.files or ()):
        in_metadata = any(part.endswith(".dist-info") for part in path.parts)
        if in_metadata and path.name.lower().startswith(_TEXTS):
            yield "/".join(path.parts[1:]), path.read_text(encoding="utf-8")


def _qt(version: str) -> Piece:
    texts = licences.ROOT / "packaging" / "licences"
    piece = Piece(QT, version, "LGPL-3.0-only", f"pkg:generic/qt@{version}")
    for name in ("LGPL-3.0.txt", "GPL-3.0.txt"):
        piece.texts.append((name, (texts / name).read_text(encoding="utf-8")))
    inside = tomllib.loads((texts / "qt-inside.toml").read_text(encoding="utf-8"))["part"]
    piece.inside = [Piece(name, "", expression, "", holder=who) for name, expression, who in inside]
    return piece


def _python() -> Piece:
    version = platform.python_version()
    piece = Piece("python", version, "PSF-2.0", f"pkg:generic/python@{version}")
    short = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(os.__file__).with_name("LICENSE.txt"),  # as it is installed from source, and on macOS
        Path(sys.base_prefix) / "LICENSE.txt",  # Windows
        Path("/usr/share/doc") / short / "copyright",  # Debian
        Path("/usr/share/licenses") / "python3-libs" / "LICENSE",  # Fedora
    )
    for place in places:
        if place.is_file():
            piece.texts.append((place.name, place.read_text(encoding="utf-8")))
            return piece
    raise licences.Unclear(f"where the text of Python's licence is: none of {places}")


def _dictionaries() -> Iterator[Piece]:
    folder = licences.ROOT / "resources" / "dictionaries"
    for path in sorted(folder.glob("*.LICENSE.txt")):
        language = path.name.partition(".")[0]
        piece = Piece(f"hunspell-{language}", "", "", f"pkg:generic/hunspell-{language}")
        piece.texts.append((path.name, path.read_text(encoding="utf-8")))
        yield piece


# What is in a bundle


def owners(bundle: Path, pieces: list[Piece]) -> tuple[list[Piece], list[str]]:
    """Find whose each shared library in a folder is.

    Returns the pieces that were not among `pieces`, which Debian's packages brought, and the
    libraries of which nobody knows whose they are, relative to the folder.
    """
    known = {name for piece in pieces for name in piece.files} | _of_python()
    debian: dict[str, Piece] = {}
    unknown = []
    for path in sorted(bundle.rglob("*")):
        is_library = path.suffix in _LIBRARIES or ".so." in path.name
        if not is_library or path.is_symlink() or path.name in known:
            continue
        package = _debian_package(path.name)
        if package is None:
            unknown.append(str(path.relative_to(bundle)))
        elif package not in debian:
            debian[package] = _of_debian(package)
    return list(debian.values()), unknown


def _of_python() -> set[str]:
    """Return the names of the libraries that Python came with."""
    base = Path(sys.base_prefix)
    folders = (base, base / "DLLs", Path(os.__file__).parent / "lib-dynload", base / "lib")
    return {
        path.name
        for folder in folders
        if folder != Path("/usr/lib")  # everybody's
        for path in folder.glob("*")
        if path.suffix in _LIBRARIES or ".so." in path.name
    }


def _debian_package(library: str) -> str | None:
    if shutil.which("dpkg-query") is None:
        return None
    found = subprocess.run(
        ["dpkg-query", "--search", f"*/{library}"], capture_output=True, text=True, check=False
    )
    names = [line.partition(":")[0] for line in found.stdout.splitlines()]
    return min(names, key=len) if names else None


def _of_debian(package: str) -> Piece:
    version = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", package],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    piece = Piece(package, version, "", f"pkg:deb/debian/{package}@{version}")
    text = Path("/usr/share/doc") / package / "copyright"
    piece.texts.append(("copyright", text.read_text(encoding="utf-8", errors="replace")))
    return piece

"""What a program for Linux is linked to, and whether its packages say so."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

_ELF = b"\x7fELF"

WITHOUT_SAYING = re.compile(r"(ld-linux.*|lib(c|m|dl|pthread|resolv|rt|util))\.so\.\d+")
"""Parts of the C library, which the packages depend on as a whole."""


def complaints(bundle: Path, description: Path) -> Iterator[str]:
    """Find what a package of the bundle ought to depend on and does not, or the other way round.

    `description` is nfpm's. Names of Debian packages are asked of the system that this runs on,
    if it is a Debian.
    """
    kinds = yaml.safe_load(description.read_text(encoding="utf-8"))["overrides"]
    sonames = needed(bundle)
    marked = {f"{name}()(64bit)" for name in sonames}
    named = {one for one in kinds["rpm"]["depends"] if "GLIBC" not in one}
    yield from _differences("the .rpm", marked, named)
    if Path("/etc/debian_version").exists():
        packages = {name: _package_of(name) for name in sonames}
        names = {package for package in packages.values() if package is not None}
        for name in sorted(name for name, package in packages.items() if package is None):
            yield f"no package of this system has {name}."
        choices = {one: set(re.findall(r"[^\s|]+", one)) for one in kinds["deb"]["depends"]}
        named = {name for names_of in choices.values() for name in names_of}
        for name in sorted(names - named):
            yield f"the .deb does not depend on {name}."
        for one, names_of in choices.items():
            if not names & names_of and "GLIBC" not in one:
                yield f"the .deb depends on {one} for nothing."


def _differences(what: str, wanted: set[str], named: set[str]) -> Iterator[str]:
    for name in sorted(wanted - named):
        yield f"{what} does not depend on {name}."
    for name in sorted(named - wanted):
        yield f"{what} depends on {name} for nothing."


def needed(bundle: Path) -> set[str]:
    """Return the names of the libraries that files of the bundle are linked to and it has not."""
    there = {path.name for path in bundle.rglob("*.so*")}
    found: set[str] = set()
    for path in files(bundle):
        said = _objdump("--private-headers", path)
        found |= set(re.findall(r"NEEDED +(\S+)", said))
    return {name for name in found - there if not WITHOUT_SAYING.fullmatch(name)}


def newest_glibc(bundle: Path) -> str:
    """Return the newest version of the C library that a file of the bundle asks for."""
    versions = [
        tuple(int(part) for part in version.split("."))
        for path in files(bundle)
        for version in re.findall(r"GLIBC_(\d[\d.]*)", _objdump("--private-headers", path))
    ]
    return ".".join(str(part) for part in max(versions))


def looks_beside_itself(path: Path) -> bool:
    """Whether a file has its libraries looked for in the bundle only, and where the system does."""
    places = re.findall(r"R(?:UN)?PATH +(\S+)", _objdump("--private-headers", path))
    return all(place.startswith("$ORIGIN") for line in places for place in line.split(":"))


def files(bundle: Path) -> Iterator[Path]:
    """Yield the programs and libraries of a folder."""
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _ELF:
                    yield path


def _objdump(*arguments: str | Path) -> str:
    return _said("objdump", *arguments)


def _package_of(soname: str) -> str | None:
    """Return the Debian package that has a library here; None if none has."""
    marks = "x86-64|AArch64"  # not those for older processors, which may be there too
    found = re.findall(rf"(?m)^\t{re.escape(soname)} \(.*(?:{marks}).* => (\S+)$", _said(*_CACHE))
    places = [Path(one).resolve() for one in found[:1]]
    # A system that was Debian 11 has /lib in /usr, and does not know it.
    for name in (*places, *(Path(str(place).removeprefix("/usr")) for place in places)):
        done = subprocess.run(["dpkg", "-S", name], check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    return None


_CACHE = ("/sbin/ldconfig", "-p")  # often not on an ordinary user's path


def _said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

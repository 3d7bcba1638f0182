"""What Inkstand is made of, and under which licence each part is; whether that is allowed.

    licences.py [--path FOLDER]...   say what is not allowed; exit code 1 if there is any

The packages are those that Inkstand's own metadata asks for, with all extras, on every system; what
they say of themselves is read where they are installed: in this environment, or in FOLDER.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path

from license_expression import ExpressionError, Licensing, get_spdx_licensing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = ROOT / "packaging" / "licences" / "allowed.toml"
ALL_EXTRAS = ("relay", "cluster", "updates")

_CLASSIFIERS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
}
"""The trove classifiers that mean one licence; that of BSD means several."""


_SYSTEMS: list[dict[str, str]] = [
    {
        "sys_platform": platform,
        "platform_system": system,
        "os_name": name,
        "platform_machine": machine,
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
    }
    for platform, system, name in (
        ("linux", "Linux", "posix"),
        ("darwin", "Darwin", "posix"),
        ("win32", "Windows", "nt"),
    )
    for machine in ("x86_64", "arm64")
    for python in ("3.11.0", "3.11.9", "3.12.0", "3.13.0", "3.14.0")
]
"""Where Inkstand runs, as requirements name it."""


class Unclear(Exception):
    """A licence that nobody has said in a way that a program understands."""


@dataclass(frozen=True, slots=True)
class Part:
    """A package that Inkstand asks for."""

    name: str
    """Canonical: lower case, with hyphens."""
    version: str
    installed: Distribution | None
    """None: only other systems install it."""
    needs: tuple[str, ...] = ()
    """Names of the packages that it asks for."""


@cache
def rules() -> dict[str, dict[str, list[str]]]:
    """Return what `allowed.toml` says."""
    return tomllib.loads(ALLOWED.read_text(encoding="utf-8"))


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


def locked() -> dict[str, str]:
    """Return the versions of requirements.lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", text))


def listed(lock: Path) -> list[str]:
    """Return the packages of a lock file that this system needs."""
    lines = re.findall(r"(?m)^[\w.-]+==[^\\\n]+", lock.read_text(encoding="utf-8"))
    wanted = map(Requirement, lines)
    return [
        canonicalize_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate()
    ]


def closure(
    extras: Iterable[str],
    path: Sequence[str] | None = None,
    *,
    here_only: bool = False,
    roots: Iterable[str] = ("inkstand",),
) -> dict[str, Part]:
    """Return what the roots with these extras need, by name; the roots too.

    `path`: where packages are installed; None: in this environment. `here_only`: without what only
    other systems need. Raises `PackageNotFoundError` for what should be installed and is not.
    """
    found: dict[str, Distribution] = {}
    for one in distributions(path=list(path)) if path else distributions():
        found.setdefault(canonicalize_name(one.name), one)
    versions = locked()
    parts: dict[str, Part] = {}
    done: set[tuple[str, str]] = set()
    waiting: list[tuple[str, str]] = [(root, extra) for root in roots for extra in ("", *extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in done:
            continue
        done.add((name, extra))
        package = found.get(name)
        if package is None:
            if here_only or name not in versions:
                raise PackageNotFoundError(name)
            parts[name] = Part(name, versions[name], None)
            continue
        needs = set(parts[name].needs) if name in parts else set()
        for wanted in map(Requirement, package.requires or []):
            other = canonicalize_name(wanted.name)
            if not _concerns(wanted, extra, here_only=here_only):
                continue
            needs.add(other)
            waiting += [(other, more) for more in ("", *wanted.extras)]
        parts[name] = Part(name, package.version, package, tuple(sorted(needs - {name})))
    return dict(sorted(parts.items()))


def _concerns(wanted: Requirement, extra: str, *, here_only: bool) -> bool:
    """Whether a requirement is one with `extra`: on this system, or if not `here_only` on any."""
    if wanted.marker is None:
        return extra == ""
    systems = [{}] if here_only else _SYSTEMS
    return any(wanted.marker.evaluate({**system, "extra": extra}) for system in systems)


def licence(part: Part) -> str:
    """Return a part's licence as an SPDX expression. Raises `Unclear`."""
    if part.installed is None:
        version, expression = rules()["elsewhere"].get(part.name, ("", ""))
        if version != part.version:
            raise Unclear(f"{part.name} {part.version} is not installed on this system")
        return expression
    metadata = part.installed.metadata
    classifiers = [one for one in metadata.get_all("Classifier") or [] if one[:9] == "License :"]
    said = metadata.get("License-Expression") or metadata.get("License") or ""
    stated, expression = rules()["stated"].get(part.name, ("", ""))
    if expression and stated in (said, *classifiers):
        return expression
    if said and _is_spdx(said):
        return said
    [one] = {_CLASSIFIERS.get(each, "") for each in classifiers} if len(classifiers) == 1 else {""}
    if one and not said:
        return one
    raise Unclear(f"{part.name} {part.version} says {said[:80]!r} {classifiers}")


def _is_spdx(text: str) -> bool:
    try:
        _spdx().parse(text, validate=True, strict=True)
    except ExpressionError:
        return False
    return True


def is_allowed(expression: str) -> bool:
    """Whether one may choose among the licences of an SPDX expression so that all are allowed.

    Raises `license_expression.ExpressionError` if it is no expression.
    """
    return _holds(_spdx().parse(expression, validate=True))


def _holds(parsed: object) -> bool:
    if isinstance(parsed, _spdx().OR):
        return any(map(_holds, parsed.args))
    if isinstance(parsed, _spdx().AND):
        return all(map(_holds, parsed.args))
    return str(parsed) in rules()["allowed"]


def complaints(parts: Iterable[Part]) -> list[str]:
    """Return a sentence for each part whose licence is not allowed, or not clear."""
    found = []
    for part in parts:
        if part.name == "inkstand":
            continue
        try:
            expression = licence(part)
        except Unclear as error:
            found.append(f"The licence of a package is not clear: {error}.")
            continue
        if not is_allowed(expression):
            found.append(f"{part.name} {part.version} is under {expression}, which is not allowed.")
    return found


def main() -> int:
    """Check all that Inkstand can be installed with."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--path", action="append", help="where packages are installed")
    found = complaints(closure(ALL_EXTRAS, parser.parse_args().path).values())
    for sentence in found:
        print(sentence, file=sys.stderr)
    if found:
        print(f"{ALLOWED.relative_to(ROOT)} says what is allowed, and why.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

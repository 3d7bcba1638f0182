"""What the repository as a whole promises: its shape, and a lock file that fits pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent

REQUIRED = {
    "app",
    "sync",
    "tests",
    "packaging",
    "docs",
    ".ci",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "requirements.lock",
}
ALLOWED = REQUIRED | {"resources", ".git", ".github", ".gitignore", ".gitattributes"}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted() -> list[Requirement]:
    """Every direct dependency that pyproject.toml names, in all extras and groups."""
    table = project()
    lines = [
        *table["project"]["dependencies"],
        *(line for extra in table["project"]["optional-dependencies"].values() for line in extra),
        *(line for group in table["dependency-groups"].values() for line in group),
    ]
    requirements = [Requirement(line) for line in lines]
    return [one for one in requirements if one.name != table["project"]["name"]]


def locked() -> dict[str, Version]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {name: Version(version) for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", text)}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_top_level_holds_what_the_design_says() -> None:
    ignored = [
        line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line.strip()
    ]
    present = {
        path.name
        for path in ROOT.iterdir()
        if not any(fnmatch(path.name, pattern) for pattern in ignored)
    }
    assert present - ALLOWED == set()
    assert REQUIRED - present == set()


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_the_lock_satisfies_the_project(requirement: Requirement) -> None:
    version = locked().get(canonical(requirement.name))
    assert version is not None, f"{requirement.name} is not in requirements.lock: run `make lock`"
    assert requirement.specifier.contains(version), "run `make lock`"


def test_every_locked_package_is_pinned_with_its_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=[^\s#])", text)[1:]
    assert len(blocks) == len(locked())
    for block in blocks:
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize(
    "name", ["requirements.lock", "packaging/relay/requirements.lock", "packaging/setup/uv.txt"]
)
def test_a_lock_names_no_address(name: str) -> None:
    """So that it serves behind a mirror too (docs/decisions/0001-lock-file.md)."""
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_the_lock_was_made_by_the_command_of_the_makefile() -> None:
    header = re.search(r"(?m)^#\s+(uv pip compile .*)$", (ROOT / "requirements.lock").read_text())
    assert header is not None
    makefile = re.sub(r"\s*\\\n\s*", " ", (ROOT / "Makefile").read_text())
    assert header[1] in makefile


def test_one_name_and_one_version_in_one_place() -> None:
    table = project()
    assert table["project"]["name"] == "inkstand"
    assert table["project"]["dynamic"] == ["version"]
    assert table["project"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text()

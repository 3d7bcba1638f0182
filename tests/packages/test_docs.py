"""docs/packaging.md says what is so."""

from __future__ import annotations

import re

from packaging.requirements import Requirement

from tests.test_project import ROOT, project

DOCS = (ROOT / "docs" / "packaging.md").read_text(encoding="utf-8")


def test_the_table_names_every_dependency_with_its_minimal_version() -> None:
    table = project()["project"]
    extras = table["optional-dependencies"].items()
    wanted = {Requirement(line).name: ("", Requirement(line)) for line in table["dependencies"]}
    for extra, lines in extras:
        wanted |= {Requirement(line).name: (extra, Requirement(line)) for line in lines}
    del wanted["inkstand"]
    rows = re.findall(r"(?m)^\| ([\w-]+) \| (=*)([\d.]+) \| ([^|]*) \|", DOCS)
    named = {name: (pinned, version, purpose) for name, pinned, version, purpose in rows}
    assert table["requires-python"] == f">={named.pop('Python')[1]}"
    assert named.keys() == wanted.keys()
    for name, (extra, requirement) in wanted.items():
        pinned, version, purpose = named[name]
        [least] = [one for one in requirement.specifier if one.operator in (">=", "==")]
        assert (pinned or ">=", version) == (least.operator, least.version), name
        assert not extra or purpose.startswith(f"{extra}: "), name


def test_files_and_folders_that_it_names_are_there() -> None:
    """But those that somebody is told to make."""
    for name in set(
        re.findall(r"`((?:packaging|app|sync|resources|\.github|tests)/[\w./-]*)`", DOCS)
    ):
        assert (ROOT / name).exists() or name == "app/_resources", name


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+\.md)", DOCS):
        assert (ROOT / "docs" / target).is_file(), target
    headings = {
        re.sub(r"[^\w -]", "", line).lower().replace(" ", "-")
        for line in re.findall(r"(?m)^##+ (.+)$", DOCS)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", DOCS)) <= headings

"""What the relay's packages and its container are made of; packaging/check proves the whole."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sync import __version__
from sync.relay.__main__ import build_parser
from tests.test_deployment import PACKAGE, RELAY
from tests.test_project import ROOT

BUILD = ROOT / "packaging" / "build"
BIN = Path(sys.executable).parent
COMPOSE = (RELAY / "compose.yaml", RELAY / "cluster" / "compose.yaml")


def nfpm() -> Any:
    return yaml.safe_load((RELAY / "nfpm.yaml").read_text(encoding="utf-8"))


def commands(parser: argparse.ArgumentParser, words: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield each verb, as `user add`, with all its options."""
    verbs = [action for action in parser._actions if isinstance(action.choices, dict)]
    if not verbs:
        yield words, {option for action in parser._actions for option in action.option_strings}
    for action in verbs:
        assert isinstance(action.choices, dict)
        for name, verb in action.choices.items():
            yield from commands(verb, f"{words} {name}".strip())


class TestPackage:
    def test_what_it_takes_is_there_or_made(self) -> None:
        made = {"inkstand-relay/", "inkstand-relay.1.gz", "changelog.gz"}
        made |= {"completion.bash", "completion.zsh"}
        made |= {"notices/THIRD-PARTY-NOTICES.txt.gz", "notices/inkstand.cdx.json.gz"}
        description = nfpm()
        sources = [one["src"] for one in description["contents"] if one.get("type") != "symlink"]
        for packager in description["overrides"].values():
            sources += packager["scripts"].values()
        for source in sources:
            if source.startswith("build/relay/"):
                assert source.removeprefix("build/relay/") in made
            else:
                assert (ROOT / source).is_file(), source
        used = {Path(source).name for source in sources}
        assert {path.name for path in PACKAGE.iterdir()} - used == {
            "inkstand-relay.spec",
            "start.py",
        }

    def test_the_units_start_what_it_installs(self) -> None:
        installed = {one["dst"] for one in nfpm()["contents"]}
        units = [path for path in RELAY.rglob("*") if path.suffix in (".service", ".timer")]
        for path in units:
            assert f"/usr/lib/systemd/system/{path.name}" in installed
            for command in re.findall(r"(?m)^ExecStart=(\S+)", path.read_text(encoding="utf-8")):
                assert command in installed
            for file in re.findall(r"(?m)^EnvironmentFile=-?(\S+)", path.read_text()):
                # Those of nodes are the administrator's.
                assert file in installed or path.name == "inkstand-relay@.service"

    def test_its_version_is_the_programs(self) -> None:
        assert nfpm()["version"] == "${VERSION}"
        line = next(
            line
            for line in (BUILD / "build-relay.sh").read_text().splitlines()
            if "VERSION=" in line
        )
        version = subprocess.run(
            ["bash", "-c", f"{line}; echo $VERSION"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert version.stdout.strip() == __version__

    def test_the_settings_file_names_settings_that_there_are(self) -> None:
        text = (PACKAGE / "relay.env").read_text(encoding="utf-8")
        unit = (RELAY / "inkstand-relay.service").read_text(encoding="utf-8")
        for name, value in re.findall(r"(?m)^#([A-Z_]+)=(.*)$", text):
            if name == "OPTIONS":
                words = ["serve", "--data-dir", "/x", *shlex.split(value)]
                assert build_parser().parse_args(words)
            else:
                assert f"{name}=" in unit or name == "INKSTAND_RELAY_STORE"
        assert not re.findall(r"(?m)^[^#\n]", text), "the package must set nothing by itself"

    def test_the_program_runs_the_processes_beside_it(self) -> None:
        """As an installed program does, which has no Python to run them with."""
        for module, code in (
            ("sync.relay.decoded", 0),
            ("sync.relay.storage.sql.folding", 0),
            ("os", 2),
        ):
            result = subprocess.run(
                [sys.executable, PACKAGE / "start.py", "--beside", module, "60"],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            assert (result.returncode, result.stdout, result.stderr) == (code, b"", b"")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manuals")
    environment = {**os.environ, "BIN": str(BIN)}
    subprocess.run([BUILD / "relay-manuals.sh", folder], check=True, env=environment)
    return folder


class TestManuals:
    def test_the_page_has_every_verb_and_option(self, made: Path) -> None:
        page = (made / "inkstand-relay.1").read_text(encoding="utf-8").replace("\\-", "-")
        sections = re.split(r"(?m)^\.SH ", page)
        for words, options in commands(build_parser()):
            section = "".join(one for one in sections if f"'inkstand-relay {words}'" in one)
            assert section, words
            for option in options - {"--help"}:  # which is the page itself
                assert re.search(rf"{option}(?![\w-])", section), (words, option)

    @pytest.mark.parametrize("shell", ["bash", "zsh"])
    def test_the_completions_have_them_too(self, made: Path, shell: str) -> None:
        text = (made / f"completion.{shell}").read_text(encoding="utf-8")
        for words, options in commands(build_parser()):
            for word in (*words.split(), *options):
                assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), word

    def test_bash_completes_a_verb(self, made: Path) -> None:
        """Asked as readline asks it."""
        ask = """
            source "$1"; COMP_WORDS=(inkstand-relay user sign); COMP_CWORD=2
            $(complete -p inkstand-relay | sed 's/.*-F \\([^ ]*\\).*/\\1/') inkstand-relay sign user
            printf '%s\\n' "${COMPREPLY[@]}"
        """
        result = subprocess.run(
            ["bash", "-c", ask, "bash", made / "completion.bash"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert result.stdout.split() == ["sign-out"]


class TestContainer:
    def test_the_linter_has_nothing_to_say(self) -> None:
        subprocess.run([BIN / "hadolint", RELAY / "Dockerfile"], check=True)

    def test_compose_files_are_such(self) -> None:
        subprocess.run(
            [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", *COMPOSE],
            check=True,
        )

    def test_it_is_made_of_what_is_there_and_let_in(self) -> None:
        text = (RELAY / "Dockerfile").read_text(encoding="utf-8")
        let_in = (RELAY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split("\n")
        for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", text):
            for source in line.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in let_in
        command = re.findall(r"(?m)^CMD \[(.+)\]$", text)[0].replace('"', "").split(", ")
        assert build_parser().parse_args(command).listen == "0.0.0.0:8100"
        assert "--require-hashes" in text

    @pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.parent.name)
    def test_a_relay_in_it_may_do_little(self, path: Path) -> None:
        services = yaml.safe_load(path.read_text(encoding="utf-8"))["services"]
        relays = [one for one in services.values() if "build" in one]
        assert relays
        for one in relays:
            assert (path.parent / one["build"]["context"]).resolve() == ROOT
            assert (ROOT / one["build"]["dockerfile"]).is_file()
            assert one["read_only"] is True
            assert one["cap_drop"] == ["ALL"]
            assert one["security_opt"] == ["no-new-privileges:true"]
            assert "ports" not in one
            assert build_parser().parse_args(one["command"]).trusted_proxy

"""What packaging/relay/cluster holds, as far as it can be checked without Docker and systemd.

nginx runs with its file in tests/sync/relay/test_cluster.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from sync.relay.__main__ import build_parser
from sync.relay.bus.opening import BUS_VARIABLE
from sync.relay.commands.common import STORE_VARIABLE
from tests.test_deployment import RELAY, analyze, blocks, command_line, value_of
from tests.test_project import ROOT, project

CLUSTER = RELAY / "cluster"
UNIT = CLUSTER / "inkstand-relay@.service"
DOCS = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")


def serve_arguments(words: list[str]) -> Any:
    """Return what `inkstand-relay` makes of a command line; it ends the test if it is wrong."""
    return build_parser().parse_args(words)


def test_the_page_names_every_file() -> None:
    # What the lock file is made of, and what `make lock` is told, are no reader's business.
    for path in CLUSTER.iterdir():
        assert f"`{path.name}`" in DOCS or path.suffix == ".in", path.name


class TestRequirements:
    def test_the_lock_is_a_part_of_the_whole_one(self) -> None:
        whole, part = (blocks(one / "requirements.lock") for one in (ROOT, CLUSTER))
        assert {name: whole[name] for name in part} == part
        assert blocks(RELAY / "requirements.lock").items() <= part.items()

    def test_it_names_all_that_the_extra_does(self) -> None:
        lines = (CLUSTER / "requirements.in").read_text(encoding="utf-8").splitlines()
        assert "-r ../requirements.in" in lines
        names = {Requirement(line).name for line in lines if line and line[0] not in "#-"}
        extra = project()["project"]["optional-dependencies"]["cluster"]
        assert names == {Requirement(line).name for line in extra} - {"inkstand"}


class TestCompose:
    @pytest.fixture
    def compose(self) -> dict[str, Any]:
        text = (CLUSTER / "compose.yaml").read_text(encoding="utf-8")
        loaded: dict[str, Any] = yaml.safe_load(text)
        return loaded

    def test_it_has_two_nodes_and_what_they_need(self, compose: dict[str, Any]) -> None:
        services = compose["services"]
        assert services.keys() == {"one", "two", "postgres", "redis", "nginx"}
        for name in ("one", "two"):
            node = services[name]
            arguments = serve_arguments(node["command"])
            assert arguments.node == name
            assert arguments.trusted_proxy == [
                network["subnet"] for network in compose["networks"]["inside"]["ipam"]["config"]
            ]
            assert node["environment"].keys() == {STORE_VARIABLE, BUS_VARIABLE}
            assert node["environment"][STORE_VARIABLE].endswith("@postgres/inkstand")
            assert node["environment"][BUS_VARIABLE].endswith("@redis:6379/0")
            assert node["depends_on"].keys() <= services.keys()
        for service in services.values():
            for volume in service.get("volumes", []):
                source = volume.partition(":")[0]
                assert source[0] in "./" or source in compose["volumes"]

    def test_only_nginx_can_be_reached_and_no_password_is_in_it(
        self, compose: dict[str, Any]
    ) -> None:
        services = compose["services"]
        assert [name for name, one in services.items() if "ports" in one] == ["nginx"]
        text = (CLUSTER / "compose.yaml").read_text(encoding="utf-8")
        for value in re.findall(r"(?:PASSWORD: |://\w*:)(\S+?)(?:@|$)", text, re.MULTILINE):
            assert value.startswith("${"), value


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")
class TestUnit:
    @pytest.fixture
    def unit(self, tmp_path: Path) -> Path:
        text = UNIT.read_text(encoding="utf-8")
        here = str(Path(sys.executable).parent)
        assert text.count("ExecStart=/usr/bin/inkstand-relay") == 1
        (tmp_path / UNIT.name).write_text(text.replace("/usr/bin", here))
        return tmp_path / "inkstand-relay@one.service"

    def test_systemd_understands_it(self, unit: Path) -> None:
        result = analyze("verify", str(unit))
        assert (result.returncode, result.stderr) == (0, "")

    def test_it_gives_a_node_no_more_than_the_unit_of_one_relay_does(self) -> None:
        def rights(path: Path) -> str:
            return path.read_text(encoding="utf-8").partition("\nUMask=")[2]

        assert rights(UNIT) == rights(RELAY / "inkstand-relay.service")

    def test_what_it_starts_is_a_command(self) -> None:
        variables = dict(re.findall(r"(\w+)=(\S*)", value_of(UNIT, "Environment")))
        variables["STATE_DIRECTORY"] = "/var/lib/inkstand-relay/one"
        text = value_of(UNIT, "ExecStart").replace("%i", "one")
        command = command_line(text, variables)
        arguments = serve_arguments(command[1:])
        assert (arguments.node, str(arguments.data_dir)) == ("one", variables["STATE_DIRECTORY"])
        # What the comment shows of the two files is what the program reads.
        comment = UNIT.read_text(encoding="utf-8")
        for name in (STORE_VARIABLE, BUS_VARIABLE):
            assert f"#     {name}=" in comment
        reload = value_of(UNIT, "ExecReload")
        assert subprocess.run(["bash", "-nc", reload], check=False).returncode == 0

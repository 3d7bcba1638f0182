"""Settings are documented, and read from options and the environment."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path

import pytest

from sync.errors import AdministrationError
from sync.relay.settings import Settings, add_options, from_options

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "relay.md"


def read(*arguments: str, **environment: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_options(parser, environment)
    return from_options(parser.parse_args(arguments))


def test_the_documentation_has_each_with_unit_and_default() -> None:
    rows = re.findall(r"\| `--(\S+)` \| (\S+) \| (.+?) \| (.+?) \|\n", DOCUMENTATION.read_text())
    assert rows == [
        (
            entry.name.replace("_", "-"),
            f"{entry.default:,}",
            entry.metadata["unit"],
            entry.metadata["text"],
        )
        for entry in fields(Settings)
    ]


def test_an_option_is_stronger_than_the_environment() -> None:
    assert read() == Settings()
    assert read(INKSTAND_RELAY_FRAME_BYTES="4096").frame_bytes == 4096
    assert read("--frame-bytes", "2048", INKSTAND_RELAY_FRAME_BYTES="4096").frame_bytes == 2048
    assert read("--drain-seconds", "0.5").drain_seconds == 0.5


@pytest.mark.parametrize("value", ["", "x", "-1", "nan", "inf", "1e400", "0"])
def test_what_is_no_setting(value: str) -> None:
    with pytest.raises(AdministrationError, match="--stranger-seconds"):
        read("--stranger-seconds", value)
    with pytest.raises(AdministrationError, match=r"--connections (takes|must)"):
        read("--connections", value)

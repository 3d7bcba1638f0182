"""`inkstand`: the window, or a headless verb."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from app import cli
from sync.client.invite_link import is_invite

_RELAY = "sync.relay"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with the arguments `argv` (default: the command line's); the exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if getattr(sys, "frozen", False) and argv[:1] == ["-m"]:
        return _run_module(argv[1:])
    parser = cli.build_parser()
    if argv and is_invite(argv[-1]):
        arguments, rest = parser.parse_known_args(argv[:-1])
        if arguments.verb is None:
            return _open_window(arguments.data_dir, rest, argv[-1])
    arguments, rest = parser.parse_known_args(argv)
    if arguments.verb is None:
        return _open_window(arguments.data_dir, rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return cli.run(parser, arguments)


def _open_window(data_dir: Path, rest: list[str], link: str = "") -> int:
    from app.gui import run  # Qt only where there is a window

    return run(data_dir, rest, link)


def _run_module(argv: list[str]) -> int:
    """Be a process of the relay: a frozen program is its own Python."""
    if not argv or not (argv[0] + ".").startswith(_RELAY + "."):
        return 2
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`inkstand`: the window, or a headless verb."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sync import beside
from sync.client.invite_link import is_invite


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with the arguments `argv` (default: the command line's); the exit code."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given[:1] == [beside.VERB]:
        return beside.run(given[1:])
    from app import cli

    parser = cli.build_parser()
    wanted = _wanted(given[-1]) if given else ""
    if wanted and parser.get_default("verbs").isdisjoint(given[:-1]):
        arguments, rest = parser.parse_known_args(given[:-1])
        return _open_window(arguments.data_dir, rest, wanted)
    arguments, rest = parser.parse_known_args(given)
    if arguments.verb is None:
        return _open_window(arguments.data_dir, rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return cli.run(parser, arguments)


def _wanted(argument: str) -> str:
    """Return what a desktop asks to be opened: an invite link, or a file's address; else ""."""
    from sync.document.transfer import READ_SUFFIXES

    if is_invite(argument) or argument.startswith("file:"):
        return argument
    path = Path(argument)
    return path.absolute().as_uri() if path.suffix.lower() in READ_SUFFIXES else ""


def _open_window(data_dir: Path, rest: list[str], link: str = "") -> int:
    from app.gui import run  # Qt only where there is a window

    return run(data_dir, rest, link)


if __name__ == "__main__":
    sys.exit(main())

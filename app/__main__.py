"""`inkstand`: the window, or a headless verb."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sync import beside


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with the arguments `argv` (default: the command line's); the exit code."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given[:1] == [beside.VERB]:
        return beside.run(given[1:])
    from app import cli

    parser = cli.build_parser()
    arguments, rest = parser.parse_known_args(given)
    if arguments.verb is None:
        from app.gui import run  # Qt only where there is a window

        return run(arguments.data_dir, rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return cli.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())

"""`inkstand-relay`: serve, and administer accounts and documents while it serves or not."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from sync import __version__
from sync.errors import InkstandError
from sync.relay.commands import audit, document, drain, key, maintenance, serve, user
from sync.relay.commands.common import STORE_VARIABLE

_EXAMPLES = """\
examples:
  inkstand-relay serve --data-dir /var/lib/inkstand --listen 127.0.0.1:8100
  inkstand-relay user add ada --password-stdin --data-dir DIR < password.txt
  inkstand-relay document create --owner ada --title "Chapter one" --data-dir DIR
  inkstand-relay document share ID --user ben --role editor --data-dir DIR
  inkstand-relay backup /srv/backup/inkstand --data-dir DIR
  inkstand-relay restore /srv/backup/inkstand --replace --data-dir DIR
  inkstand-relay audit --since 7d --data-dir DIR
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = build_parser().parse_args(argv)
    run: Callable[[argparse.Namespace], None] = arguments.run
    try:
        run(arguments)
    except InkstandError as error:
        print(f"inkstand-relay: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="inkstand-relay",
        description="Keep a team's documents in step: durable before it acknowledges.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"inkstand-relay {__version__}")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--data-dir", type=Path, required=True, metavar="DIR")
    where.add_argument(
        "--store",
        default=os.environ.get(STORE_VARIABLE) or None,
        metavar="URL",
        help="keep all in PostgreSQL, for several relays; a password is better kept out of it: in "
        f"~/.pgpass, or the whole URL in {STORE_VARIABLE}",
    )
    verbs = parser.add_subparsers(required=True, metavar="verb")

    for family in (serve, user, document, maintenance, key, audit):
        family.add_to(verbs, where)
    drain.add_to(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())

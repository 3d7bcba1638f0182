"""`inkstand-relay check`, `backup` and `restore`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import AdministrationError
from sync.relay.commands.common import place_of, refuse_store
from sync.relay.storage.sqlite.backup import back_up
from sync.relay.storage.sqlite.restore import restore

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs


_INSTEAD = (
    "PostgreSQL is backed up with pg_dump or pg_basebackup, and restored with its own programs: "
    "see docs/relay.md."
)


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    verb = verbs.add_parser("check", parents=[where], help="read everything, say what is amiss")
    verb.set_defaults(run=_check)
    verb = verbs.add_parser(
        "backup",
        parents=[where],
        help="copy everything while it serves; a backup is as secret as the relay itself",
    )
    verb.add_argument("folder", type=Path, metavar="DIR", help="gets a folder named by the time")
    verb.set_defaults(run=_backup)
    verb = verbs.add_parser("restore", parents=[where], help="go back to a backup")
    verb.add_argument("folder", type=Path, metavar="DIR", help="one backup, or those of `backup`")
    verb.add_argument(
        "--replace",
        action="store_true",
        help="move what the data directory holds aside, into a folder in it",
    )
    verb.set_defaults(run=_restore)


def _check(arguments: argparse.Namespace) -> None:
    found = 0
    for problem in place_of(arguments).check(_show_progress):
        _clear_progress()
        print(problem)  # noqa: T201
        found += 1
    _clear_progress()
    if found:
        raise AdministrationError(
            "1 problem was found." if found == 1 else f"{found} problems were found."
        )
    print("Everything can be read.")  # noqa: T201


def _backup(arguments: argparse.Namespace) -> None:
    refuse_store(arguments, _INSTEAD)
    made, amiss = back_up(arguments.data_dir, arguments.folder)
    print(made)  # noqa: T201
    if amiss:
        raise AdministrationError(
            f"The backup is made, but {len(amiss)} attachments are missing or damaged here and so "
            "are not in it. Run `inkstand-relay check`, which names them."
        )


def _restore(arguments: argparse.Namespace) -> None:
    refuse_store(arguments, _INSTEAD)
    restored = restore(arguments.folder, arguments.data_dir, replace=arguments.replace)
    print(  # noqa: T201
        f"Restored {restored.backup}. Who may do what, and who is signed in, is as it was then. "
        "Start the relay: devices send what they have and it has not."
    )
    if restored.aside is not None:
        print(f"What was here before is in {restored.aside}.")  # noqa: T201


def _show_progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{what}: {done:,} of {total:,}", end="", file=sys.stderr)  # noqa: T201


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)  # noqa: T201

"""`inkstand-relay audit`: who signed in, shared, revoked."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from sync.relay.audit import as_json, as_table, parse_age
from sync.relay.commands.common import find_user, opened

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verb."""
    verb = verbs.add_parser("audit", parents=[where], help="print who did what, newest last")
    verb.add_argument("--since", default="7d", metavar="AGE", help="30m, 12h or 7d (7d)")
    verb.add_argument("--user", metavar="NAME", help="by that person, or done to them")
    verb.add_argument("--document", metavar="ID")
    verb.add_argument("--json", action="store_true", help="one JSON object a line")
    verb.set_defaults(run=_audit)


def _audit(arguments: argparse.Namespace) -> None:
    since = time.time() - parse_age(arguments.since)
    with opened(arguments) as storage:
        user = find_user(storage, arguments.user).id if arguments.user else None
        entries = storage.accounts.audit(since, user, arguments.document)
    for line in as_json(entries) if arguments.json else as_table(entries):
        print(line)  # noqa: T201

"""`inkstand-relay key`: what access tokens are signed with."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sync.relay.auth import ACCESS_SECONDS
from sync.relay.commands.common import opened

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    keys = verbs.add_parser("key", help="change the key that access tokens are signed with")
    key_verbs = keys.add_subparsers(required=True, metavar="verb")
    verb = key_verbs.add_parser(
        "rotate", parents=[where], help="sign with a new key; older tokens run out in 15 minutes"
    )
    verb.add_argument(
        "--revoke",
        action="store_true",
        help="take no token of an older key any more: that key may be in other hands",
    )
    verb.set_defaults(run=_rotate)


def _rotate(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        key = storage.accounts.rotate_signing_key(0 if arguments.revoke else ACCESS_SECONDS)
    print(key.kid)  # noqa: T201

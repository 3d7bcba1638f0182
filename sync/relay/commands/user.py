"""`inkstand-relay user` and `token`: people and what they show."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sync.errors import AdministrationError
from sync.relay.auth import Auth
from sync.relay.commands.common import find_user, opened

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs

LONGEST_PASSWORD = 1000
"""Characters."""


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    users = verbs.add_parser("user", help="add, deactivate or activate a user")
    user_verbs = users.add_subparsers(required=True, metavar="verb")
    verb = user_verbs.add_parser("add", parents=[where], help="add a user")
    verb.add_argument("name")
    verb.add_argument("--password-stdin", action="store_true", required=True)
    verb.set_defaults(run=_add)
    for name, active in (("deactivate", False), ("activate", True)):
        verb = user_verbs.add_parser(name, parents=[where], help=f"{name} a user, at once")
        verb.add_argument("name")
        verb.set_defaults(run=_set_active, active=active)

    verb = verbs.add_parser("token", parents=[where], help="print an access token, for programs")
    verb.add_argument("name")
    verb.add_argument("--seconds", type=float, default=15 * 60, help="how long it is good")
    verb.set_defaults(run=_token)


def _add(arguments: argparse.Namespace) -> None:
    password = sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    if not password or len(password) > LONGEST_PASSWORD:
        raise AdministrationError(
            f"Give a password of 1 to {LONGEST_PASSWORD} characters on standard input."
        )
    if not arguments.name.strip() or len(arguments.name) > 200:
        raise AdministrationError("A name has 1 to 200 characters.")
    with opened(arguments) as storage:
        auth = Auth(storage.accounts)
        storage.accounts.add_user(arguments.name, auth.hash_password(password))


def _set_active(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        storage.accounts.set_active(find_user(storage, arguments.name).id, arguments.active)


def _token(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        user = find_user(storage, arguments.name)
        print(Auth(storage.accounts).access_token(user.id, arguments.seconds))  # noqa: T201

"""`inkstand-relay user` and `token`: people and what they show."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from getpass import getpass
from typing import TYPE_CHECKING

from sync.relay import policy
from sync.relay.audit import columns
from sync.relay.auth import Auth
from sync.relay.commands.common import find_user, opened

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs

_YEAR = 366 * 24 * 3600


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    users = verbs.add_parser("user", help="add, list, deactivate or sign out users")
    user_verbs = users.add_subparsers(required=True, metavar="verb")
    for name, run, text in (
        ("add", _add, "add a user"),
        ("password", _set_password, "change a password, and sign that user out everywhere"),
    ):
        verb = user_verbs.add_parser(name, parents=[where], help=text)
        verb.add_argument("name")
        verb.add_argument("--password-stdin", action="store_true", required=True)
        verb.set_defaults(run=run)
    for name, active in (("deactivate", False), ("activate", True)):
        verb = user_verbs.add_parser(name, parents=[where], help=f"{name} a user, at once")
        verb.add_argument("name")
        verb.set_defaults(run=_set_active, active=active)
    verb = user_verbs.add_parser("sign-out", parents=[where], help="end all sign-ins of a user")
    verb.add_argument("name")
    verb.set_defaults(run=_sign_out)
    verb = user_verbs.add_parser("list", parents=[where], help="print who has an account")
    verb.set_defaults(run=_list)

    verb = verbs.add_parser("token", parents=[where], help="print an access token, for programs")
    verb.add_argument("name")
    verb.add_argument(
        "--seconds", type=_seconds, default=15 * 60, metavar="N", help="how long it is good (900)"
    )
    verb.set_defaults(run=_token)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not seconds <= _YEAR:  # a NaN is no time either
        raise ValueError(text)
    return seconds


def _read_password() -> str:
    if sys.stdin.isatty():  # nobody shall read it over somebody's shoulder
        return policy.check_password(getpass("Password: "))
    line = sys.stdin.readline(policy.LONGEST_PASSWORD + 2)
    return policy.check_password(line.rstrip("\r\n"))


def _add(arguments: argparse.Namespace) -> None:
    password, name = _read_password(), policy.check_name(arguments.name)
    with opened(arguments) as storage:
        storage.accounts.add_user(name, Auth(storage.accounts).hash_password(password))


def _set_password(arguments: argparse.Namespace) -> None:
    password = _read_password()
    with opened(arguments) as storage:
        user = find_user(storage, arguments.name)
        storage.accounts.set_password(user.id, Auth(storage.accounts).hash_password(password))


def _sign_out(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        storage.accounts.end_sign_ins(find_user(storage, arguments.name).id)


def _list(arguments: argparse.Namespace) -> None:
    rows = [("name", "id", "state", "since")]
    with opened(arguments) as storage:
        rows += (
            (
                user.name,
                user.id,
                "active" if user.active else "deactivated",
                datetime.fromtimestamp(user.created, UTC).strftime("%Y-%m-%d"),
            )
            for user in storage.accounts.users()
        )
    for line in columns(rows):
        print(line)  # noqa: T201


def _set_active(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        storage.accounts.set_active(find_user(storage, arguments.name).id, arguments.active)


def _token(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        user = find_user(storage, arguments.name)
        print(Auth(storage.accounts).access_token(user.id, arguments.seconds))  # noqa: T201

"""`inkstand-relay`: serve, and administer accounts and documents while it serves or not."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from sync import __version__
from sync.errors import AdministrationError, InkstandError
from sync.hosts import is_loopback
from sync.relay.auth import Auth
from sync.relay.storage.base import User
from sync.relay.storage.sqlite import SqliteStorage
from sync.types import DocumentId, Role, new_document_id

_EXAMPLES = """\
examples:
  inkstand-relay serve --data-dir /var/lib/inkstand --listen 127.0.0.1:8100
  inkstand-relay user add ada --password-stdin --data-dir DIR < password.txt
  inkstand-relay document create --owner ada --title "Chapter one" --data-dir DIR
  inkstand-relay document share ID --user ben --role editor --data-dir DIR
"""

LONGEST_PASSWORD = 1000
"""Characters."""


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
    verbs = parser.add_subparsers(required=True, metavar="verb")

    verb = verbs.add_parser("serve", parents=[where], help="serve until SIGTERM")
    verb.add_argument("--listen", default="127.0.0.1:8100", metavar="HOST:PORT")
    verb.add_argument(
        "--insecure",
        action="store_true",
        help="listen beyond this machine without TLS: everybody on the way can read along",
    )
    verb.set_defaults(run=_serve)

    users = verbs.add_parser("user", help="add, deactivate or activate a user")
    user_verbs = users.add_subparsers(required=True, metavar="verb")
    verb = user_verbs.add_parser("add", parents=[where], help="add a user")
    verb.add_argument("name")
    verb.add_argument("--password-stdin", action="store_true", required=True)
    verb.set_defaults(run=_add_user)
    for name, active in (("deactivate", False), ("activate", True)):
        verb = user_verbs.add_parser(name, parents=[where], help=f"{name} a user, at once")
        verb.add_argument("name")
        verb.set_defaults(run=_set_active, active=active)

    documents = verbs.add_parser("document", help="create or share a document")
    document_verbs = documents.add_subparsers(required=True, metavar="verb")
    verb = document_verbs.add_parser("create", parents=[where], help="create one, print its id")
    verb.add_argument("--owner", required=True, metavar="NAME")
    verb.add_argument("--title", required=True)
    verb.set_defaults(run=_create_document)
    verb = document_verbs.add_parser("share", parents=[where], help="give a user a role")
    verb.add_argument("id")
    verb.add_argument("--user", required=True, metavar="NAME")
    verb.add_argument("--role", required=True, choices=[*(role.value for role in Role), "none"])
    verb.set_defaults(run=_share)

    verb = verbs.add_parser("token", parents=[where], help="print an access token, for programs")
    verb.add_argument("name")
    verb.add_argument("--seconds", type=float, default=15 * 60, help="how long it is good")
    verb.set_defaults(run=_token)
    return parser


def _serve(arguments: argparse.Namespace) -> None:
    # The HTTP framework takes a second to import; administration does without it.
    from sync.relay.server import parse_listen, serve

    host, port = parse_listen(arguments.listen)
    if not is_loopback(host) and not arguments.insecure:
        raise AdministrationError(
            f"{host} can be reached from outside, and without TLS everybody on the way could read "
            "along. Listen on 127.0.0.1 behind a proxy with TLS, or say --insecure."
        )
    asyncio.run(serve(arguments.data_dir, host, port))


def _add_user(arguments: argparse.Namespace) -> None:
    password = sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    if not password or len(password) > LONGEST_PASSWORD:
        raise AdministrationError(
            f"Give a password of 1 to {LONGEST_PASSWORD} characters on standard input."
        )
    if not arguments.name.strip() or len(arguments.name) > 200:
        raise AdministrationError("A name has 1 to 200 characters.")
    storage = SqliteStorage(arguments.data_dir)
    try:
        storage.accounts.add_user(arguments.name, Auth(storage.accounts).hash_password(password))
    finally:
        storage.close()


def _set_active(arguments: argparse.Namespace) -> None:
    storage = SqliteStorage(arguments.data_dir)
    try:
        storage.accounts.set_active(_user(storage, arguments.name).id, arguments.active)
    finally:
        storage.close()


def _create_document(arguments: argparse.Namespace) -> None:
    storage = SqliteStorage(arguments.data_dir)
    try:
        document_id = new_document_id()
        owner = _user(storage, arguments.owner)
        storage.accounts.create_document(document_id, arguments.title, owner.id)
    finally:
        storage.close()
    print(document_id)  # noqa: T201


def _share(arguments: argparse.Namespace) -> None:
    storage = SqliteStorage(arguments.data_dir)
    try:
        role = None if arguments.role == "none" else Role(arguments.role)
        user = _user(storage, arguments.user)
        storage.accounts.share(DocumentId(arguments.id), user.id, role)
    finally:
        storage.close()


def _token(arguments: argparse.Namespace) -> None:
    storage = SqliteStorage(arguments.data_dir)
    try:
        user = _user(storage, arguments.name)
        print(Auth(storage.accounts).access_token(user.id, arguments.seconds))  # noqa: T201
    finally:
        storage.close()


def _user(storage: SqliteStorage, name: str) -> User:
    found = storage.accounts.find_user(name)
    if found is None:
        raise AdministrationError(f"There is no user {name!r} on this relay.")
    return found[0]


if __name__ == "__main__":
    sys.exit(main())

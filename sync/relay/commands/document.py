"""`inkstand-relay document`: documents and who may do what with them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sync.relay.commands.common import find_user, opened
from sync.types import DocumentId, Role, new_document_id

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs


def add_to(verbs: Verbs, where: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    documents = verbs.add_parser("document", help="create or share a document")
    document_verbs = documents.add_subparsers(required=True, metavar="verb")
    verb = document_verbs.add_parser("create", parents=[where], help="create one, print its id")
    verb.add_argument("--owner", required=True, metavar="NAME")
    verb.add_argument("--title", required=True)
    verb.set_defaults(run=_create)
    verb = document_verbs.add_parser("share", parents=[where], help="give a user a role")
    verb.add_argument("id")
    verb.add_argument("--user", required=True, metavar="NAME")
    verb.add_argument("--role", required=True, choices=[*(role.value for role in Role), "none"])
    verb.set_defaults(run=_share)


def _create(arguments: argparse.Namespace) -> None:
    document_id = new_document_id()
    with opened(arguments) as storage:
        owner = find_user(storage, arguments.owner)
        storage.accounts.create_document(document_id, arguments.title, owner.id)
    print(document_id)  # noqa: T201


def _share(arguments: argparse.Namespace) -> None:
    role = None if arguments.role == "none" else Role(arguments.role)
    with opened(arguments) as storage:
        user = find_user(storage, arguments.user)
        storage.accounts.share(DocumentId(arguments.id), user.id, role)

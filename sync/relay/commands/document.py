"""`inkstand-relay document`: documents and who may do what with them."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import AdministrationError
from sync.relay.commands.common import find_user, opened
from sync.relay.storage.base import Storage, StoredLog
from sync.relay.storage.files import write_durably
from sync.relay.storage.replay import Replay, deeply
from sync.types import DocumentId, Role, Sequence, new_document_id

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
    verb = document_verbs.add_parser("versions", parents=[where], help="list the kept versions")
    verb.add_argument("id")
    verb.set_defaults(run=_versions)
    verb = document_verbs.add_parser(
        "export", parents=[where], help="write the document, or a version of it, to a file"
    )
    verb.add_argument("id")
    verb.add_argument("--version", type=int, metavar="SEQUENCE", help="one that `versions` lists")
    verb.add_argument("--output", type=Path, required=True, metavar="FILE", help="a new file")
    verb.add_argument(
        "--format",
        choices=["update", "text"],
        default="update",
        help="one Yjs update, which holds everything, or the text without formats (%(default)s)",
    )
    verb.set_defaults(run=_export)


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


def _versions(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        versions = storage.log.versions(_existing(storage, arguments.id))
    for version in versions:
        made = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(version.made))
        print(f"{version.sequence:>10}  {made}  {version.size:>12,} bytes")  # noqa: T201


def _export(arguments: argparse.Namespace) -> None:
    with opened(arguments) as storage:
        document_id = _existing(storage, arguments.id)
        if arguments.version is None:
            stored = storage.log.load(document_id)
        else:
            state = storage.log.version(document_id, Sequence(arguments.version))
            if state is None:
                raise AdministrationError(
                    f"There is no version {arguments.version} of {document_id!r}. "
                    "`inkstand-relay document versions` lists those that there are."
                )
            stored = StoredLog(state, [])

    def read() -> tuple[bytes, bool]:
        replay = Replay.of(stored)
        data = replay.state() if arguments.format == "update" else replay.text().encode()
        return data, replay.incomplete

    data, incomplete = deeply(read)
    try:
        write_durably(arguments.output, data)
    except OSError as error:
        raise AdministrationError(
            f"Cannot write {arguments.output} ({error.strerror}). Choose another file with "
            "--output."
        ) from None
    if incomplete:
        raise AdministrationError(
            f"{arguments.output} is written, but some changes could not be read or build on "
            "changes that have not come. `inkstand-relay check` says which documents lack some."
        )


def _existing(storage: Storage, text: str) -> DocumentId:
    document_id = DocumentId(text)
    if not storage.log.knows(document_id):
        raise AdministrationError(f"There is no document {text!r} on this relay.")
    return document_id

"""The headless verbs: the same store and sync code as the window, and no display.

What goes wrong is one sentence on standard error and exit code 1; wrong usage
is argparse's, with exit code 2.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue

import platformdirs

from app import upkeep
from app.saying import print_text as _print
from app.saying import say as _say
from sync import __version__
from sync.client.credentials import Credentials, SessionOnly
from sync.client.engine import SyncEngine
from sync.client.events import ConnectionChanged, Event, InStep, Online, Problem, SignedOut
from sync.client.session import Session
from sync.document import transfer
from sync.errors import DatabaseDamaged, InkstandError, NotSignedIn, SignInRefused
from sync.status import changes
from sync.store.compaction import build_document
from sync.store.documents import DocumentRecord
from sync.store.export import SUFFIXES
from sync.store.search.search import PAGE
from sync.store.store import Store
from sync.types import DocumentId, new_document_id

_EXAMPLES = """\
examples:
  inkstand                                    open the window
  inkstand 'inkstand://join?relay=…&code=…'   open it, and join by an invite
  inkstand chapter.md                         open it, and make a document of a file
  inkstand list                               show the documents on this device
  inkstand import chapter.md --title "One"    make a document of a file, print its id
  inkstand export ID --format markdown        print a document
  inkstand export ID --output chapter.html    write it to a file, with its images
  inkstand search '"white whale" -ahab'        find the documents that have these words
  inkstand sign-in wss://relay.example.org --user ada --password-stdin < password.txt
  inkstand export --all backup-of-texts       write all documents there, as Markdown and JSON
  inkstand backup /media/stick                copy everything, as a folder named by the day
  inkstand restore /media/stick               go back to the newest backup there
  inkstand sync --timeout 60                  bring every document in step with the relay
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `verb` is None for the window.

    Its default `verbs` are the names of them all.
    """
    parser = argparse.ArgumentParser(
        prog="inkstand",
        description="Write offline and together. Without a verb, opens the window.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"inkstand {__version__}")
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="folder of the profile (default: %(default)s)",
        default=platformdirs.user_data_path("inkstand", appauthor=False),
    )
    verbs = parser.add_subparsers(dest="verb", metavar="verb")

    verb = verbs.add_parser("list", help="show the documents on this device")
    verb.add_argument("--json", action="store_true", help="all that is known, as JSON")
    verb.set_defaults(run=_list)

    verb = verbs.add_parser("new", help="make an empty document and print its id")
    verb.add_argument("--title", required=True)
    verb.set_defaults(run=_new)

    verb = verbs.add_parser(
        "import", help="make a document of a .md, .html, .txt or .inkstand file, print its id"
    )
    verb.add_argument("file", type=Path)
    verb.add_argument("--title", help="default: the file's name")
    verb.set_defaults(run=_import)

    verb = verbs.add_parser("export", help="print a document, or write it to a file")
    verb.add_argument("id", nargs="?")
    verb.add_argument(
        "--all",
        type=Path,
        metavar="DIR",
        help="write every document to this folder instead, with its images",
    )
    verb.add_argument(
        "--format",
        choices=tuple(dict.fromkeys((*transfer.FORMATS, *SUFFIXES))),
        help="of what is printed: text, markdown, html, json; with --all: md, json, both (default)",
    )
    verb.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write it here instead; images go along (.md: in a folder beside it, .html and "
        ".inkstand: inside)",
    )
    verb.set_defaults(run=_export)

    verb = verbs.add_parser(
        "search",
        help="find documents by their words",
        description="Find the documents that have all of the words; the last one may be "
        'unfinished. "Words in quotes" must follow each other, and no document with a -word is '
        "found. Accents and capital letters do not matter.",
        epilog="example:\n  inkstand search --json '\"white whale\" -ahab'",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("words", nargs="+", metavar="WORD", help="quote those with a minus")
    verb.add_argument("--json", action="store_true", help="with all places of hits, as JSON")
    verb.add_argument(
        "--limit", type=int, default=PAGE, metavar="N", help="documents (default: %(default)s)"
    )
    verb.set_defaults(run=_search)

    verb = verbs.add_parser("sign-in", help="sign in to a relay")
    verb.add_argument("url", help="for example wss://relay.example.org")
    _add_sign_in(verb, required=True)
    verb.set_defaults(run=_sign_in)

    verb = verbs.add_parser("sign-out", help="forget the sign-in; documents stay")
    verb.set_defaults(run=_sign_out)

    verb = verbs.add_parser("sync", help="bring every document in step with the relay")
    verb.add_argument(
        "--timeout", type=_seconds, default=60.0, metavar="S", help="seconds (default: 60)"
    )
    _add_sign_in(verb, required=False)
    verb.set_defaults(run=_sync)
    upkeep.add_to(verbs)
    parser.set_defaults(verbs=frozenset(verbs.choices))
    return parser


def _add_sign_in(verb: argparse.ArgumentParser, *, required: bool) -> None:
    purpose = "" if required else ", for this run only: where no keyring works"
    verb.add_argument("--user", metavar="NAME", required=required, help=f"name to sign in{purpose}")
    verb.add_argument(
        "--password-stdin",
        action="store_true",
        required=required,
        help="read the password from standard input",
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < 1e9:
        raise ValueError
    return seconds


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Run the verb that was asked for; return the exit code."""
    _refuse_what_does_not_go_together(parser, arguments)
    try:
        if arguments.verb in upkeep.WITHOUT_STORE:
            arguments.run(arguments)
            return 0
        with upkeep.open_store(arguments.data_dir) as store:
            verb: Callable[[Store, argparse.Namespace], None] = arguments.run
            try:
                verb(store, arguments)
            except DatabaseDamaged:
                if arguments.verb == upkeep.SALVAGE:
                    raise
                upkeep.salvage_and_tell(store)
                raise upkeep.TryAgain from None
    except InkstandError as error:
        _say(str(error))
        return 1
    except BrokenPipeError:
        # Whoever read the output has gone; Python must not complain at its end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _refuse_what_does_not_go_together(
    parser: argparse.ArgumentParser, arguments: argparse.Namespace
) -> None:
    if arguments.verb == "sync" and (arguments.user is not None) != arguments.password_stdin:
        parser.error("--user and --password-stdin go together")
    if arguments.verb == "export":
        if (arguments.id is None) == (arguments.all is None):
            parser.error("name one document, or a folder with --all")
        if arguments.output is not None and (arguments.all or arguments.format):
            parser.error("--output goes with neither --all nor --format")
        known = transfer.FORMATS if arguments.all is None else tuple(SUFFIXES)
        if arguments.format not in (None, *known):
            parser.error(f"here --format is one of {', '.join(known)}")


def _list(store: Store, arguments: argparse.Namespace) -> None:
    records = store.documents()
    if arguments.json:
        _print(json.dumps([_as_json(record) for record in records], ensure_ascii=False, indent=2))
        return
    for record in records:
        _print("  ".join([record.id, record.title, *_remarks(record)]))


def _as_json(record: DocumentRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "title": record.title,
        "created": record.created,
        "role": record.role,
        "on_relay": record.on_relay,
        "waiting": record.waiting,
        "refused": record.refused,
        "refused_reason": record.refused_reason,
        "elsewhere": record.elsewhere,
    }


def _remarks(record: DocumentRecord) -> list[str]:
    remarks = []
    if record.elsewhere is not None:
        remarks.append(f"(belongs to {record.elsewhere or 'this device only'})")
    if record.waiting:
        remarks.append(f"({changes(record.waiting)} waiting)")
    if record.refused:
        remarks.append(f"({changes(record.refused)} refused: {record.refused_reason})")
    return remarks


def _new(store: Store, arguments: argparse.Namespace) -> None:
    author = _author(store)
    _create(store, arguments.title, transfer.new_document(arguments.title, author), author)


def _import(store: Store, arguments: argparse.Namespace) -> None:
    author = _author(store)
    imported = transfer.read_file(
        arguments.file, author, arguments.title, add_image=store.add_attachment
    )
    _create(store, imported.title, imported.updates, author)


def _author(store: Store) -> str | None:
    account = store.account()
    return None if account is None else account.user_id


def _create(store: Store, title: str, updates: transfer.Updates, author: str | None) -> None:
    document_id = new_document_id()
    store.create_document(document_id, title, updates, author).result()
    _print(document_id)


def _export(store: Store, arguments: argparse.Namespace) -> None:
    if arguments.all is not None:
        upkeep.export_everything(store, arguments.all, arguments.format or "both")
        return
    document, left_out = build_document(store.load(DocumentId(arguments.id)))
    if left_out:
        _say(f"{changes(len(left_out))} on this device could not be read and were left out.")
    if arguments.output is not None:
        transfer.write_file(document, arguments.output, store.attachment)
    else:
        title = store.document(DocumentId(arguments.id)).title
        _print(transfer.render(document, arguments.format or "text", title, store.attachment))


def _search(store: Store, arguments: argparse.Namespace) -> None:
    store.search.catch_up()
    results = store.search.search(" ".join(arguments.words), limit=arguments.limit)
    if arguments.json:
        _print(json.dumps(asdict(results), ensure_ascii=False, indent=2))
        return
    for found in results.found:
        _print("  ".join([found.document_id, found.title, found.snippet.strip()]))


def _sign_in(store: Store, arguments: argparse.Namespace) -> None:
    session = Session(store, Credentials(store.profile_id))
    signed_in = session.sign_in(arguments.url, arguments.user, _password())
    if isinstance(signed_in.keeping, SessionOnly):
        _say(
            f"The password is right, but you are not kept signed in, because "
            f"{signed_in.keeping.reason}; use `inkstand sync --user NAME --password-stdin`."
        )


def _password() -> str:
    """Return the first line of standard input: never an argument, which others could see."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise SignInRefused("There is no password on standard input.")
    return password


def _sign_out(store: Store, arguments: argparse.Namespace) -> None:
    del arguments
    Session(store, Credentials(store.profile_id)).sign_out()


class _NotInStep(InkstandError):
    """The relay and this device do not hold the same."""


def _sync(store: Store, arguments: argparse.Namespace) -> None:
    deadline = time.monotonic() + arguments.timeout
    account = store.account()
    if account is None:
        raise NotSignedIn
    events: SimpleQueue[Event] = SimpleQueue()
    engine = SyncEngine(store, Credentials(store.profile_id), events.put)
    try:
        if arguments.user is not None:
            engine.sign_in(account.relay_url, arguments.user, _password()).result()
        engine.start()
        obstacle = _wait_until_in_step(events, deadline)
    finally:
        engine.stop()
    records = [record for record in store.documents() if record.elsewhere is None]
    waiting = sum(record.waiting for record in records)
    if obstacle is not None:
        late = f"{changes(waiting)} still waiting for the relay after {arguments.timeout:g} s."
        raise _NotInStep(obstacle or late)
    for record in records:
        if record.refused:
            raise _NotInStep(f"Refused: {record.title!r}: {record.refused_reason}")


def _wait_until_in_step(events: SimpleQueue[Event], deadline: float) -> str | None:
    """Return None once everything is in step, else the last problem, "" if there was none."""
    problem = ""
    while True:
        try:
            event = events.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            return problem
        match event:
            case InStep():
                return None
            case ConnectionChanged(SignedOut(reason)):
                return reason or str(NotSignedIn())
            case Problem(sentence):
                problem = sentence
            case ConnectionChanged(Online()):
                problem = ""
            case _:
                pass

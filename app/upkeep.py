"""`inkstand check`, `salvage`, `backup`, `restore`, and `export --all`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.saying import clear_progress, print_text, say, show_progress
from sync.errors import InkstandError
from sync.phrases import explain_os_error
from sync.store import backup, integrity
from sync.store.export import export_all
from sync.store.restore import restore
from sync.store.salvage.report import Salvage
from sync.store.store import Store

if TYPE_CHECKING:
    # argparse's own class is generic only for type checkers.
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

SALVAGE = "salvage"
WITHOUT_STORE = frozenset({"check", "backup", "restore"})
"""Verbs that open the profile in their own way, or not at all."""


class TryAgain(InkstandError):
    """The database was damaged and is another one now; what was asked for is not done."""

    def __str__(self) -> str:
        return "Run the command again: the database is another one now."


class _Amiss(InkstandError):
    """Something was found, or left out."""


def add_to(verbs: Verbs) -> None:
    """Add the verbs."""
    verb = verbs.add_parser("check", help="read everything, say what is amiss and what to do")
    verb.set_defaults(run=_check)
    verb = verbs.add_parser(
        SALVAGE, help="make a new database of all that can be read; the old one is kept"
    )
    verb.set_defaults(run=_salvage)
    verb = verbs.add_parser("backup", help="copy everything; the window may be open meanwhile")
    verb.add_argument(
        "to",
        type=Path,
        metavar="DIR|FILE.zip",
        help="gets a folder named by the day, or is one file if its name ends in .zip",
    )
    verb.set_defaults(run=_backup)
    verb = verbs.add_parser("restore", help="go back to a backup; what is here is kept aside")
    verb.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a backup, a .zip of one, or a folder of backups: then the newest",
    )
    verb.set_defaults(run=_restore)


def open_store(data_dir: Path) -> Store:
    """Open the profile; salvage a damaged database and say what came of it."""
    salvaged = False

    def show(done: int, total: int) -> None:
        nonlocal salvaged
        salvaged = True
        show_progress("salvage", done, total)

    store = Store.open(data_dir, salvaging=show)
    if salvaged:
        _tell(store.salvage_report())
    return store


def salvage_and_tell(store: Store) -> None:
    """Salvage a database that was found damaged in use, and say what came of it."""
    _tell(store.salvage(lambda done, total: show_progress("salvage", done, total)))


def _tell(report: Salvage | None) -> None:
    clear_progress()
    for sentence in report.sentences if report is not None else ():
        say(sentence)


def export_everything(store: Store, folder: Path, kind: str) -> None:
    """Write the whole library to a folder, and say what is not in it."""
    exported = export_all(store, folder, kind, progress=lambda *at: show_progress("documents", *at))
    clear_progress()
    for problem in exported.problems:
        say(problem)
    if exported.problems:
        raise _Amiss(f"{exported.documents} documents are in {folder}, but not all is; see above.")


def _salvage(store: Store, arguments: argparse.Namespace) -> None:
    del arguments
    report = store.salvage(lambda done, total: show_progress("salvage", done, total))
    clear_progress()
    for sentence in report.sentences:
        print_text(sentence)


def _check(arguments: argparse.Namespace) -> None:
    found = 0
    try:
        for problem in integrity.check(arguments.data_dir, show_progress):
            clear_progress()
            print_text(problem)
            found += 1
    except OSError as error:
        raise _Amiss(f"Cannot look at {arguments.data_dir}: {explain_os_error(error)}.") from None
    finally:
        clear_progress()
    if found:
        raise _Amiss("1 problem was found." if found == 1 else f"{found} problems were found.")
    print_text("Everything can be read.")


def _backup(arguments: argparse.Namespace) -> None:
    if arguments.to.suffix.lower() == ".zip" and not arguments.to.is_dir():
        backup.back_up_to_file(arguments.data_dir, arguments.to)
        print_text(str(arguments.to))
    else:
        print_text(str(backup.back_up(arguments.data_dir, arguments.to)))


def _restore(arguments: argparse.Namespace) -> None:
    restored = restore(arguments.path, arguments.data_dir)
    print_text(f"Restored {restored.backup}. `inkstand sync` fetches what the relay has beyond it.")
    if restored.aside is not None:
        print_text(f"What was here before is in {restored.aside}, with all that was not sent yet.")

"""Search over all documents of a profile, and the index behind it, kept up in the background."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from sync.errors import CannotSave, DatabaseDamaged, StoreError, UnknownDocument
from sync.phrases import explain_os_error, phrase
from sync.store import log
from sync.store.database import Database, plain_words
from sync.store.search import bookkeeping, index, matching
from sync.store.search.index import IndexDamaged
from sync.store.search.indexing import IntakeBeside
from sync.store.search.intake import Failure, Given, Intake, IntakeHere, says_damaged
from sync.store.search.query import Query, parse
from sync.store.search.results import Found, Results, show
from sync.store.search.schedule import Stale
from sync.types import DocumentId

PAGE = 20
"""Documents that a search returns unless asked for more."""

BATCH_DOCUMENTS = 100
BATCH_BYTES = 1_000_000
"""When so much has been loaded, it is read and written to the index."""

_STEPS = 1_000
"""Steps of SQLite's virtual machine between two looks whether a search was given up."""

NEVER = threading.Event()
"""Of a search that nobody gives up."""


class SearchGivenUp(Exception):
    """The search was no longer wanted."""


class Search:
    """The search of one profile. Any thread may call it.

    `profile` is the profile's database, `path` where the index is, or will be.
    """

    def __init__(self, profile: Database, path: Path) -> None:
        self._profile = profile
        self._path = path
        self._opening = threading.RLock()
        self._index: Database | None = None
        # Whether what both databases say of each other has been compared since it was opened.
        self._agreed = False
        # One at a time takes documents in.
        self._indexing = threading.Lock()
        self._intake: Intake = IntakeHere(self._opened)
        self._closed = False

    def index_beside(self) -> None:
        """Index in a process of its own from now on, which ends with this one."""
        self._intake = IntakeBeside(self._path)

    def rest(self) -> None:
        """Give back what is only kept for the next document that is indexed."""
        self._intake.release()

    def interrupt(self) -> None:
        """End what is being indexed on another thread, as far as that can be; for ever."""
        self._intake.interrupt()

    # Searching

    def search(
        self,
        text: str,
        *,
        limit: int = PAGE,
        offset: int = 0,
        without: Collection[DocumentId] = (),
        given_up: threading.Event = NEVER,
    ) -> Results:
        """Return the documents that have all words of a query (`sync.store.search.query`).

        `without` are documents that are not to be found, such as those in the trash.
        Finds what was last indexed, and says of how many documents there is news. Raises
        `SearchGivenUp` soon after `given_up` is set, and `StoreError` if the profile's
        database or the disk fails; an index that is damaged is made anew, and has nothing
        then.
        """
        query = parse(text)
        if not query.terms:
            return Results((), 0, 0)
        with self._profile.reading() as connection:
            unindexed = len(bookkeeping.stale(connection))
        try:
            found, total = self._find(query, limit, offset, frozenset(without), given_up)
        except (DatabaseDamaged, IndexDamaged):
            self.rebuild()
            return Results((), 0, len(self.stale()))
        return Results(tuple(found), total, unindexed)

    def _find(
        self,
        query: Query,
        limit: int,
        offset: int,
        without: frozenset[DocumentId],
        given_up: threading.Event,
    ) -> tuple[list[Found], int]:
        with self._opened().reading() as connection:
            connection.set_progress_handler(given_up.is_set, _STEPS)
            try:
                numbers = matching.match(connection, query)
                if without:
                    hidden = index.numbers_of(connection, without)
                    numbers = [number for number in numbers if number not in hidden]
                found = []
                for number in numbers[offset : offset + limit]:
                    if given_up.is_set():
                        raise SearchGivenUp
                    entry = index.entry(connection, number)
                    if entry is not None:
                        found.append(show(entry.id, entry.title, entry.extract, query))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                    raise SearchGivenUp from None
                raise
            finally:
                connection.set_progress_handler(None, 0)
        with self._profile.reading() as profile:
            titles = bookkeeping.titles(profile, [one.document_id for one in found])
        here = [one for one in found if one.document_id in titles]
        return here, len(numbers) - len(found) + len(here)

    # Indexing

    def stale(self) -> list[Stale]:
        """Return the documents that have changed since they were indexed, or never were.

        First come those that were, then the newest.
        """
        with self._profile.reading() as connection:
            return bookkeeping.stale(connection)

    def documents(self) -> int:
        """Return how many documents there are to be indexed, at some time or now."""
        with self._profile.reading() as connection:
            return bookkeeping.documents(connection)

    def catch_up(self, stop: threading.Event = NEVER) -> None:
        """Index all that has changed; blocks. Raises `StoreError`."""
        self.agree()
        self.index(self.stale(), stop)

    def index(
        self,
        stale: Iterable[Stale],
        stop: threading.Event = NEVER,
        done: Callable[[Stale, float], None] = lambda _, __: None,
        rest: float = 0.0,
    ) -> None:
        """Index documents, and call `done(document, seconds)` for each; blocks.

        Rests between them for `rest` times as long as they take. Raises `StoreError`.
        """
        batch: list[tuple[Stale, Given]] = []
        size = 0
        started = time.monotonic()

        def write() -> None:
            nonlocal started, size
            if batch:
                self._write([given for _, given in batch], [one for one, _ in batch])
            cost = time.monotonic() - started
            for one, given in batch:
                done(one, cost * (given.size + 1) / (size + len(batch)))
            batch.clear()
            size = 0
            if rest:
                stop.wait(cost * rest)
            started = time.monotonic()

        with self._indexing:
            for one in stale:
                if stop.is_set():
                    break
                try:
                    given = self._load(one)
                except UnknownDocument:
                    continue
                batch.append((one, given))
                size += given.size
                if size >= BATCH_BYTES or len(batch) >= BATCH_DOCUMENTS:
                    write()
            write()

    def _load(self, one: Stale) -> Given:
        with self._profile.reading() as connection:
            stored = log.load(connection, one.id)
        # Drawn, not counted: a restored backup would count the same numbers again.
        return Given(one.number, one.id, secrets.randbits(62), one.title, stored)

    def _write(self, given: list[Given], stale: list[Stale]) -> None:
        """Write to the index, then note that it is there: a crash between leaves it stale."""
        self._change(lambda: self._intake.put(given))
        noted = [
            (one, each.stored.last_sequence, each.token)
            for one, each in zip(stale, given, strict=True)
        ]
        self._profile.submit(lambda writer: bookkeeping.note(writer, noted)).result()

    def agree(self) -> None:
        """Let both databases agree on what is in the index. Raises `StoreError`.

        They do not after a crash between their commits, when a document was removed, when a
        backup of the profile was restored, or when the index was made anew.
        """
        index_of_documents = self._opened()
        if self._agreed:
            with index_of_documents.reading() as connection:
                here_are = index.count(connection)
            with self._profile.reading() as connection:
                if bookkeeping.count(connection) == here_are:
                    return
        self._compare()
        self._agreed = True

    def _compare(self) -> None:
        with self._opened().reading() as connection:
            here = index.tokens(connection)
        with self._profile.reading() as connection:
            noted = bookkeeping.tokens(connection)
        lost = [number for number, token in noted.items() if here.get(number) != token]
        if lost:
            self._profile.submit(lambda writer: bookkeeping.forget(writer, lost)).result()
        # What is stale under the same number is written over soon.
        gone = [number for number in here if number not in noted]
        if gone:
            self._change(lambda: self._intake.remove(gone))

    def check(self) -> bool:
        """Look through all of the index, and make it anew if it is damaged; whether it was whole.

        Blocks, a second for 10,000 documents. Raises `StoreError`.
        """
        try:
            whole = self._opened().submit(index.check).result()
        except StoreError as error:
            if not says_damaged(error):
                raise
            whole = False
        if not whole:
            self.rebuild()
        return whole

    def rebuild(self) -> None:
        """Throw the index away; all documents are to be indexed again. Raises `StoreError`."""
        with self._opening:
            self._intake.release()
            if self._index is not None:
                self._index.close()
                self._index = None
            index.discard(self._path)
            self._agreed = False
            self.agree()

    def close(self) -> None:
        """Let go of the index; whoever still searches gets `CannotSave`."""
        self._intake.interrupt()
        self._intake.release()
        with self._opening:
            self._closed = True
            if self._index is not None:
                self._index.close()

    def _change(self, change: Callable[[], None]) -> None:
        """Change the index, made anew first if it turns out to be damaged."""
        self._opened()
        try:
            change()
        except Failure as error:
            if not says_damaged(error):
                raise
            self.rebuild()
            change()

    def _opened(self) -> Database:
        with self._opening:
            if self._closed:
                raise CannotSave(phrase("this profile was closed"))
            if self._index is None:
                try:
                    self._index = index.open_index(self._path)
                except OSError as error:
                    raise CannotSave(explain_os_error(error)) from error
                except sqlite3.Error as error:
                    raise CannotSave(plain_words(error)) from error
            return self._index

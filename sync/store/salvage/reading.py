"""All rows of a damaged database that are still there, with SQLite's help or without it.

Each table's tree is walked from its root. Pages that no tree leads to any more, because a page
above them is broken, are looked at one by one, and their rows known by what they look like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sync.store import migrations
from sync.store.salvage.btree import (
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_INDEX,
    LEAF_TABLE,
    Node,
    Row,
    Value,
    read_node,
)
from sync.store.salvage.pages import Pages
from sync.store.salvage.tables import Table, tables
from sync.types import is_document_id

OUTBOX = "outbox"
DOCUMENTS = "documents"

_TABLE_KINDS = (INTERIOR_TABLE, LEAF_TABLE)
_INDEX_KINDS = (INTERIOR_INDEX, LEAF_INDEX)
_SCHEMA_COLUMNS = 5

Progress = Callable[[int, int], None]
"""Told how many pages are done, and of how many. May raise, to end it."""


class Found(NamedTuple):
    """A row, and the table that it belongs to."""

    table: Table
    values: tuple[Value, ...]
    """For the table's first columns."""
    pages: tuple[int, ...]
    """That it was on."""


def _has_bytes(node: Node) -> bool:
    """Whether there are blobs on a page: no index has any, and no table that is not carried over.

    Then it is another table's page, and in the wrong place.
    """
    return any(isinstance(value, bytes) for row in node.rows for value in row.values)


class Reading:
    """Reads all rows once: iterate `rows`, then look at the rest."""

    def __init__(self, pages: Pages, progress: Progress = lambda *_: None) -> None:
        self._pages = pages
        self._progress = progress
        known = 1 <= pages.version <= len(migrations.MIGRATIONS)
        self.version = pages.version if known else len(migrations.MIGRATIONS)
        """Schema version of the rows."""
        self.tables = tables(self.version)
        self.damaged: set[str] = set()
        """Tables of which something could not be read."""
        self.unknown = 0
        """Rows that could be any table's, or no table's."""
        self.document_ids: dict[int, str] = {}
        """From a document's number to its id, as the index of the ids has them."""
        self._seen: set[int] = set()

    def rows(self) -> Iterator[Found]:
        """Yield all rows that can be read; some may come twice, the better one first."""
        roots = self._roots()
        for name, root in roots.items():
            if name in self.tables:
                yield from self._walk(self.tables[name], root)
            else:
                self._walk_other(root)
        self.damaged |= self.tables.keys() - roots.keys()
        yield from self._orphans()

    def _roots(self) -> dict[str, int]:
        """Return the first page of each table and index, as far as the schema can be read."""
        roots: dict[str, int] = {}
        for node in self._nodes(1, _TABLE_KINDS, lambda: None):
            for row in node.rows:
                if len(row.values) == _SCHEMA_COLUMNS:
                    _, name, _, root, _ = row.values
                    if isinstance(name, str) and isinstance(root, int) and root > 1:
                        roots[name] = root
        return roots

    def _walk(self, table: Table, root: int) -> Iterator[Found]:
        kinds = _INDEX_KINDS if table.without_rowid else _TABLE_KINDS
        for node in self._nodes(root, kinds, lambda: self.damaged.add(table.name)):
            found = self._read(table, node)
            if node.rows and not found:
                self.damaged.add(table.name)
                found = self._classify(node)  # a page of another table is in its place
            elif len(found) < len(node.rows) or node.broken:
                self.damaged.add(table.name)
            yield from found

    def _walk_other(self, root: int) -> None:
        """Step over an index, or a table that is not carried, and take the documents' ids along."""
        for node in self._nodes(root, _TABLE_KINDS + _INDEX_KINDS, lambda: None, _has_bytes):
            self._take_ids(node.rows)

    def _nodes(
        self,
        root: int,
        kinds: tuple[int, ...],
        damaged: Callable[[], object],
        foreign: Callable[[Node], bool] = lambda _: False,
    ) -> Iterator[Node]:
        """Yield the pages of a tree, as far as it holds together, without what is `foreign`."""
        waiting = [root]
        while waiting:
            number = waiting.pop()
            node = None if number in self._seen else read_node(self._pages, number)
            if node is None or node.kind not in kinds or foreign(node):
                damaged()
                continue
            self._note(number)
            yield node
            waiting += reversed(node.children)

    def _orphans(self) -> Iterator[Found]:
        """Yield what is on pages that no tree leads to; on unused ones last, as it may be old."""
        if not (self.damaged or self._pages.mixed):
            return
        free = self._pages.free()
        numbers = range(1, self._pages.count + 1)
        for number in (*(n for n in numbers if n not in free), *sorted(free)):
            if number in self._seen:
                continue
            node = read_node(self._pages, number)
            if node is not None and node.kind != INTERIOR_TABLE:
                self._note(number)
                yield from self._classify(node)

    def _classify(self, node: Node) -> list[Found]:
        """Return the rows of a page that nobody says the table of."""
        if not node.rows:
            return []
        fitting = [(self._read(table, node), table) for table in self.tables.values()]
        most = max(len(found) for found, _ in fitting)
        best = [(found, table) for found, table in fitting if most and len(found) == most]
        if len(best) > 1:
            # To send once more what the relay has is harmless; nothing else is when guessed.
            best = [(found, table) for found, table in best if table.name == OUTBOX]
        if not best:
            if not self._take_ids(node.rows):
                self.unknown += len(node.rows)
            return []
        found = best[0][0]
        self.unknown += len(node.rows) - len(found)
        return found

    def _read(self, table: Table, node: Node) -> list[Found]:
        found = []
        for row in node.rows:
            values = table.read(row)
            if values is not None:
                self._seen.update(row.pages)
                found.append(Found(table, values, row.pages))
        return found

    def _take_ids(self, rows: list[Row]) -> bool:
        """Note what the index of the documents' ids says; whether these rows are of it."""
        taken = False
        for row in rows:
            if row.rowid is None and len(row.values) == 2:
                text, number = row.values
                if isinstance(text, str) and isinstance(number, int) and is_document_id(text):
                    self.document_ids.setdefault(number, text)
                    taken = True
        return taken

    def _note(self, number: int) -> None:
        self._seen.add(number)
        self._progress(len(self._seen), self._pages.count)

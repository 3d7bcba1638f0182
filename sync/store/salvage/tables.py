"""What rows of Inkstand's tables look like, so that they are known wherever they are found."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from types import NoneType

from sync.store import migrations
from sync.store.salvage.btree import Row, Value

DERIVED = frozenset({"indexed"})
"""Tables that are made anew from the others, and so are not carried over. What a virtual table
keeps (the search index) never is."""

_TYPES: dict[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "INT": (int,),
    "TEXT": (str,),
    "BLOB": (bytes,),
    "REAL": (float, int),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    types: tuple[type, ...]
    """What a value may be; empty: anything."""
    required: bool
    """Whether it cannot be NULL."""
    has_default: bool
    """Whether a row may lack it at its end: written before the column was added."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows are carried over."""

    name: str
    columns: tuple[Column, ...]
    """In the order in which they are stored."""
    rowid_column: int | None
    """Index of the one that is the row's number and not in the record."""
    without_rowid: bool
    _fits: dict[tuple[type, ...], bool] = field(default_factory=dict, compare=False, repr=False)
    """Whether a row with values of these types may be of this table: few kinds of rows, often."""

    def read(self, row: Row) -> tuple[Value, ...] | None:
        """Return the values of a row for the first columns; None if it is none of this table."""
        if (row.rowid is None) != self.without_rowid:
            return None
        kinds = tuple(map(type, row.values))
        fits = self._fits.get(kinds)
        if fits is None:
            fits = self._fits[kinds] = self._may_have(kinds)
        if not fits:
            return None
        at = self.rowid_column
        if at is None or at >= len(row.values):
            return row.values
        return (*row.values[:at], row.rowid, *row.values[at + 1 :])

    def _may_have(self, kinds: tuple[type, ...]) -> bool:
        if len(kinds) > len(self.columns):
            return False
        for index, (kind, column) in enumerate(zip(kinds, self.columns, strict=False)):
            if index == self.rowid_column:
                if kind is not NoneType:
                    return False
            elif kind is NoneType:
                if column.required:
                    return False
            elif column.types and kind not in column.types:
                return False
        return all(column.has_default for column in self.columns[len(kinds) :])


def tables(version: int) -> dict[str, Table]:
    """Return the tables of a schema version by name."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrations.apply(connection, version)
        return {
            name: _table(connection, name, without_rowid=bool(without), strict=bool(strict))
            for _, name, kind, _, without, strict in connection.execute("PRAGMA main.table_list")
            if kind == "table" and not name.startswith("sqlite_") and name not in DERIVED
        }
    finally:
        connection.close()


def _table(
    connection: sqlite3.Connection, name: str, *, without_rowid: bool, strict: bool
) -> Table:
    # Generated columns are not stored (hidden 2) or cannot be written (3): none is used.
    rows = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
    keys = sorted((row for row in rows if row[5]), key=lambda row: row[5])
    alias = not without_rowid and len(keys) == 1 and keys[0][2].upper() == "INTEGER"
    if without_rowid:
        rows = keys + [row for row in rows if not row[5]]
    columns = tuple(
        Column(
            column,
            _TYPES.get(kind.upper(), ()) if strict else (),
            required=bool(not_null) or (without_rowid and bool(key)),
            has_default=default is not None or not not_null,
        )
        for _, column, kind, not_null, default, key, _ in rows
    )
    return Table(name, columns, rows.index(keys[0]) if alias else None, without_rowid)

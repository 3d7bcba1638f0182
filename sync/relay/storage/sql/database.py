"""What a back end that speaks SQL gives: connections of one shape, for any thread.

Values stand in queries as ``?`` or ``:name``, as SQLite has it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Rows(Protocol):
    """What a query found."""

    @property
    def rowcount(self) -> int:
        """How many rows a change has touched."""

    def fetchone(self) -> Any:
        """Return the next row, None if there is none."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """Belongs to one thread at a time. Each statement is a transaction unless one was begun."""

    def execute(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ..., /) -> Rows:
        """Run one statement."""


Reading = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection that cannot write. Raises `AdministrationError`, inside too."""


class Database(ABC):
    """Connections for `Accounts`; any thread."""

    @abstractmethod
    def _writing(self, about: str | None = None) -> AbstractContextManager[Connection]:
        """Give a connection in a transaction that ends with the block.

        What is read in it is still so when it ends: other such blocks wait, in all
        processes. One that says what it is `about` lets those about something else go on.
        Raises `AdministrationError`, inside too.
        """

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """Give a connection; each statement sees what is committed by then.

        Raises `AdministrationError`, inside too.
        """

    def _listing(self) -> AbstractContextManager[Connection]:
        """Do what `_reading` does, for what may be long and need not be the primary's."""
        return self._reading()

    @abstractmethod
    def close(self) -> None:
        """Let go of all connections."""

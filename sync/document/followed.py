"""A document's list of items: made when it is needed, at once or bit by bit, and kept up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from sync.document.columns import ItemsUnreadable
from sync.document.items import ItemList

MAX_UNREAD_BYTES = 1024 * 1024
"""Updates kept for a list that nobody asks for; then it is made anew when somebody does."""


class FollowedItems:
    """The list of one document. `state` returns the document's whole state as an update."""

    def __init__(self, state: Callable[[], bytes]) -> None:
        self._state = state
        self._items: ItemList | None = None
        self._making: tuple[ItemList, Iterator[None]] | None = None
        self._tangled = False
        self._unread: list[bytes] = []
        self._unread_bytes = 0

    def note(self, update: bytes) -> None:
        """Hear of a transaction's update, unless the list has taken it in already."""
        if self._items is not None or self._making is not None:
            self._unread.append(update)
            self._unread_bytes += len(update)
            if self._unread_bytes > MAX_UNREAD_BYTES:
                self.forget()

    def current(self) -> ItemList | None:
        """Return the items as the document is now, if the list has been made already."""
        if self._items is not None and self._unread:
            try:
                for update in self._unread:
                    self._items.apply(update)
            except ItemsUnreadable:
                self.forget()
            self._unread.clear()
            self._unread_bytes = 0
        return self._items

    def read(self) -> ItemList | None:
        """Return the items as the document is now; None if they cannot be put in order."""
        items = self.current()
        if items is None:
            self.prepare(None)
            items = self.current()
        return items

    def prepare(self, seconds: float | None) -> bool:
        """Work on the list for so long (None: to the end); whether there is no more to do."""
        if self._items is not None or self._tangled:
            return True
        if self._making is None:
            self._making = ItemList.in_steps(self._state())
        until = None if seconds is None else time.perf_counter() + seconds
        items, steps = self._making
        try:
            for _ in steps:
                if until is not None and time.perf_counter() >= until:
                    return False
        except ItemsUnreadable:
            self.forget()
            self._tangled = True
            return True
        self._items, self._making = items, None
        return True

    def forget(self) -> None:
        """Drop the list: it does not say what the document is."""
        self._items = self._making = None
        self._unread.clear()
        self._unread_bytes = 0

"""The entries of a document's comments in plain dictionaries, so that reading asks no pycrdt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pycrdt

from sync.document.comment_entries import COMMENTS, DECISIONS, ROOTS, is_entry
from sync.document.schema import AUTHORS


class EntryTables:
    """What the root maps hold and has the right shape, by map and key."""

    def __init__(self, maps: Mapping[str, pycrdt.Map[Any]]) -> None:
        self._maps = maps
        self.entries: dict[str, dict[str, dict[str, Any]]] = {
            root: {} for root in ROOTS if root != AUTHORS
        }
        self.said: dict[str, set[str]] = {}
        """Ids of the comments of each thread."""
        self.decided: dict[str, set[str]] = {}
        """Keys of the decisions on each thread."""

    def follow(self, work: Callable[[], object]) -> set[str]:
        """Do `work`, bring the entries in step, and return which threads have changed."""
        keys: list[tuple[str, str]] = []
        # Only while it lasts: the collector cannot see through pycrdt.
        subscriptions = [
            (self._maps[root], self._maps[root].observe(_noting(root, keys)))
            for root in self.entries
        ]
        try:
            work()
        finally:
            for shared, subscription in subscriptions:
                shared.unobserve(subscription)
        changed = set()
        for root, key in keys:
            changed |= self._read(root, key)
        return changed

    def _read(self, root: str, key: str) -> set[str]:
        """Bring one entry in step; return the threads that it is or was a part of."""
        entries = self.entries[root]
        old = entries.pop(key, None)
        new: Any = self._maps[root].get(key)
        if is_entry(root, key, new):
            entries[key] = new
        changed = set()
        for entry in (old, entries.get(key)):
            if entry is None:
                continue
            thread_id = entry["thread"] if root in (COMMENTS, DECISIONS) else key
            changed.add(thread_id)
            if root in (COMMENTS, DECISIONS):
                keys = self.said if root == COMMENTS else self.decided
                if entry is old:
                    keys[thread_id].discard(key)
                    if not keys[thread_id]:
                        del keys[thread_id]
                else:
                    keys.setdefault(thread_id, set()).add(key)
        return changed


def _noting(root: str, keys: list[tuple[str, str]]) -> Callable[[pycrdt.MapEvent], None]:
    """Return an observer that notes which keys of a map have changed."""

    def note(event: pycrdt.MapEvent) -> None:
        keys.extend((root, key) for key in event.keys)  # type: ignore[attr-defined]  # a slot

    return note

"""A tree of nodes as Qt sees it, brought row by row to what it is to be.

Indexes carry numbers and not objects, so one that has outlived its row finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex

from app.library.nodes import Key, Kind, Node

Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()

_DOCUMENT = Kind.DOCUMENT

_MOST_STEPS = 200
"""Rows that move one by one; if more do, all go and come again."""


class FollowingModel(QAbstractItemModel):
    """Says nothing of what the rows show. `below` tells what stands below each."""

    def __init__(self, below: Callable[[Key], list[Key]]) -> None:
        super().__init__()
        self._below = below
        self._root = Node(Key(Kind.SECTION, ""), None)
        self._nodes: dict[int, Node] = {}
        self._places: dict[Key, list[Node]] = {}
        """The rows of each folder, document and tag."""

    def node(self, index: Index) -> Node:
        """Return what an index is about; the root for an invalid one."""
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def index_of(self, node: Node) -> QModelIndex:
        """Return the index of a node that is in the tree."""
        if node is self._root:
            return QModelIndex()
        return self.createIndex(node.row, 0, node.number)

    # QAbstractItemModel

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """See Qt."""
        children = self.node(parent).children
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row].number)

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        """See Qt."""
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        if node is None or node.parent is None:
            return QModelIndex()
        return self.index_of(node.parent)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """See Qt."""
        return len(self.node(parent).children)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """See Qt."""
        del parent
        return 1

    # For what knows what is shown

    def _follow(self, node: Node, wanted: list[Key]) -> None:
        """Bring the rows below `node` to be `wanted`, with as few steps as that takes."""
        children = node.children
        if len(children) == len(wanted) and all(
            child.key == key for child, key in zip(children, wanted, strict=True)
        ):
            return
        staying = set(wanted)
        self._remove(node, lambda child: child.key not in staying)
        here = {child.key for child in children}
        row = steps = 0
        while row < len(wanted):
            if row < len(children) and children[row].key == wanted[row]:
                row += 1
            elif wanted[row] not in here:
                end = row
                while end < len(wanted) and wanted[end] not in here:
                    end += 1
                self._insert(node, row, wanted[row:end])
                row = end
            else:
                steps += 1
                if steps > _MOST_STEPS:
                    here.clear()
                    self._remove_rows(node, row, len(children))
                elif row + 1 < len(children) and children[row + 1].key == wanted[row]:
                    here.discard(children[row].key)  # it has moved down
                    self._remove_rows(node, row, row + 1)
                else:
                    self._move(node, wanted[row], row)

    def _remove(self, node: Node, goes: Callable[[Node], bool]) -> None:
        end = len(node.children)
        while end:
            if not goes(node.children[end - 1]):
                end -= 1
                continue
            start = end - 1
            while start and goes(node.children[start - 1]):
                start -= 1
            self._remove_rows(node, start, end)
            end = start

    def _remove_rows(self, node: Node, start: int, end: int) -> None:
        self.beginRemoveRows(self.index_of(node), start, end - 1)
        for child in node.children[start:end]:
            self._forget(child)
        del node.children[start:end]
        node.renumber(start)
        self.endRemoveRows()

    def _move(self, node: Node, key: Key, row: int) -> None:
        old = next(child.row for child in node.children[row:] if child.key == key)
        parent = self.index_of(node)
        self.beginMoveRows(parent, old, old, parent, row)
        node.children.insert(row, node.children.pop(old))
        node.renumber(row)
        self.endMoveRows()

    def _insert(self, node: Node, row: int, keys: Sequence[Key]) -> None:
        self.beginInsertRows(self.index_of(node), row, row + len(keys) - 1)
        node.children[row:row] = [self._made(key, node) for key in keys]
        node.renumber(row)
        self.endInsertRows()

    def _made(self, key: Key, parent: Node) -> Node:
        node = Node(key, parent)
        self._nodes[node.number] = node
        self._places.setdefault(key, []).append(node)
        if key.kind is not _DOCUMENT:
            node.children = [self._made(below, node) for below in self._below(key)]
            node.renumber()
        return node

    def _forget(self, node: Node) -> None:
        for child in node.children:
            self._forget(child)
        del self._nodes[node.number]
        places = self._places[node.key]
        places.remove(node)
        if not places:
            del self._places[node.key]

    def _fill(self, sections: Sequence[Key]) -> None:
        self._root.children = [self._made(key, self._root) for key in sections]
        self._root.renumber()

    def _clear(self) -> None:
        self._nodes.clear()
        self._places.clear()
        self._root.children = []

    def _changed(self, node: Node) -> None:
        index = self.index_of(node)
        self.dataChanged.emit(index, index)

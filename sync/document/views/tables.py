"""Tables of HTML: a row becomes a paragraph with tabs, where its cells allow it."""

from __future__ import annotations

from sync.document.views.lines import Line, Piece


class Table:
    """One open table; `first` is the number of its first paragraph."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._row = self._cell = -1
        self._cells: dict[int, tuple[int, int]] = {}
        """Number of a paragraph to the row and cell that it stands in."""

    def begin_row(self) -> None:
        """A row begins."""
        self._row += 1
        self._cell = -1

    def begin_cell(self) -> None:
        """A cell begins."""
        self._cell += 1

    def add_line(self, number: int) -> None:
        """A paragraph ended here."""
        self._cells[number] = (self._row, self._cell)

    def flattened(self, lines: list[Line]) -> list[Line]:
        """Return its paragraphs: a row as one, or as they are if a cell has several."""
        places = [self._cells.get(self.first + n, (-1, -1)) for n in range(len(lines))]
        if len(set(places)) < len(places):
            return lines
        result: list[Line] = []
        row_before, cell_before = -1, 0
        for (row, cell), line in zip(places, lines, strict=True):
            if row < 0 or row != row_before:
                tabs: list[Piece] = [("\t" * max(0, cell), {})] if cell > 0 else []
                result.append(Line([*tabs, *line.pieces], line.block))
            else:
                tabs = [("\t" * (cell - cell_before), {})]
                result[-1] = Line([*result[-1].pieces, *tabs, *line.pieces], result[-1].block)
            row_before, cell_before = row, cell
        return result

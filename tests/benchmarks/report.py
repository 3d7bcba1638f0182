"""Collects what was measured, and writes it as a table: median, spread, ratio."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median


def percentile(values: list[float], percent: float) -> float:
    """Return the smallest value that `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass
class Row:
    """One measure: the value of each run, by server."""

    measure: str
    unit: str
    runs: dict[str, list[float]]
    more_is_better: bool = False

    def cells(self) -> tuple[str, str, str, str]:
        ours, theirs = (self.runs.get(name, []) for name in ("inkstand", "hocuspocus"))
        ratio = ""
        if ours and theirs and median(ours) and median(theirs):
            quotient = median(ours) / median(theirs)
            ratio = f"{quotient if self.more_is_better else 1 / quotient:.1f} times better"
        return f"{self.measure}, {self.unit}", _cell(ours), _cell(theirs), ratio


def _cell(values: list[float]) -> str:
    if not values:
        return ""
    text = _number(median(values))
    if len(values) > 1:
        text += f" ({_number(min(values))} to {_number(max(values))})"
    return text


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Report:
    """The table of one session."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(
        self, measure: str, unit: str, runs: dict[str, list[float]], *, more_is_better: bool = False
    ) -> None:
        """Note the values of some runs, by server, and show them at once."""
        row = Row(measure, unit, runs, more_is_better)
        self.rows.append(row)
        name, ours, theirs, ratio = row.cells()
        print(f"\n{name}: {ours} | Hocuspocus {theirs} | {ratio}", flush=True)

    def write(self, path: Path) -> None:
        """Write the table as Markdown."""
        lines = ["| | Inkstand | Hocuspocus | |", "|---|---:|---:|---|"]
        lines += ["| " + " | ".join(row.cells()) + " |" for row in self.rows]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("\n" + "\n".join(lines), flush=True)

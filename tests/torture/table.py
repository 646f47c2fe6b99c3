"""One row of what was done to crawls, and the table of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.torture.contents import Difference

_SHOWN = 5
_HEAD = ("fault", "store", "points", "runs", "records", "lost", "doubled", "wrong")


@dataclass
class Row:
    """One kind of fault in one store; the three last have to be nought."""

    fault: str
    store: str
    points: int = 0
    """Times that it was injected."""
    runs: int = 0
    records: int = 0
    """Records that were compared."""
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    notes: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def bad(self) -> bool:
        """Whether anything is not as it would have been."""
        return bool(self.lost or self.doubled or self.wrong)

    def add(self, found: Difference) -> None:
        """Add what a comparison found."""
        self.records += found.records
        self.lost += len(found.lost)
        self.doubled += len(found.doubled)
        self.wrong += len(found.wrong)
        for name in ("lost", "doubled", "wrong"):
            self.notes += [f"{name}: {it}" for it in getattr(found, name)[:_SHOWN]]

    def expect(self, holds: bool, what: str) -> None:
        """Count it as wrong unless it *holds*."""
        if not holds:
            self.wrong += 1
            self.notes.append(f"wrong: {what}")

    def line(self) -> str:
        """Return the row as text."""
        cells = [self.fault, self.store, self.points, self.runs, self.records]
        cells += [self.lost, self.doubled, self.wrong]
        if self.skipped:
            return f"{self.fault:34}{self.store:9}skipped: {self.skipped}"
        return _line(map(str, cells))


def _line(cells: Iterable[str]) -> str:
    first, second, *rest = cells
    return f"{first:34}{second:9}" + "".join(f"{cell:>9}" for cell in rest)


def shown(rows: Iterable[Row]) -> str:
    """Return the table, with the sums below."""
    rows = list(rows)
    total = Row("all", "")
    for row in rows:
        for name in ("points", "runs", "records", "lost", "doubled", "wrong"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return "\n".join([_line(_HEAD), *(row.line() for row in rows), total.line()])

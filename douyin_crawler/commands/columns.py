"""Lines for people: columns that fit a terminal, and are whole everywhere else."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP = "  "
_INDENT = "  "
_ROOM = 30
"""Cells that a text needs at least to stand beside the columns."""


def width_of_terminal() -> int | None:
    """Return how wide standard output is; None where it is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def shortened(text: str, width: int | None) -> str:
    """Return *text* in *width* cells at most, ``...`` for what is cut off."""
    if width is None or cell_len(text) <= width:
        return text
    return chop_cells(text, max(1, width - 3))[0].rstrip() + "..."


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    cells: tuple[str, ...]
    id: str = ""
    """Shown whole, whatever it takes."""
    text: str = ""
    """Shortened where a terminal has no room for it."""


@dataclass(slots=True)
class Columns:
    """A table whose rows end in an id and a text, both of any length.

    They stand beside the columns where the width has room for all, else below them.
    """

    titles: tuple[str, ...]
    right: frozenset[str] = frozenset()
    """Titles of the columns of numbers."""
    rows: list[Row] = field(default_factory=list)
    id_title: str = "id"

    def lines(self, width: int | None) -> Iterator[str]:
        """Yield the lines; without a *width*, one a row, with nothing cut off."""
        wide = [
            max(cell_len(cells[place]) for cells in self._all())
            for place in range(len(self.titles))
        ]
        id_width = max((cell_len(row.id) for row in self.rows), default=0)
        id_width = id_width and max(id_width, cell_len(self.id_title))
        beside = sum(wide) + len(_GAP) * len(wide) + id_width
        if width is None or beside + _ROOM <= width:
            texts = any(row.text for row in self.rows)
            heading = Row(
                self.titles, self.id_title if id_width else "", "why" if texts else ""
            )
            for row in (heading, *self.rows):
                line = self._line(row.cells, wide)
                line += (_GAP + _padded(row.id, id_width)) if id_width else ""
                yield shortened(f"{line}{_GAP}{row.text}".rstrip(), width)
            return
        yield self._line(self.titles, wide).rstrip()
        for row in self.rows:
            yield self._line(row.cells, wide).rstrip()
            yield from (_INDENT + row.id for _ in range(bool(row.id)))
            if row.text:
                yield _INDENT + shortened(row.text, width - len(_INDENT))

    def _all(self) -> Iterator[tuple[str, ...]]:
        yield self.titles
        yield from (row.cells for row in self.rows)

    def _line(self, cells: tuple[str, ...], wide: list[int]) -> str:
        padded = (
            _padded(cell, size, right=title in self.right)
            for cell, size, title in zip(cells, wide, self.titles, strict=True)
        )
        return _GAP.join(padded)


def _padded(text: str, size: int, *, right: bool = False) -> str:
    space = " " * (size - cell_len(text))
    return space + text if right else text + space

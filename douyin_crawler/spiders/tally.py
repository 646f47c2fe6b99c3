"""How many different records a walk has met, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 50_000
"""Ids that are remembered. Lists repeat what stands near, or at their head."""
_NEAR = 60
"""Ids that a checkpoint keeps: what the next page may repeat."""


class Tally:
    """Counts ids, each once as long as it is remembered."""

    def __init__(self, count: int = 0, recent: Iterable[str] = ()) -> None:
        self._ids = OrderedDict.fromkeys(recent)
        self._count = count

    def __len__(self) -> int:
        """Return how many were counted."""
        return self._count

    def __contains__(self, id: str) -> bool:
        """Return whether *id* is remembered."""
        return id in self._ids

    def add(self, id: str) -> bool:
        """Count *id*; return False for one that was counted before."""
        if id in self._ids:
            self._ids.move_to_end(id)
            return False
        self._ids[id] = None
        self._count += 1
        if len(self._ids) > _MOST:
            self._ids.popitem(last=False)
        return True

    def recent(self) -> list[str]:
        """Return the latest ids, for a tally that goes on later."""
        return list(islice(reversed(self._ids), _NEAR))[::-1]

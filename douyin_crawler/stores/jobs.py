"""The part of the stores' contract that is about jobs which a scheduler starts.

A job has its row in ``runs`` before a node is told of it. Either its run takes that
row over, or the scheduler closes it, and no run begins with it any more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from douyin_crawler.verdicts import RunRecord

SavedJob: TypeAlias = Literal["saved", "over", "unknown"]
"""``over``: the row is closed, or a run has begun with it; ``unknown``: a row was to
be there, and is not: whoever made it has another store."""


class Jobs(ABC):
    """Lets each job begin once at most."""

    @abstractmethod
    async def save_job(self, row: RunRecord, *, known: bool) -> SavedJob:
        """Insert *row*, or replace that of its id while no run has begun with it.

        One atomic step. *known*: there has to be one.
        """

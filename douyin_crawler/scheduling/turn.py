"""What one round goes by, and what it does to rows."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from douyin_crawler.plans.plan import Plan
    from douyin_crawler.scheduling.node import Jobs, Node
    from douyin_crawler.scheduling.scheduler import Round
    from douyin_crawler.verdicts import ExitStatus, RunRecord

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """What is known in one round."""

    plan: Plan
    now: datetime
    board: dict[Node, Jobs]
    """The nodes that answer, and their jobs."""
    done: Round
    given: dict[Node, int] = field(default_factory=dict)

    def by_load(self) -> list[Node]:
        """Return the nodes that answer, the least busy first."""
        load = {n: len(j.waiting) + self.given.get(n, 0) for n, j in self.board.items()}
        return sorted(load, key=lambda node: load[node])


def closed(
    row: RunRecord, now: datetime, status: ExitStatus | None, reason: str
) -> RunRecord:
    """Return *row* with an end, and say so."""
    shown = f" on {row.host}" if row.host else ""
    logger.warning("%s, job %s%s: %s", row.plan, row.job, shown, reason)
    number = None if status is None else int(status)
    return replace(row, finished_at=now, exit_status=number, reason=reason)


def job_id(key: str, runs: Iterable[RunRecord]) -> str:
    """Return the id of the job of *key* that follows *runs*.

    Schedulers that find the same runs give the same id, under which one run begins.
    """
    known = " ".join(sorted(run.id for run in runs))
    return hashlib.sha256(f"{key} {known}".encode()).hexdigest()[:12]

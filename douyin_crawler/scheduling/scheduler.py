"""Rounds over a plan: what became of the jobs, what is due, who takes it.

Everything that has to be known later lies in the store. A job gets its row in ``runs``
before a node is told of it, under the id that its run will have; the run goes on with
that row. So the row of a job that has not begun yet is one without a lock file, and
the scheduler that wrote it may have been another process, long ago.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from douyin_crawler.extensions.history import KILLED, new_id
from douyin_crawler.plans.alone import alone
from douyin_crawler.plans.due import NOTHING, due, due_since
from douyin_crawler.plans.history import runs_of
from douyin_crawler.plans.plan import RETRY
from douyin_crawler.plans.reading import PlanError
from douyin_crawler.scheduling.jobs import told
from douyin_crawler.scheduling.node import NodeFailure
from douyin_crawler.scheduling.telling import ending
from douyin_crawler.verdicts import ExitStatus, RunRecord

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.scheduling.jobs import Prepared
    from douyin_crawler.scheduling.node import Jobs, Node
    from douyin_crawler.stores.base import Store

logger = logging.getLogger(__name__)

NOT_BEGUN = (
    "the node calls it finished, and no run of it began here: its log says why; where "
    "that tells of no mistake, DOUYIN_STORE of the node is another than the scheduler's"
)
GIVEN_UP = "its node did not come back before the job was due again"
ASK_AGAIN = timedelta(minutes=10)
"""The store is asked so often for targets that it did not have for a job."""


@dataclass(slots=True)
class Round:
    """What one round did; the names are those of jobs."""

    started: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Due, and not started: no node took them."""
    runs: Sequence[RunRecord] = ()
    """The latest ones of each job, those aside that were started now."""


class Scheduler:
    """Starts what is due on the nodes that answer."""

    def __init__(
        self,
        store: Store,
        nodes: Sequence[Node],
        prepare: Callable[[Plan, Job, datetime], Awaitable[Prepared | None]],
    ) -> None:
        self._store = store
        self._nodes = nodes
        self._prepare = prepare
        self._down: set[str] = set()
        self._open: dict[str, str] = {}
        self._empty: dict[str, datetime] = {}

    async def round(self, plan: Plan, now: datetime) -> Round:
        """Look at every job of *plan* once.

        Raises:
            StoreError: the store is out of reach.
        """
        board = await self._ask_nodes()
        # After the nodes: a job that a node calls finished has written its row by now.
        rows = await runs_of(plan, self._store, now)
        self._tell_ends(rows)
        turn = _Turn(plan, now, board, Round())
        jobs = {plan.key(job): job for job in plan.jobs}
        runs = [
            await self._settle(turn, jobs[row.plan.removesuffix(RETRY)], row)
            for row in rows
        ]
        turn.done.runs = runs
        for one in due(plan, runs, now):
            await self._start(turn, one.job)
        return turn.done

    # -- what became of the jobs ---------------------------------------------------

    async def _settle(self, turn: _Turn, job: Job, row: RunRecord) -> RunRecord:
        """Return *row* as :func:`due` is to see it."""
        over = any(row.job in jobs.finished for jobs in turn.board.values())
        if row.finished_at or not (over or waits(row)):
            return row
        if not waits(row):
            # Its process is over, and would have closed the row if it could.
            killed = _closed(row, turn.now, None, KILLED)
            await self._store.save_run(killed)
            return killed
        if over:
            return await self._close(row, turn.now, ExitStatus.USAGE, NOT_BEGUN)
        node = next((n for n in turn.board if str(n) == row.host), None)
        if node is None and row.host:
            if due_since(turn.plan, job, row, turn.now) is None:
                return replace(row, seen_at=turn.now)
            return await self._close(row, turn.now, None, GIVEN_UP)
        if node is None or row.id not in turn.board[node].waiting:
            await self._offer(turn, job, row)
        return replace(row, seen_at=turn.now)

    async def _close(
        self, row: RunRecord, now: datetime, status: ExitStatus | None, reason: str
    ) -> RunRecord:
        """Close the row of a job that waits; its run never begins then.

        One that has begun meanwhile is under way.
        """
        closed = _closed(row, now, status, reason)
        saved = await self._store.save_job(closed, known=True)
        return replace(row, seen_at=now) if saved == "over" else closed

    def _tell_ends(self, rows: Sequence[RunRecord]) -> None:
        found = {run.id: run for run in rows}
        for job, key in [*self._open.items()]:
            run = found.get(job)
            if run is None or run.finished_at:
                del self._open[job]
                logger.info("%s, job %s ended: %s", key, job, ending(run))
        self._open |= {r.id: r.plan for r in found.values() if r.finished_at is None}

    # -- what is due -----------------------------------------------------------------

    async def _start(self, turn: _Turn, job: Job) -> None:
        if not turn.board:
            turn.done.left.append(job.name)
            return
        asked = self._empty.get(turn.plan.key(job))
        if asked and abs(turn.now - asked) < ASK_AGAIN:
            return
        own = new_id()
        row = RunRecord(
            id=own,
            spider=job.spider,
            arguments={},
            started_at=turn.now,
            job=own,
            plan=turn.plan.key(job),
            seen_at=turn.now,
        )
        # ``scrapy collect`` may be about to begin it.
        with alone("job", row.plan, str(self._store)) as free:
            if free:
                await self._offer(turn, job, row, stored=False)

    async def _offer(
        self, turn: _Turn, job: Job, row: RunRecord, *, stored: bool = True
    ) -> None:
        """Put a job into the queue of a node, the least busy one first."""
        try:
            prepared = await self._prepared(turn, job, row)
        except PlanError as error:
            logger.error("%s", error)
            turn.done.left.append(job.name)
            return
        if prepared is None:
            if row.plan not in self._empty:
                logger.info("%s: %s; it is asked again", row.plan, NOTHING)
            self._empty[row.plan] = turn.now
            if stored:
                await self._close(row, turn.now, ExitStatus.OK, NOTHING)
            return
        self._empty.pop(row.plan, None)
        row = replace(row, arguments=prepared.arguments)
        for node in turn.by_load():
            if (taken := await self._give(turn, job, row, node, prepared)) is None:
                break  # it may have the job: it is asked when it answers again
            if taken:
                turn.done.started.append(job.name)
                self._open[row.id] = row.plan
                logger.info("%s: started as job %s on %s", row.plan, row.id, node)
                return
        turn.done.left.append(job.name)

    async def _prepared(self, turn: _Turn, job: Job, row: RunRecord) -> Prepared | None:
        """Return what a node is told; no queue is filled twice for one job."""
        if "queue" in row.arguments:
            return told(turn.plan, job, row.arguments)
        return await self._prepare(turn.plan, job, turn.now)

    async def _give(
        self, turn: _Turn, job: Job, row: RunRecord, node: Node, what: Prepared
    ) -> bool | None:
        """Return whether *node* took the job; None where that can't be known."""
        row = replace(row, host=str(node), reason=f"waits on {node}")
        # One that has begun since the nodes were asked stays; what is sent then ends.
        await self._store.save_job(row, known=False)
        try:
            await node.start(
                row.id, row.spider, what.arguments, what.settings, job.priority
            )
        except NodeFailure as error:
            self._lost(node, error)
            del turn.board[node]
            if error.delivered is not None:
                row = replace(row, host="", reason="waits")
                await self._store.save_job(row, known=True)
            return error.delivered
        turn.given[node] = turn.given.get(node, 0) + 1
        return True

    # -- nodes -------------------------------------------------------------------------

    def nodes_up(self) -> dict[str, bool]:
        """Return which nodes answered when they were asked last."""
        return {str(node): str(node) not in self._down for node in self._nodes}

    async def _ask_nodes(self) -> dict[Node, Jobs]:
        board = {}
        for node in self._nodes:
            try:
                board[node] = await node.jobs()
            except NodeFailure as error:
                self._lost(node, error)
                continue
            if str(node) in self._down:
                self._down.discard(str(node))
                logger.info("%s answers again", node)
        return board

    def _lost(self, node: Node, error: NodeFailure) -> None:
        if str(node) not in self._down:
            self._down.add(str(node))
            logger.warning("%s; it is tried again in each round", error)


@dataclass(slots=True)
class _Turn:
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


def _closed(
    row: RunRecord, now: datetime, status: ExitStatus | None, reason: str
) -> RunRecord:
    """Return *row* with an end, and say so."""
    shown = f" on {row.host}" if row.host else ""
    logger.warning("%s, job %s%s: %s", row.plan, row.job, shown, reason)
    number = None if status is None else int(status)
    return replace(row, finished_at=now, exit_status=number, reason=reason)


def waits(row: RunRecord) -> bool:
    """Return whether *row* is of a job whose run has not begun."""
    return row.finished_at is None and row.id == row.job and not row.lock

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

from douyin_crawler.extensions.history import KILLED
from douyin_crawler.plans.alone import alone
from douyin_crawler.plans.due import NOTHING, due, due_since, under_way, waits
from douyin_crawler.plans.history import runs_of
from douyin_crawler.plans.plan import RETRY
from douyin_crawler.plans.reading import PlanError
from douyin_crawler.scheduling.jobs import told
from douyin_crawler.scheduling.node import NodeFailure
from douyin_crawler.scheduling.telling import ending
from douyin_crawler.scheduling.turn import Turn, closed, job_id
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
NO_ANSWER = "its node took it without an answer, and did not come back"
LOST = timedelta(minutes=10)
"""A job that a node may not have got is given to another after so long."""
_OFFERED = "may wait on "
_TAKEN = "waits on "
_REFRESHED = timedelta(minutes=5)
"""So often the store is told that a job still waits."""
ASK_AGAIN = timedelta(minutes=10)
"""The store is asked so often for targets that it did not have for a job."""


@dataclass(slots=True)
class Round:
    """What one round did; the names are those of jobs."""

    started: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Due, and not started: no node took them."""
    why: dict[str, str] = field(default_factory=dict)
    """Reasons of such as no node was asked to take."""
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
        self._refused: dict[tuple[str, str], str] = {}

    async def round(self, plan: Plan, now: datetime) -> Round:
        """Look at every job of *plan* once.

        Raises:
            StoreError: the store is out of reach.
        """
        board = await self._ask_nodes()
        # After the nodes: a job that a node calls finished has written its row by now.
        rows = await runs_of(plan, self._store, now)
        self._tell_ends(rows)
        turn = Turn(plan, now, board, Round())
        jobs = {plan.key(job): job for job in plan.jobs}
        runs = [
            await self._settle(turn, jobs[row.plan.removesuffix(RETRY)], row)
            for row in rows
        ]
        turn.done.runs = runs
        for one in due(plan, runs, now):
            own = job_id(one.key, (row for row in rows if row.plan == one.key))
            await self._start(turn, one.job, own)
        return turn.done

    # -- what became of the jobs ---------------------------------------------------

    async def _settle(self, turn: Turn, job: Job, row: RunRecord) -> RunRecord:
        """Return *row* as :func:`due` is to see it."""
        if row.finished_at:
            return row
        if any(row.job in jobs.waiting for jobs in turn.board.values()):
            return await self._vouched(turn, row)
        over = any(row.job in jobs.finished for jobs in turn.board.values())
        if waits(row):
            return await self._settle_waiting(turn, job, row, over=over)
        # A second scheduler's copy of it may be what is finished.
        hidden = len(turn.board) < len(self._nodes) and under_way(row, turn.now)
        if not over or hidden:
            return row
        # Its process is over, and would have closed the row if it could.
        killed = closed(row, turn.now, None, KILLED)
        await self._store.save_run(killed)
        return killed

    async def _settle_waiting(
        self, turn: Turn, job: Job, row: RunRecord, *, over: bool
    ) -> RunRecord:
        if over:
            return await self._close(row, turn.now, ExitStatus.USAGE, NOT_BEGUN)
        if not row.host or any(str(node) == row.host for node in turn.board):
            await self._offer(turn, job, row)
            return replace(row, seen_at=turn.now)
        if due_since(turn.plan, job, row, turn.now) is not None:
            return await self._close(row, turn.now, None, GIVEN_UP)
        if not row.reason.startswith(_OFFERED):
            return await self._vouched(turn, row)
        if turn.board and abs(turn.now - (row.seen_at or row.started_at)) >= LOST:
            return await self._close(row, turn.now, None, NO_ANSWER)
        return replace(row, seen_at=turn.now)

    async def _vouched(self, turn: Turn, row: RunRecord) -> RunRecord:
        """Return *row* as under way; whoever else asks the store is to know it too.

        A run that has begun says so itself.
        """
        if not waits(row):
            return replace(row, seen_at=turn.now)
        fresh = replace(row, seen_at=turn.now, reason=f"{_TAKEN}{row.host}")
        old = abs(turn.now - (row.seen_at or row.started_at)) > _REFRESHED
        if old or row.reason != fresh.reason:
            await self._store.save_job(fresh, known=True)
        return fresh

    async def _close(
        self, row: RunRecord, now: datetime, status: ExitStatus | None, reason: str
    ) -> RunRecord:
        """Close the row of a job that waits; its run never begins then.

        One that has begun meanwhile is under way.
        """
        ended = closed(row, now, status, reason)
        saved = await self._store.save_job(ended, known=True)
        return replace(row, seen_at=now) if saved == "over" else ended

    def _tell_ends(self, rows: Sequence[RunRecord]) -> None:
        found = {run.id: run for run in rows}
        for job, key in [*self._open.items()]:
            run = found.get(job)
            if run is None or run.finished_at:
                del self._open[job]
                logger.info("%s, job %s ended: %s", key, job, ending(run))
        self._open |= {r.id: r.plan for r in found.values() if r.finished_at is None}

    # -- what is due -----------------------------------------------------------------

    async def _start(self, turn: Turn, job: Job, own: str) -> None:
        if not turn.board:
            turn.done.left.append(job.name)
            return
        asked = self._empty.get(turn.plan.key(job))
        if asked and abs(turn.now - asked) < ASK_AGAIN:
            return
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
        self, turn: Turn, job: Job, row: RunRecord, *, stored: bool = True
    ) -> None:
        """Put a job into the queue of a node, the least busy one first."""
        if row.spider != job.spider:  # the plan was edited since
            row = replace(row, spider=job.spider, arguments={})
        try:
            prepared = await self._prepared(turn, job, row)
        except PlanError as error:
            logger.error("%s", error)
            turn.done.left.append(job.name)
            turn.done.why[job.name] = str(error)
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

    async def _prepared(self, turn: Turn, job: Job, row: RunRecord) -> Prepared | None:
        """Return what a node is told; no queue is filled twice for one job."""
        if "queue" in row.arguments:
            return told(turn.plan, job, row.arguments)
        return await self._prepare(turn.plan, job, turn.now)

    async def _give(
        self, turn: Turn, job: Job, row: RunRecord, node: Node, what: Prepared
    ) -> bool | None:
        """Return whether *node* took the job; None where that can't be known."""
        row = replace(row, host=str(node), reason=f"{_OFFERED}{node}", seen_at=turn.now)
        # One that has begun since the nodes were asked stays.
        if await self._store.save_job(row, known=False) == "over":
            return True
        try:
            await node.start(
                row.id, row.spider, what.arguments, what.settings, job.priority
            )
        except NodeFailure as error:
            if error.delivered is None or not await self._refuses(node, row, error):
                self._lost(node, error)
                del turn.board[node]
            if error.delivered is not None:
                row = replace(row, host="", reason="waits")
                await self._store.save_job(row, known=True)
            return error.delivered
        self._refused.pop((row.plan, str(node)), None)
        taken = replace(row, reason=f"{_TAKEN}{node}")
        await self._store.save_job(taken, known=True)
        turn.given[node] = turn.given.get(node, 0) + 1
        return True

    async def _refuses(self, node: Node, row: RunRecord, error: NodeFailure) -> bool:
        """Return whether *node* is well, so that *error* is about this job alone."""
        try:
            await node.jobs()
        except NodeFailure:
            return False
        if self._refused.get((row.plan, str(node))) != str(error):
            logger.warning("%s: %s; it is tried again in each round", row.plan, error)
        self._refused[row.plan, str(node)] = str(error)
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

"""Targets that processes of one machine share: this part of the store's contract."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from douyin_crawler.stores import sqlite_queue
from douyin_crawler.stores.queues import Queues

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from douyin_crawler.progress import Holder
    from douyin_crawler.stores.sqlite_forget import Guard
    from douyin_crawler.tickets import Enqueued, QueueState, Stage, Ticket, Turn

P = ParamSpec("P")
T = TypeVar("T")


class SQLiteQueues(Queues):
    """What the store has of queues."""

    _guard: Guard

    @abstractmethod
    async def _call(
        self,
        function: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what *function* does in the file's own thread."""

    async def enqueue(
        self, queue: str, spider: str, targets: Sequence[tuple[str, str]]
    ) -> Enqueued:
        """Put *targets* in that do not wait already."""
        return await self._call(
            sqlite_queue.enqueue, queue, spider, targets, self._guard
        )

    async def requeue_failed(self, queue: str) -> int:
        """Let those wait again that have no final verdict, or were set aside."""
        return await self._call(sqlite_queue.requeue_failed, queue)

    async def next_ticket(
        self, queue: str, holder: Holder, seconds: float, *, spider: str, alone: bool
    ) -> Turn:
        """Give *holder* the lease of the ticket that ended, or was put in, first."""
        return await self._call(
            sqlite_queue.next_ticket,
            queue,
            holder,
            seconds,
            spider=spider,
            alone=alone,
        )

    async def holders(self, queue: str) -> list[Holder]:
        """Return the runs that have tickets."""
        return await self._call(sqlite_queue.holders, queue)

    async def queues(self, queue: str | None = None) -> list[QueueState]:
        """Return how many tickets of each queue are where."""
        return await self._call(sqlite_queue.queues, queue)

    async def tickets(self, queue: str, stage: Stage, limit: int) -> list[Ticket]:
        """Return the first *limit* tickets of a stage, the oldest first."""
        return await self._call(sqlite_queue.tickets, queue, stage, limit)

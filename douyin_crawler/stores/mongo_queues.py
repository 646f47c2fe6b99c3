"""Targets that workers on any machines share: this part of the store's contract."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from douyin_crawler.progress import WalkKey
from douyin_crawler.stores import mongo_queue
from douyin_crawler.stores.queues import Queues
from douyin_crawler.tickets import WALK, Enqueued

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from douyin_crawler.progress import Holder
    from douyin_crawler.stores.mongo_forget import Guard
    from douyin_crawler.stores.mongo_writer import Database
    from douyin_crawler.tickets import QueueState, Stage, Ticket, Turn


class MongoQueues(Queues):
    """What the store has of queues."""

    _guard: Guard

    @property
    @abstractmethod
    def _database(self) -> Database:
        """The database, which is open."""

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """Return what makes a StoreError of what pymongo raises inside it."""

    async def enqueue(
        self, queue: str, spider: str, targets: Sequence[tuple[str, str]]
    ) -> Enqueued:
        """Put *targets* in that do not wait already."""
        with self._explained():
            known = await self._guard.load(self._database)
            kept = [
                (target, kind)
                for target, kind in targets
                if not known.is_walk(WalkKey(WALK, target, queue))
            ]
            done = await mongo_queue.enqueue(self._database, queue, spider, kept)
        return done + Enqueued(forgotten=len(targets) - len(kept))

    async def requeue_failed(self, queue: str) -> int:
        """Let those wait again that have no final verdict, or were set aside."""
        with self._explained():
            return await mongo_queue.requeue_failed(self._database, queue)

    async def next_ticket(
        self, queue: str, holder: Holder, seconds: float, *, spider: str, alone: bool
    ) -> Turn:
        """Give *holder* the lease of the ticket that ended, or was put in, first."""
        with self._explained():
            return await mongo_queue.next_ticket(
                self._database, queue, holder, seconds, spider=spider, alone=alone
            )

    async def holders(self, queue: str) -> list[Holder]:
        """Return the runs that have tickets."""
        with self._explained():
            return await mongo_queue.holders(self._database, queue)

    async def queues(self, queue: str | None = None) -> list[QueueState]:
        """Return how many tickets of each queue are where."""
        with self._explained():
            return await mongo_queue.queues(self._database, queue)

    async def tickets(self, queue: str, stage: Stage, limit: int) -> list[Ticket]:
        """Return the first *limit* tickets of a stage, the oldest first."""
        with self._explained():
            return await mongo_queue.tickets(self._database, queue, stage, limit)

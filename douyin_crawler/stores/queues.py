"""The part of the stores' contract that is about targets which workers share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from douyin_crawler.progress import Holder
    from douyin_crawler.tickets import Enqueued, QueueState, Stage, Ticket, Turn


class Queues(ABC):
    """Keeps tickets; each is had by one worker at a time, by a lease like a walk's.

    ``renew`` and ``release`` go for them too, and so do the tokens: a ticket is ended
    by a TargetVerdict with its key, and a Checkpoint says that its walk came on.
    """

    @abstractmethod
    async def enqueue(
        self, queue: str, spider: str, targets: Sequence[tuple[str, str]]
    ) -> Enqueued:
        """Put *targets* in, each with how it has to be looked up. Durable.

        One that waits or is being walked stays as it is; one that has ended, or was
        set aside, waits again.
        """

    @abstractmethod
    async def requeue_failed(self, queue: str) -> int:
        """Let those wait again that have no final verdict, or were set aside."""

    @abstractmethod
    async def next_ticket(
        self, queue: str, holder: Holder, seconds: float, *, spider: str, alone: bool
    ) -> Turn:
        """Give *holder* the lease of the ticket that ended, or was put in, first.

        One atomic step, by the store's clock. *alone*: the worker walks nothing else.
        A ticket that MOST_TRIES workers had, none of which came on with it, gave it
        back or lived to release it, is set aside.
        """

    @abstractmethod
    async def holders(self, queue: str) -> list[Holder]:
        """Return the runs that have tickets, whether or not their leases ran out."""

    @abstractmethod
    async def queues(self, queue: str | None = None) -> list[QueueState]:
        """Return how many tickets of each queue are where, in the order of names."""

    @abstractmethod
    async def tickets(self, queue: str, stage: Stage, limit: int) -> list[Ticket]:
        """Return the first *limit* tickets of a stage, the oldest first."""

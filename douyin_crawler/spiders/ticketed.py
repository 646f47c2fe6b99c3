"""Walks that a queue gave: how their tickets end, and go back."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.extensions.run import RunExtension
    from douyin_crawler.progress import Checkpoint, WalkKey
    from douyin_crawler.spiders.walk import Walk
    from douyin_crawler.verdicts import TargetVerdict


class Ticketed:
    """The part of a spider that ends tickets; for other walks it does nothing."""

    given_back: list[TargetVerdict]
    """What lets tickets wait again; the queue's worker writes it."""

    @property
    @abstractmethod
    def run(self) -> RunExtension:
        """What all components of the crawl share."""

    @abstractmethod
    def open_walks(self) -> list[Walk]:
        """Return the walks that have no verdict yet."""

    def hand_in(self, walk: Walk, ending: TargetVerdict) -> Iterator[TargetVerdict]:
        """Yield what ends the ticket of *walk*."""
        ticket, walk.ticket = walk.ticket, None
        if ticket is not None:
            yield ticket.ended(ending)

    def give_back(self, walk: Walk, reason: str) -> None:
        """Let the ticket of *walk* wait again."""
        ticket, walk.ticket = walk.ticket, None
        if ticket is not None:
            self.given_back.append(ticket.given_back(self.run.id, reason))

    def came_on(self, walk: Walk, entry: Checkpoint) -> Iterator[Checkpoint]:
        """Yield, once, that *walk* has more by *entry* than any run had before."""
        ticket = walk.root.ticket
        if ticket and not ticket.progressed and entry.got > walk.before:
            yield ticket.came_on(self.run.id)

    def walk_of(self, key: WalkKey) -> Walk | None:
        """Return the open walk whose ticket has *key*."""
        for walk in self.open_walks():
            if walk.ticket is not None and walk.ticket.key == key:
                return walk
        return None

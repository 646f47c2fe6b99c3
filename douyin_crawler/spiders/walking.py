"""The life of walks: claimed, taken up where they stopped, ended by a verdict."""

from __future__ import annotations

import logging
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.spiders import rows
from douyin_crawler.spiders.segment import WalkState
from douyin_crawler.spiders.ticketed import Ticketed
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.walks import key_of
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy import Request

    from douyin_crawler.extensions.run import RunExtension
    from douyin_crawler.progress import Checkpoint, Claim, Opened, Progress, WalkKey
    from douyin_crawler.spiders.arguments import Arguments
    from douyin_crawler.spiders.segment import Mark
    from douyin_crawler.verdicts import TargetVerdict

logger = logging.getLogger(__name__)

_TAKEN_OVER = "another run has taken its walk over"
_OPEN_CHILDREN = 20
"""Walks that one opened, under way at once; it does not go on before they end."""


class Walking(Ticketed):
    """The part of a spider that begins, saves and ends walks.

    A walk is this run's alone while it holds the lease. What a page brings is put
    into the store in order: its records, the walks that it opens, and then the
    checkpoint to go on from.
    """

    name: str
    arguments: Arguments
    restarts: ClassVar[bool] = True
    """Whether a walk begins anew after a stop: there is no cursor to go on from."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)  # type: ignore[call-arg]
        self._walks: dict[WalkKey, Walk] = {}
        self._met: set[int] = set()
        self._ending: dict[WalkKey, Walk] = {}
        self.given_back: list[TargetVerdict] = []

    @property
    @abstractmethod
    def run(self) -> RunExtension:
        """What all components of the crawl share."""

    @abstractmethod
    def walk_request(self, walk: Walk) -> Request:
        """Return the request that *walk* goes on with."""

    @abstractmethod
    def next_target(self) -> None:
        """Let the next target begin."""

    def child_walk(self, parent: Walk, key: WalkKey) -> Walk:
        """Return the walk that *parent* had opened in an earlier run."""
        return Walk(kind=key.walk, id=key.id, range=key.range, parent=parent)

    def open_walks(self) -> list[Walk]:
        """Return the walks that have no verdict yet."""
        return list(self._walks.values())

    # -- beginning ---------------------------------------------------------------

    def begin(self, walk: Walk) -> bool:
        """Take note of *walk*; return False for one that this run has met before.

        A queue may have a target again, when it has ended.
        """
        if walk.ticket is not None:
            return self._walks.setdefault(walk.key, walk) is walk
        if not self.first_sight(walk):
            self.run.count("targets/repeated")
            logger.debug("%s %s stands twice among the targets", walk.kind, walk.id)
            return False
        self._walks[walk.key] = walk
        return True

    def is_met(self, walk: Walk) -> bool:
        """Return whether this run has come to *walk*."""
        return hash(walk.key) in self._met

    def first_sight(self, walk: Walk) -> bool:
        """Return whether this run meets *walk* for the first time."""
        if self.is_met(walk):
            return False
        self._met.add(hash(walk.key))
        return True

    async def enter(self, walk: Walk, request: Request | None = None) -> list[Any]:
        """Claim *walk*; return the request that it goes on with, or its verdict.

        *request* is that of a walk that begins.
        """
        try:
            if await self._passed_over(walk):
                return self._less_one(walk.parent)
            claim = await self.run.leases.claim(
                walk.key, spider=self.name, parent=walk.opener
            )
            if claim.token is None:
                return self._turned_away(walk, _held(claim))
            walk.token = claim.token
            walk.before = 0 if claim.progress.final else claim.progress.got
            await self.restore(walk, claim.progress)
        except StoreError as error:
            self.run.store_failed(error)
            return []
        walk.saved = self.checkpoint(walk)
        more = [one async for one in self.more_children(walk)]
        own = request if request and not walk.resumed else self.walk_request(walk)
        return [*more, *self.onward(walk, own)]

    def _turned_away(self, walk: Walk, reason: str) -> list[Any]:
        """End a walk that another run has; one of a queue is tried again later."""
        if walk.ticket is None:
            return list(self.finish(walk, Verdict.LEASED, reason))
        self.run.count("targets/put_off")
        # It comes round again and again, as long as the other run has it.
        level = logging.DEBUG if walk.ticket.reason == reason else logging.INFO
        logger.log(level, "%s %s: %s", walk.kind, walk.id, reason)
        self.forget(walk)
        self.give_back(walk, reason)
        if walk.slot:
            self.next_target()
        return []

    async def _passed_over(self, walk: Walk) -> bool:
        """Return whether nothing is to be asked for *walk*, and say why."""
        if self.run.store.forgotten.is_walk(walk.key):
            self.run.count("targets/forgotten")
            logger.debug("A target is of a person who was erased: passed over")
        elif await self._is_finished(walk):
            self.run.count("targets/finished_before")
            logger.debug("%s %s is not unfinished: passed over", walk.kind, walk.id)
        else:
            return False
        self.forget(walk)
        self.given_back += self.hand_in(walk, self.verdict(walk, Verdict.GONE))
        if walk.slot and not walk.parent:
            self.next_target()
        return True

    async def _is_finished(self, walk: Walk) -> bool:
        """Return whether only unfinished targets are asked for, and this is none."""
        if getattr(self.arguments, "resume", "") != "only" or walk.parent:
            return False
        progress = await self.run.store.progress(walk.key)
        return progress is None or progress.final

    async def restore(self, walk: Walk, progress: Progress) -> None:
        """Take over what earlier runs left of *walk*, and go on with it."""
        state = WalkState.decode(progress.state)
        walk.remember(state)
        if walk.announced is None:
            walk.announced = progress.announced
        never = getattr(self.arguments, "resume", "auto") == "never"
        if state.segments and not progress.final and not (self.restarts or never):
            walk.resume(progress, state)
        elif progress.verdict is Verdict.COMPLETE and state.born and not progress.final:
            walk.born = state.born  # what lies below, and has ended since, is read
        if not (progress.final or self.restarts or never):
            await self._restore_children(walk)

    async def _restore_children(self, walk: Walk) -> None:
        async for child in self.run.store.unfinished(parent=walk.key):
            walk.pending.append(child.key)
        walk.children += len(walk.pending)

    # -- children ----------------------------------------------------------------

    async def wanted(self, child: Walk) -> bool:
        """Return whether *child* is still to be read for the walk that opens it."""
        assert child.parent is not None
        if child.key in self._walks or child.key in child.parent.pending:
            return False
        known = await self.run.store.progress(child.key)
        if known is None or not known.final or known.announced != child.announced:
            return True
        return not (known.at and known.at >= child.parent.born)

    def open_child(self, child: Walk) -> Opened:
        """Take note of a walk that another one opened; that one waits for it."""
        assert child.parent is not None
        child.parent.children += 1
        self._walks[child.key] = child
        return rows.opened(child, self.name, self.run.id)

    async def more_children(self, walk: Walk) -> AsyncIterator[Any]:
        """Begin children that an earlier run left, of *walk* or of its parents."""
        parent: Walk | None = walk
        while parent is not None:
            while parent.pending and self._under_way(parent) < _OPEN_CHILDREN:
                child = self.child_walk(parent, parent.pending.popleft())
                if child.key in self._walks:
                    outputs = self._less_one(parent)
                else:
                    self._walks[child.key] = child
                    outputs = await self.enter(child)
                for output in outputs:
                    yield output
            parent = parent.parent

    def _under_way(self, parent: Walk) -> int:
        return parent.children - len(parent.pending)

    def onward(self, walk: Walk, request: Request) -> list[Request]:
        """Return *request* of *walk*, or keep it until enough children have ended."""
        if walk.children <= _OPEN_CHILDREN:
            return [request]
        walk.held = request
        return []

    # -- ending ------------------------------------------------------------------

    def finish(
        self,
        walk: Walk,
        verdict: Verdict,
        reason: str = "",
        *,
        settled: bool = False,
        cut: bool = False,
    ) -> Iterator[Any]:
        """End *walk*: its verdict follows its items, and the next target may begin.

        One that is *cut* in the middle of a page stands at its last checkpoint.

        A walk that opened others has its verdict when each of them has one that ends
        a target; where one ends the run instead, it stays open.
        """
        if walk.lost or self._walks.get(walk.key) is not walk:
            return  # it has ended already
        if walk.children and not verdict.ends_run:
            walk.awaiting = verdict, reason, settled
            walk.held = None
            return
        self.forget(walk)
        ending = self.verdict(walk, verdict, reason, settled=settled)
        if cut:
            ending = rows.back_to_checkpoint(ending, walk)
        if walk.parent and not verdict.ends_run:
            self._ending[walk.key] = walk.parent
        self.run.ended(ending, child=walk.parent is not None)
        yield ending
        yield from self.hand_in(walk, ending)
        if walk.parent is None:
            self.run.count("targets/done")
            if walk.slot:
                self.next_target()

    def ended_below(self, ending: TargetVerdict) -> Iterator[Any]:
        """Go on with the walk above one whose verdict is on its way to the store.

        Not sooner: a walk that has ended must not be stored before what it opened.
        """
        parent = self._ending.pop(key_of(ending), None)
        if parent is not None:
            yield from self._one_child_less(parent, final=ending.final)

    def _one_child_less(self, parent: Walk, *, final: bool) -> Iterator[Any]:
        parent.children -= 1
        parent.unfinished_below |= not final
        if parent.awaiting and not parent.children:
            yield from self._end_awaited(parent)
        elif parent.held and parent.children <= _OPEN_CHILDREN:
            held, parent.held = parent.held, None
            yield held

    def _less_one(self, parent: Walk | None) -> list[Any]:
        """Return what follows where a child of *parent* is not read after all."""
        return list(self._one_child_less(parent, final=True)) if parent else []

    def _end_awaited(self, walk: Walk) -> Iterator[Any]:
        if walk.awaiting and not (walk.children or walk.reading):
            verdict, reason, settled = walk.awaiting
            yield from self.finish(walk, verdict, reason, settled=settled)

    def lose(self, key: WalkKey) -> None:
        """Drop a walk whose lease another run took over; that one goes on with it."""
        walk = self._walks.get(key) or self.walk_of(key)
        if walk is None:
            return
        self._drop(walk)
        self.give_back(walk, _TAKEN_OVER)  # it may still be this run's
        self.run.count("targets/lost")
        logger.warning("%s %s: another run has taken it over", walk.kind, walk.id)
        if walk.parent is None:
            if walk.slot:
                self.next_target()
        else:
            self.run.put_late(self._one_child_less(walk.parent, final=False))

    def _drop(self, walk: Walk) -> None:
        walk.lost = True
        self.forget(walk)
        for child in self.open_walks():
            if child.parent is walk:
                self._drop(child)

    def forget(self, walk: Walk) -> None:
        """Drop *walk* without a verdict: another one takes its place."""
        self._walks.pop(walk.key, None)

    # -- what the store keeps ----------------------------------------------------

    def checkpoint(self, walk: Walk) -> Checkpoint:
        """Return how far *walk* is, for the store."""
        return rows.checkpoint(walk, self.run.id)

    def saved(self, entry: Checkpoint) -> Iterator[Any]:
        """Take note that *entry* is on its way to the store, behind its records.

        Yields once that the ticket came on, when its walk has more than ever before.
        """
        walk = self._walks.get(entry.key)
        if walk is None:
            return
        walk.saved = entry
        yield from self.came_on(walk, entry)
        walk.reading = False
        yield from self._end_awaited(walk)

    def mark(self, walk: Walk, verdict: Verdict) -> Mark | None:
        """Return the mark that *walk* leaves for later ones, if it does."""
        return None

    def verdict(
        self, walk: Walk, verdict: Verdict, reason: str = "", *, settled: bool = False
    ) -> TargetVerdict:
        """Return the row that says how *walk* ended."""
        return rows.ending(
            walk,
            verdict,
            reason,
            spider=self.name,
            run_id=self.run.id,
            settled=settled,
            mark=self.mark(walk, verdict),
        )

    def interrupted(self, walk: Walk, verdict: Verdict, reason: str) -> TargetVerdict:
        """Return the row of a walk that the run's end cuts off.

        It says where the last checkpoint is, not how far the walk had come since.
        """
        return rows.back_to_checkpoint(self.verdict(walk, verdict, reason), walk)


def _held(claim: Claim) -> str:
    holder = claim.holder
    who = f"run {holder.run_id} on {holder.host}" if holder else "another run"
    return f"{who} is walking it; run the same command again when that has ended"

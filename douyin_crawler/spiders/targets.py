"""Targets that people name: read from the arguments, short links followed."""

from __future__ import annotations

import re
from abc import abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from douyin_crawler.api.targets import (
    PostTarget,
    TargetError,
    UserTarget,
    parse_location,
    read_targets,
)
from douyin_crawler.items.observation import Observation
from douyin_crawler.privacy.jsontext import written
from douyin_crawler.privacy.person import ASKED_FOR
from douyin_crawler.spiders.arguments import ArgumentError, Arguments
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.spiders.queued import ELSEWHERE, QueueWorker, check_queue
from douyin_crawler.spiders.ranges import Bounds
from douyin_crawler.spiders.resolve import short_link_request
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.progress import Progress
    from douyin_crawler.spiders.walk import Walk
    from douyin_crawler.tickets import Ticket

Target = UserTarget | PostTarget
Resume: TypeAlias = Literal["auto", "never", "only"]
_NAMED = frozenset({"sec_uid", "aweme_id"})
"""Kinds of targets whose value is the API's id."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_NAMES = {UserTarget: "a user", PostTarget: "a post"}


class TargetArguments(Arguments, frozen=True, kw_only=True):
    """Arguments of every spider whose targets are named."""

    resume: Resume = "auto"
    """auto: go on where an unfinished walk stopped; never: from the start; only:
    nothing but unfinished targets, all of this spider where none are named."""
    queue: str = ""
    """Take targets from this queue of the store, which other workers share."""
    wait: bool = False
    """Whether to wait for more when the queue is done."""


class TargetSpider(DouyinSpider):
    """Finds the id of each target, with a request of its own where it must."""

    target_argument: ClassVar[str]
    """The argument that names targets."""
    target_class: ClassVar[type[Target]]

    at_once: ClassVar[int] = 1
    """Targets of a queue that one request may be of."""

    _left: Iterator[Target] | None = None

    @staticmethod
    @abstractmethod
    def parse_target(text: str) -> Target:
        """Return what *text* names.

        Raises:
            TargetError: it names no such target.
        """

    @abstractmethod
    def look_up(self, target: Target, walk: Walk) -> Request | None:
        """Return the request that finds the target's id, None where it is known."""

    @classmethod
    def read_arguments(cls, given: dict[str, Any]) -> Arguments:
        """Check the targets too; a file's lines are checked without keeping them."""
        arguments = super().read_arguments(given)
        named = getattr(arguments, cls.target_argument)
        assert isinstance(arguments, TargetArguments)
        check_queue(arguments, cls.target_argument)
        if not named:
            if arguments.resume == "only" or arguments.queue:
                return arguments
            raise ArgumentError(f"-a {cls.target_argument}=... is missing")
        try:
            read_targets(named, cls.parse_target)
        except TargetError as error:
            raise ArgumentError(f"-a {cls.target_argument}: {error}") from None
        return arguments

    @classmethod
    def named_targets(cls, arguments: Arguments) -> Iterator[tuple[str, str]]:
        """Yield the targets that the argument names."""
        parse: Callable[[str], Target] = cls.parse_target
        for target in read_targets(getattr(arguments, cls.target_argument), parse):
            kind = "" if target.kind in _NAMED else target.kind
            yield kind.replace("_", " "), target.value

    def first_requests(self) -> Iterator[Request]:
        """Yield the first request of each target."""
        for walk, target in self._walks_to_begin():
            yield self.first_request(target, walk)

    def target_of(self, ticket: Ticket) -> Target:
        """Return what *ticket* names; where that was looked up before, what it is."""
        if ticket.found:
            own = "sec_uid" if self.target_class is UserTarget else "aweme_id"
            return self.target_class(own, ticket.found)  # type: ignore[arg-type]
        return self.target_class(ticket.kind, ticket.target)  # type: ignore[arg-type]

    def requests_of(self, begun: Sequence[tuple[Target, Walk]]) -> Iterator[Request]:
        """Yield the requests that walks of a queue begin with, *at_once* at most."""
        for target, walk in begun:
            yield self.first_request(target, walk)

    def first_request(self, target: Target, walk: Walk) -> Request:
        """Return the request that *walk* over *target* begins with."""
        if target.kind == "short_link":
            return self._follow(target, walk)
        return self.look_up(target, walk) or self.walk_request(walk)

    async def requests(self) -> AsyncIterator[Request]:
        """Yield the first request of each target; of the unfinished ones if asked."""
        if getattr(self.arguments, self.target_argument):
            for request in self.first_requests():
                yield request
            return
        if name := getattr(self.arguments, "queue", ""):
            async for request in QueueWorker(self, name).requests():
                yield request
            return
        async for progress in self.run.store.unfinished(spider=self.name):
            walk = await self.unfinished_walk(progress)
            if walk is not None and self.begin(walk):
                yield self.walk_request(walk)

    async def unfinished_walk(self, progress: Progress) -> Walk | None:
        """Return the walk that *progress* is of.

        None for one that another unfinished walk opened: it goes on with that.
        """
        if progress.parent is not None:
            above = await self.run.store.progress(progress.parent)
            if above is not None and not above.final:
                return None
        key = progress.key
        walk = self.new_walk(key.id)
        walk.kind, walk.range, walk.above = key.walk, key.range, progress.parent
        bounds = Bounds.of_text(key.range)
        walk.since, walk.until, walk.limit = bounds.since, bounds.until, bounds.limit
        if walk.above is not None:
            walk.announced = progress.announced
        return walk

    def unreached(self) -> Iterator[Walk]:
        """Yield a walk for each target that the run did not come to."""
        for walk, _ in self._walks_to_begin():
            yield walk

    def _walks_to_begin(self) -> Iterator[tuple[Walk, Target]]:
        for target in self._targets():
            walk = self.walk_over(target)
            if self.begin(walk):
                yield walk, target

    def walk_over(self, target: Target) -> Walk:
        """Return the walk over *target*; its id may have to be looked up first."""
        walk = self.new_walk(target.value)
        walk.named = target.kind in _NAMED
        return walk

    def _targets(self) -> Iterator[Target]:
        """Return the targets that are left; all who ask share them."""
        if self._left is None:
            named = getattr(self.arguments, self.target_argument)
            parse: Callable[[str], Target] = self.parse_target
            self._left = read_targets(named, parse) if named else iter(())
        return self._left

    def _follow(self, target: Target, walk: Walk) -> Request:
        return short_link_request(
            target.value,
            self.run.config,
            self.found_location,
            errback=self.failed,
            cb_kwargs={"walk": walk},
        )

    async def found_location(
        self, response: Response, walk: Walk
    ) -> AsyncIterator[Any]:
        """Go on with what a short link points to."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        try:
            target = parse_location(location)
        except TargetError as error:
            for ending in self.finish(walk, Verdict.FAILED, f"the short link: {error}"):
                yield ending
            return
        if not isinstance(target, self.target_class):
            names = _NAMES[type(target)], _NAMES[self.target_class]
            reason = "the short link leads to {} ({}), not to {}"
            reason = reason.format(names[0], target.value, names[1])
            for ending in self.finish(walk, Verdict.FAILED, reason):
                yield ending
            return
        async for output in self.found(walk, target.value):
            yield output

    async def found(self, asked: Walk, id: str) -> AsyncIterator[Any]:
        """Walk *id* in place of what was asked for."""
        if not _ID.fullmatch(id):
            reason = "the service named no usable id for it"
            for ending in self.finish(asked, Verdict.FAILED, reason):
                yield ending
            return
        self.forget(asked)
        walk = self.new_walk(id)
        walk.ticket, asked.ticket = asked.ticket, None
        if walk.ticket:
            walk.ticket.found = id
        is_new = self.begin(walk)
        if self.target_class is UserTarget and asked.id != "self":
            yield self._asked_for(asked, walk)
        if is_new:
            for output in await self.enter(walk):
                yield output
        else:
            self.give_back(walk, ELSEWHERE)
            self.next_target()

    def _asked_for(self, asked: Walk, walk: Walk) -> Observation:
        """Return a note of where a link or a handle led, so that it can be erased."""
        note = {ASKED_FOR: asked.id, "sec_uid": walk.id}
        return Observation(
            kind="page",
            id=f"{ASKED_FOR}:{walk.id}:{asked.id}",
            item=None,
            payload=written(note),
            source="own",
            observed_at=datetime.now(UTC).replace(microsecond=0),
        )

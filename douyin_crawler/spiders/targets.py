"""Targets that people name: read from the arguments, short links followed."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.api.targets import (
    PostTarget,
    TargetError,
    UserTarget,
    parse_location,
    read_targets,
)
from douyin_crawler.spiders.arguments import ArgumentError, Arguments
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.spiders.resolve import short_link_request
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.spiders.walk import Walk

Target = UserTarget | PostTarget
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_NAMES = {UserTarget: "a user", PostTarget: "a post"}


class TargetSpider(DouyinSpider):
    """Finds the id of each target, with a request of its own where it must."""

    target_argument: ClassVar[str]
    """The argument that names targets."""
    target_class: ClassVar[type[Target]]

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
        try:
            read_targets(getattr(arguments, cls.target_argument), cls.parse_target)
        except TargetError as error:
            raise ArgumentError(f"-a {cls.target_argument}: {error}") from None
        return arguments

    def first_requests(self) -> Iterator[Request]:
        """Yield the first request of each target."""
        for target in self._targets():
            walk = self.new_walk(target.value)
            if not self.begin(walk):
                continue
            if target.kind == "short_link":
                yield self._follow(target, walk)
            else:
                yield self.look_up(target, walk) or self.walk_request(walk)

    def unreached(self) -> Iterator[Walk]:
        """Yield a walk for each target that the run did not come to."""
        for target in self._targets():
            walk = self.new_walk(target.value)
            if self.begin(walk):
                yield walk

    def _targets(self) -> Iterator[Target]:
        """Return the targets that are left; all who ask share them."""
        if self._left is None:
            named = getattr(self.arguments, self.target_argument)
            parse: Callable[[str], Target] = self.parse_target
            self._left = read_targets(named, parse)
        return self._left

    def _follow(self, target: Target, walk: Walk) -> Request:
        return short_link_request(
            target.value,
            self.run.config,
            self.found_location,
            errback=self.failed,
            cb_kwargs={"walk": walk},
        )

    def found_location(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Go on with what a short link points to."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        try:
            target = parse_location(location)
        except TargetError as error:
            yield from self.finish(walk, Verdict.FAILED, f"the short link: {error}")
            return
        if not isinstance(target, self.target_class):
            names = _NAMES[type(target)], _NAMES[self.target_class]
            reason = "the short link leads to {} ({}), not to {}"
            reason = reason.format(names[0], target.value, names[1])
            yield from self.finish(walk, Verdict.FAILED, reason)
            return
        yield from self.found(walk, target.value)

    def found(self, asked: Walk, id: str) -> Iterator[Any]:
        """Walk *id* in place of what was asked for."""
        if not _ID.fullmatch(id):
            reason = "the service named no usable id for it"
            yield from self.finish(asked, Verdict.FAILED, reason)
            return
        self.forget(asked)
        walk = self.new_walk(id)
        if self.begin(walk):
            yield self.walk_request(walk)
        else:
            self.next_target()

"""Users as targets: ids, profile addresses, handles, short links, oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.targets import (
    TargetError,
    UserTarget,
    parse_location,
    parse_user,
    read_targets,
)
from douyin_crawler.items.page import MalformedPage, decode
from douyin_crawler.spiders.arguments import ArgumentError, Arguments
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.spiders.resolve import (
    lookup_request,
    read_handle,
    short_link_request,
)
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.spiders.walk import Walk


class UserArguments(Arguments, frozen=True, kw_only=True):
    """Arguments of a spider whose targets are users."""

    user: str
    """sec_user_ids, profile addresses or handles, comma-separated, or @file."""


class UserTargets(DouyinSpider):
    """Finds the sec_uid of each target, with a request of its own where it must."""

    arguments: UserArguments

    @classmethod
    def read_arguments(cls, given: dict[str, Any]) -> Arguments:
        """Check the targets too; a file's lines are checked without keeping them."""
        arguments = super().read_arguments(given)
        assert isinstance(arguments, UserArguments)
        try:
            read_targets(arguments.user, parse_user)
        except TargetError as error:
            raise ArgumentError(f"-a user: {error}") from None
        return arguments

    def first_requests(self) -> Iterator[Request]:
        """Yield the first request of each user."""
        for target in read_targets(self.arguments.user, parse_user):
            walk = self.new_walk(target.value)
            if not self.begin(walk):
                continue
            if target.kind == "sec_uid":
                yield self.walk_request(walk)
            else:
                yield self._look_up(target, walk)

    def _look_up(self, target: UserTarget, walk: Walk) -> Request:
        config = self.run.config
        options = {"errback": self.failed, "cb_kwargs": {"walk": walk}}
        if target.kind == "handle":
            return lookup_request(target.value, config, self.found_handle, **options)
        if target.kind == "short_link":
            return short_link_request(
                target.value, config, self.found_location, **options
            )
        return self.request(ENDPOINTS["user_profile_self"], walk, self.found_self)

    def found_handle(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Go on with the user whose handle was looked up."""
        try:
            sec_uid = read_handle(response.body)
        except MalformedPage as error:
            yield from self.finish(walk, Verdict.FAILED, str(error))
            return
        if sec_uid is None:
            yield from self.finish(walk, Verdict.GONE, "no user has this handle")
            return
        yield from self.found(walk, sec_uid)

    def found_location(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Go on with the user whom a short link points to."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        try:
            target = parse_location(location)
        except TargetError as error:
            yield from self.finish(walk, Verdict.FAILED, f"the short link: {error}")
            return
        if not isinstance(target, UserTarget):
            reason = f"the short link leads to the post {target.value}, not to a user"
            yield from self.finish(walk, Verdict.FAILED, reason)
            return
        yield from self.found(walk, target.value)

    def found_self(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Go on with the user whose session it is."""
        try:
            user = decode(response.body)["user"]
            sec_uid = str(user["sec_uid"])
        except (MalformedPage, KeyError, TypeError):
            yield from self.finish(walk, Verdict.FAILED, "the profile has no sec_uid")
            return
        yield from self.found(walk, sec_uid)

    def found(self, asked: Walk, sec_uid: str) -> Iterator[Any]:
        """Walk *sec_uid* in place of what was asked for."""
        self.forget(asked)
        walk = self.new_walk(sec_uid)
        if self.begin(walk):
            yield self.walk_request(walk)
        else:
            self.next_target()

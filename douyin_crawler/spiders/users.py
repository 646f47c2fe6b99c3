"""Users as targets: ids, profile addresses, handles, short links, oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.targets import UserTarget, parse_user
from douyin_crawler.items.page import MalformedPage, decode
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.resolve import lookup_request, read_handle
from douyin_crawler.spiders.targets import Target, TargetSpider
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


class UserTargets(TargetSpider):
    """Finds the sec_uid of each user."""

    target_argument = "user"
    target_class = UserTarget
    parse_target = staticmethod(parse_user)

    def look_up(self, target: Target, walk: Walk) -> Request | None:
        """Ask for a handle's user, or for the account that is logged in."""
        if target.kind == "handle":
            return lookup_request(
                target.value,
                self.run.config,
                self.found_handle,
                errback=self.failed,
                cb_kwargs={"walk": walk},
            )
        if target.kind == "self":
            endpoint = ENDPOINTS["user_profile_self"]
            return self.request(endpoint, walk, self.found_self)
        return None

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

    def found_self(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Go on with the user whose session it is."""
        try:
            sec_uid = decode(response.body)["user"]["sec_uid"]
        except (MalformedPage, KeyError, TypeError):
            sec_uid = None
        if not isinstance(sec_uid, str) or not sec_uid:
            yield from self.finish(walk, Verdict.FAILED, "the profile has no sec_uid")
            return
        yield from self.found(walk, sec_uid)

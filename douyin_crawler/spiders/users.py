"""Users as targets: ids, profile addresses, handles, short links, oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.errors import ApiError
from douyin_crawler.api.targets import UserTarget, parse_user, read_targets
from douyin_crawler.items.page import MalformedPage, decode
from douyin_crawler.spiders.resolve import lookup_request, read_handle
from douyin_crawler.spiders.targets import Target, TargetArguments, TargetSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.spiders.arguments import Arguments
    from douyin_crawler.spiders.walk import Walk


class UserArguments(TargetArguments, frozen=True, kw_only=True):
    """Arguments of a spider whose targets are users."""

    user: str = ""
    """sec_user_ids, profile addresses or handles, comma-separated, or @file."""


class UserTargets(TargetSpider):
    """Finds the sec_uid of each user."""

    target_argument = "user"
    target_class = UserTarget
    parse_target = staticmethod(parse_user)

    @classmethod
    def needs_login(cls, arguments: Arguments) -> bool:
        """Only a login tells who oneself is."""
        named = getattr(arguments, cls.target_argument)
        targets = read_targets(named, parse_user) if named else ()
        return super().needs_login(arguments) or any(t.kind == "self" for t in targets)

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

    async def found_handle(self, response: Response, walk: Walk) -> AsyncIterator[Any]:
        """Go on with the user whose handle was looked up."""
        try:
            sec_uid = read_handle(response)
        except ApiError as error:
            for ending in self.finish(walk, error.verdict, str(error)):
                yield ending
            return
        async for output in self.found(walk, sec_uid):
            yield output

    async def found_self(self, response: Response, walk: Walk) -> AsyncIterator[Any]:
        """Go on with the user whose session it is."""
        try:
            sec_uid = decode(response.body)["user"]["sec_uid"]
        except (MalformedPage, KeyError, TypeError):
            sec_uid = ""
        async for output in self.found(walk, str(sec_uid or "")):
            yield output

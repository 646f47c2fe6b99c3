"""The profile of the account that is logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from douyin_crawler.items.observe_entries import observe_self
from douyin_crawler.items.user import User
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.single import Answer, SingleSpider, SoleTarget
from douyin_crawler.spiders.user_profile import profile_of
from douyin_crawler.spiders.walk import Walk

if TYPE_CHECKING:
    from datetime import datetime


class SelfProfileArguments(Arguments, frozen=True, kw_only=True):
    """``scrapy crawl self_profile``; it takes none."""


class SelfProfileSpider(SoleTarget, SingleSpider):
    """Reads whose session it is; also a test whether its login is still good."""

    name = "self_profile"
    arguments_class = SelfProfileArguments
    item_class = User
    walk_kind = "self_profile"
    endpoints: ClassVar[dict[str, str]] = {"self_profile": "user_profile_self"}

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the profile of the session *target*."""
        return Walk(kind=self.walk_kind, id=target)

    def sole_target(self) -> str:
        """Return the session's name: a store may hold several accounts."""
        return self.run.session.key

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Return none: the session says who it is."""
        return {}

    def read(self, walk: Walk, body: bytes, observed_at: datetime) -> Answer:
        """Return the user, whose ``collect_count_list`` stands beside it."""
        return profile_of(body, observe_self(body, observed_at))

"""Short records of many users at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from douyin_crawler.api.errors import NobodyNamed
from douyin_crawler.items.observe_entries import observe_user
from douyin_crawler.items.user import User
from douyin_crawler.spiders.batches import BatchSpider
from douyin_crawler.spiders.users import UserArguments, UserTargets
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from scrapy import Request

    from douyin_crawler.items.observation import Observation, Source
    from douyin_crawler.items.page import Entry
    from douyin_crawler.spiders.targets import Target


class UserInfoArguments(UserArguments, frozen=True, kw_only=True):
    """``scrapy crawl user_info -a user=...``."""


class UserInfoSpider(UserTargets, BatchSpider):
    """Asks who so many users are: name, avatar, verification, no counters.

    Users whose id has to be looked up are asked for one by one.
    """

    name = "user_info"
    arguments_class = UserInfoArguments
    item_class = User
    walk_kind = "user_info"
    endpoints: ClassVar[dict[str, str]] = {"user_info": "im_user_info"}
    batch = at_once = 50
    source = "list"  # less than a profile shows, so it takes nothing away

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the user *target*."""
        return Walk(kind=self.walk_kind, id=target)

    def first_requests(self) -> Iterator[Request]:
        """Yield a request for each batch, and one for each look-up."""
        known: list[Walk] = []
        for target in self._targets():
            walk = self.walk_over(target)
            if not self.begin(walk):
                continue
            if target.kind == "short_link":
                yield self._follow(target, walk)
            elif request := self.look_up(target, walk):
                yield request
            else:
                known.append(walk)
            if len(known) == self.batch:
                yield self.batch_request(known)
                known = []
        if known:
            yield self.batch_request(known)

    def requests_of(self, begun: Sequence[tuple[Target, Walk]]) -> Iterator[Request]:
        """Yield one request for all whose ids are known, and one for each look-up."""
        if known := [walk for _, walk in begun if walk.named]:
            yield self.batch_request(known)
        for target, walk in begun:
            if not walk.named:
                yield self.first_request(target, walk)

    def batch_parameters(self, walks: Sequence[Walk]) -> dict[str, str]:
        """Name the users in the form."""
        users = [walk.id for walk in walks]
        return {"sec_user_ids": json.dumps(users, separators=(",", ":"))}

    def observe_entry(
        self, entry: Entry, source: Source, observed_at: datetime
    ) -> list[Observation]:
        """Return the user."""
        return observe_user(entry.text, source, observed_at)

    def left_out(self, walk: Walk, *, alone: bool) -> tuple[Verdict, str]:
        """Take an answer without anyone for a refusal rather than for an answer."""
        if alone:
            return Verdict.GONE, "the service left it out: there is no such user"
        return Verdict.RESTRICTED, NobodyNamed.meaning

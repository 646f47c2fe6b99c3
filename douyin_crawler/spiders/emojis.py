"""The emojis that comments and messages are written with."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from douyin_crawler.items.emoji import Emoji
from douyin_crawler.items.observe_entries import observe_emoji
from douyin_crawler.items.page import split_page
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.single import Answer, SingleSpider, SoleTarget
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import datetime


class EmojisArguments(Arguments, frozen=True, kw_only=True):
    """``scrapy crawl emojis``; it takes none."""


class EmojisSpider(SoleTarget, SingleSpider):
    """Reads the whole set; it changes seldom, and needs neither login nor visit."""

    name = "emojis"
    arguments_class = EmojisArguments
    item_class = Emoji
    walk_kind = "emojis"
    endpoints: ClassVar[dict[str, str]] = {"emojis": "emoji_list"}

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the set *target*."""
        return Walk(kind=self.walk_kind, id=target)

    def sole_target(self) -> str:
        """Return the name of the only set."""
        return "all"

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Return none: the table's row asks for all."""
        return {}

    def read(self, walk: Walk, body: bytes, observed_at: datetime) -> Answer:
        """Return the emojis of the answer."""
        page = split_page(body, "emoji_list")
        shown = [observe_emoji(entry, observed_at) for entry in page.entries or ()]
        answer = Answer(rest=page.rest, observations=list(chain.from_iterable(shown)))
        answer.without_id = shown.count([])
        if not answer.observations:
            answer.verdict, answer.reason = Verdict.RESTRICTED, "there are no emojis"
        return answer

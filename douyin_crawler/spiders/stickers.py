"""The stickers that are trending in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from douyin_crawler.items.observe_entries import observe_sticker
from douyin_crawler.items.page import TooDeep
from douyin_crawler.items.sticker import TrendingSticker
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.paged import ListSpider
from douyin_crawler.spiders.ranges import range_text
from douyin_crawler.spiders.single import SoleTarget
from douyin_crawler.spiders.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from douyin_crawler.items.page import Entry


class StickersArguments(Arguments, frozen=True, kw_only=True):
    """``scrapy crawl stickers [-a limit=]``."""

    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Stickers to keep."""


class StickersSpider(SoleTarget, ListSpider):
    """Walks the trending stickers, paged by ``cursor`` inside ``emoticon_data``."""

    name = "stickers"
    arguments_class = StickersArguments
    item_class = TrendingSticker
    walk_kind = "stickers"
    endpoints: ClassVar[dict[str, str]] = {"stickers": "emoticon_trending"}

    arguments: StickersArguments

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the list *target*."""
        limit = self.arguments.limit
        written = range_text(limit=limit)
        return Walk(kind=self.walk_kind, id=target, range=written, limit=limit)

    def sole_target(self) -> str:
        """Return the name of the only list."""
        return "trending"

    async def kept_before(self, walk: Walk) -> set[str]:
        """Return the stickers that the walk has seen so far."""
        return await self.seen_since(walk, "sticker")

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Return none but the cursor."""
        return {}

    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Yield the sticker."""
        try:
            observed = observe_sticker(entry, observed_at)
        except TooDeep:
            self.drop("too_deep", f"an entry of {walk.kind} {walk.id}")
            return
        if not observed:
            self.nameless(walk)
        for observation in observed:
            walk.meet(observation.id)
            if not walk.admit(observation.id):
                self.drop("beyond_limit", f"sticker {observation.id}")
                continue
            walk.count(observation.id)
            yield observation

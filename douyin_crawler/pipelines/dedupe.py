"""Tells what this run has seen already, so that feeds have each record once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.items.observation import Observation

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True)
class Repeat:
    """One more observation of a record of this run: for the store, not for feeds."""

    observation: Observation


class DedupePipeline:
    """Drops what came twice within a second, byte for byte; marks other repeats.

    Pages hold their author once a post, and overlap. Ids beyond ``DOUYIN_SEEN_IDS``
    are forgotten, the oldest first, and then seem new; the store knows better.
    Stats: ``douyin/dropped/repeat``.
    """

    def __init__(self, run: RunExtension) -> None:
        self._run = run
        self._size = run.config.seen_ids
        # By hashes: of 200,000 ids two are alike once in a thousand million runs.
        self._seen: OrderedDict[int, int] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline."""
        return cls(RunExtension.find(crawler))

    def process_item(self, item: Any) -> Any:
        """Return *item*, or it as a Repeat.

        Raises:
            DropItem: it says nothing that the last one did not.
        """
        if not isinstance(item, Observation):
            return item
        key = hash((item.kind, item.id))
        shown = hash((item.source, item.observed_at, item.payload))
        known = self._seen.pop(key, None)
        self._seen[key] = shown
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)
        if known == shown:
            self._run.count("dropped/repeat")
            raise DropItem("repeat", log_level="DEBUG")
        return item if known is None else Repeat(item)

"""Takes out what no store can hold, and what is private."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from douyin_crawler.api.private import cut, cut_within
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.observation import Observation
from douyin_crawler.privacy.reread import reread

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from douyin_crawler.items.observation import Item


class CleanPipeline:
    """Cleans items and payloads.

    Stats: ``douyin/cleaned/<reason>`` values were repaired, ``douyin/private/cut``
    private members were left out (none with ``DOUYIN_STORE_PRIVATE``).
    """

    def __init__(self, run: RunExtension) -> None:
        self._run = run
        self._keep_private = run.config.store_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline."""
        return cls(RunExtension.find(crawler))

    def process_item(self, item: Any) -> Any:
        """Return *item*, or a clean copy of it."""
        if not isinstance(item, Observation):
            return item
        item = self._cut_within(item)
        typed, payload = self._clean(item.item), self._cut(item.payload)
        if typed is item.item and payload is item.payload:
            return item
        return replace(item, item=typed, payload=payload)

    def _clean(self, item: Item | None) -> Item | None:
        if item is None:
            return None
        clean, repairs = clean_item(item)
        for reason, times in repairs.items():
            self._run.count(f"cleaned/{reason}", times)
        return clean

    def _cut_within(self, seen: Observation) -> Observation:
        """Return *seen* without private members in strings; its item is read anew."""
        if self._keep_private:
            return seen
        text, members = cut_within(seen.payload)
        if not members:
            return seen
        self._run.count("private/cut", members)
        return reread(seen, text) or replace(seen, item=None, payload=text)

    def _cut(self, payload: bytes) -> bytes:
        if self._keep_private:
            return payload
        text, members = cut(payload)
        if members:
            self._run.count("private/cut", members)
        return text

"""Puts records, payloads and verdicts into the store, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.items.observation import Observation
from douyin_crawler.pipelines.dedupe import Repeat
from douyin_crawler.stores.base import Entry, StoreError

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class StoredOnly(DropItem):
    """It is in the store, and nothing for feeds."""

    def __init__(self, message: str) -> None:
        super().__init__(message, log_level="DEBUG")


class StorePipeline:
    """Hands on to feeds the typed item of what was not seen before.

    Stats: ``douyin/<table>/<outcome>`` as the store reports them, ``douyin/repeats``
    merged but not handed on, ``douyin/dropped/store_failed``.
    """

    def __init__(self, run: RunExtension) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline."""
        return cls(RunExtension.find(crawler))

    async def process_item(self, item: Any) -> Any:
        """Return the typed item of an observation that is new in this run.

        Raises:
            StoredOnly: a page, a verdict, or a repeat.
            DropItem: the store has failed; the run ends.
        """
        entry = item.observation if isinstance(item, Repeat) else item
        if not isinstance(entry, Entry):
            return item
        await self._put(entry)
        if isinstance(item, Repeat):
            self._run.count("repeats")
            raise StoredOnly("repeat")
        if not isinstance(entry, Observation) or entry.item is None:
            raise StoredOnly("nothing for feeds")
        return entry.item

    async def _put(self, entry: Entry) -> None:
        try:
            await self._run.buffer.put(entry)
        except StoreError as error:
            self._run.count("dropped/store_failed")
            self._run.store_failed(error)
            raise DropItem("store_failed", log_level="DEBUG") from error
        for following in self._run.following(entry):
            await self._put(following)

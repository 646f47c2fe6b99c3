"""A pipeline that kills the crawl it is in, at a chosen moment."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, Any

from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.items.observation import Observation
from douyin_crawler.progress import Checkpoint
from douyin_crawler.verdicts import TargetVerdict

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

VARIABLE = "DOUYIN_TEST_KILL"
"""``MOMENT:N[:SIGNAL]``: at the Nth ``checkpoint`` (its page's records are durable, it
is not), behind the Nth one (``saved``: it is durable), at the Nth ``record`` or
``verdict``."""
_ENTRIES = {
    "checkpoint": Checkpoint,
    "saved": Checkpoint,
    "record": Observation,
    "verdict": TargetVerdict,
}


def kill_settings() -> dict[str, str]:
    """Return the settings that put the pipeline where it has to be."""
    ours = {
        "douyin_crawler.pipelines.clean.CleanPipeline": 100,
        "douyin_crawler.pipelines.dedupe.DedupePipeline": 200,
        "tests.support.killing.KillPipeline": 850,
        "douyin_crawler.pipelines.store.StorePipeline": 900,
    }
    return {"ITEM_PIPELINES": json.dumps(ours)}


class KillPipeline:
    """Sends this process a signal when so many entries of a kind have come by."""

    def __init__(self, run: RunExtension) -> None:
        self._run = run
        moment, count, *signals = os.environ.get(VARIABLE, "none:0").split(":")
        self._moment, self._left = moment, int(count)
        self._signal = getattr(signal, signals[0] if signals else "SIGKILL")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(RunExtension.find(crawler))

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, _ENTRIES.get(self._moment, ())):
            self._left -= 1
            if self._left == 0:
                await self._kill(item)
        return item

    async def _kill(self, item: Any) -> None:
        if self._moment == "saved":
            await self._run.buffer.put(item)
        await self._run.buffer.flush()
        os.kill(os.getpid(), self._signal)

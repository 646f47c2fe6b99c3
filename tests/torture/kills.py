"""A pipeline that ends the crawl it is in, at a chosen moment, and says so."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.items.observation import Observation
from douyin_crawler.pipelines.dedupe import Repeat
from douyin_crawler.progress import Checkpoint, Opened
from douyin_crawler.verdicts import TargetVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Self

    from scrapy.crawler import Crawler

VARIABLE = "DOUYIN_TEST_END"
"""``MOMENT:N[:SIGNAL[:SIGNAL]]``; moments are those of `MOMENTS`."""
LOG = "DOUYIN_TEST_END_LOG"
"""The file that gets one line when it happens."""
_ENTRIES: dict[str, type[Any] | tuple[type[Any], ...]] = {
    "checkpoint": Checkpoint,
    "saved": Checkpoint,
    "opened": Opened,
    "record": (Observation, Repeat),
    "verdict": TargetVerdict,
}
MOMENTS = {
    "checkpoint": "a page's records are durable, its checkpoint is not",
    "saved": "behind a checkpoint",
    "opened": "between a page's records and the walks that it opens",
    "record": "amid a page's records",
    "verdict": "before a verdict",
    "write": "while the store writes",
    "clock": "at any time",
}
_APART = 0.05
"""Seconds between two signals."""


def settings() -> dict[str, str]:
    """Return the settings that put the pipeline where it has to be."""
    ours = {
        "douyin_crawler.pipelines.privacy.PrivacyPipeline": 50,
        "douyin_crawler.pipelines.clean.CleanPipeline": 100,
        "douyin_crawler.pipelines.dedupe.DedupePipeline": 200,
        "tests.torture.kills.EndPipeline": 850,
        "douyin_crawler.pipelines.store.StorePipeline": 900,
    }
    return {"ITEM_PIPELINES": json.dumps(ours)}


def variables(moment: str, log: Path) -> dict[str, str]:
    """Return the variables that say when, and where that is to be noted."""
    return {VARIABLE: moment, LOG: str(log)}


class EndPipeline:
    """Sends this process signals, after the run's first write at the earliest."""

    def __init__(self, run: RunExtension) -> None:
        self._run = run
        moment, count, *names = os.environ.get(VARIABLE, "none:0").split(":")
        self._moment, self._left = moment, float(count)
        self._signals = [getattr(signal, name) for name in names or ["SIGKILL"]]
        self._written = 0.0
        self._write = run.store.write
        run.store.write = self._watched  # type: ignore[method-assign]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(RunExtension.find(crawler))

    async def process_item(self, item: Any) -> Any:
        if isinstance(item, _ENTRIES.get(self._moment, ())):
            self._left -= 1
            if self._left == 0:
                await self._at(item)
        return item

    async def _at(self, item: Any) -> None:
        if self._moment == "saved":
            await self._run.buffer.put(item)
        if self._moment != "record" or not self._written:
            await self._run.buffer.flush()
        if not self._written:
            self._left = 1  # there was nothing to write yet
            return
        self._end()

    async def _watched(self, batch: Sequence[Any]) -> Any:
        if self._moment == "write" and self._written:
            self._left -= 1
            if self._left == 0:
                # A write of a page takes about as long.
                self._later(len(batch) % 7 * 0.0015)
        outcomes = await self._write(batch)
        if not self._written:
            self._written = time.monotonic()
            if self._moment == "clock":
                self._later(self._left)
        return outcomes

    def _later(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._end)
        timer.daemon = True
        timer.start()

    def _end(self) -> None:
        after = time.monotonic() - self._written
        with open(os.environ[LOG], "a", encoding="utf-8") as log:  # noqa: PTH123
            log.write(f"{self._moment} {after:.3f}\n")
        self._send()

    def _send(self) -> None:
        os.kill(os.getpid(), self._signals.pop(0))
        if self._signals:
            timer = threading.Timer(_APART, self._send)
            timer.daemon = True
            timer.start()

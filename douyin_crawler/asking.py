"""A few requests the way every crawl goes, that are no run on record.

So pace, budget, signer, proxy and the names of errors are a run's own; nothing is
stored but what the session has spent.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.crawler import AsyncCrawlerProcess

from douyin_crawler.items.user import User
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.base import DouyinSpider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy import Request
    from scrapy.settings import Settings

    from douyin_crawler.spiders.walk import Walk

_OFF = dict.fromkeys(
    f"douyin_crawler.extensions.{name}"
    for name in (
        "progress.ProgressExtension",
        "metrics.MetricsExtension",
        "notify.NotifyExtension",
    )
)
_OURS: dict[str, Any] = {
    # A refusal by chance passes when it is tried again, freshly signed.
    "DOUYIN_RETRY_TIMES": 1,
    "DOUYIN_BREAKER_ROUNDS": 0,
    "DOUYIN_STORE_PATIENCE": 5.0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "FEEDS": {},
    "STATS_DUMP": False,
}


class AskingSpider(DouyinSpider):
    """Walks nothing: its `start` asks, its callbacks take note."""

    recorded = False
    arguments_class = Arguments
    item_class = User
    walk_kind = "asking"
    endpoints: ClassVar[dict[str, str]] = {}

    def new_walk(self, target: str) -> Walk:
        """Walk nothing."""
        raise NotImplementedError

    def walk_request(self, walk: Walk) -> Request:
        """Walk nothing."""
        raise NotImplementedError

    def first_requests(self) -> Iterator[Request]:
        """Yield nothing."""
        return iter(())


def ask(
    spider: type[AskingSpider],
    settings: Settings,
    *,
    at_hand: bool,
    logs: bool,
    more: Mapping[str, Any] | None = None,
    **arguments: Any,
) -> bool:
    """Let *spider*, made with *arguments*, ask; return whether that could begin.

    Args:
        at_hand: whether there is a store, in which the session's pace and budget lie.
        logs: whether the log of the crawl is to be seen.
        more: settings that are other ones meanwhile.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        given = {**_OURS, "LOG_ENABLED": logs, **(more or {})}
        given["EXTENSIONS"] = settings.getdict("EXTENSIONS") | _OFF
        if not at_hand:
            # Nothing is spent in it yet; a crawl makes it, not we.
            path = Path(folder) / "asking.db"
            given["DOUYIN_STORE"] = f"sqlite:///{path.as_posix()}"
        settings = settings.copy()
        settings.setdict(given, priority="cmdline")
        process = AsyncCrawlerProcess(settings)
        process.crawl(process.create_crawler(spider), **arguments)
        process.start()
    return not process.bootstrap_failed

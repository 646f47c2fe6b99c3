"""Metrics for Prometheus, while a crawl runs; off unless a port is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from douyin_crawler.config import Config
from douyin_crawler.extensions.run import RunExtension

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class MetricsExtension:
    """Serves the stats of the crawl at ``DOUYIN_METRICS_PORT``."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        from douyin_crawler.metrics import Exporter  # noqa: PLC0415 - it may be absent

        self._crawler = crawler
        self._exporter = Exporter.serving(config)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension, if it is asked for.

        Raises:
            NotConfigured: ``DOUYIN_METRICS_PORT`` is 0, or the spider is none of ours.
        """
        if not hasattr(crawler.spidercls, "item_class"):
            raise NotConfigured
        config = Config.from_settings(crawler.settings)
        if not config.metrics_port:
            raise NotConfigured
        metrics = cls(crawler, config)
        crawler.signals.connect(metrics.start, signal=signals.spider_opened)
        crawler.signals.connect(metrics.stop, signal=signals.spider_closed)
        return metrics

    def start(self) -> None:
        """Begin with the crawl."""
        run = RunExtension.find(self._crawler)
        self._exporter.watch(run, self._crawler.stats.get_stats)

    async def stop(self) -> None:
        """Keep the last figures when all is stored."""
        run = RunExtension.find(self._crawler)
        await run.closed()
        self._exporter.ended(run)

"""``scrapy crawl``: checks everything first, then crawls; says how it ended."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawlCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from douyin_crawler.commands.errors import refusing
from douyin_crawler.config import Config
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.session.cookies import check_cookies
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    import argparse


class Command(ScrapyCrawlCommand):
    """Scrapy's ``crawl`` with one line for a user's mistake and an exit status."""

    def long_desc(self) -> str:
        """Return what ``scrapy crawl -h`` says."""
        return (
            "Run a spider. Exit status: 0 all targets done, 2 usage or settings, "
            "3 some targets incomplete, 4 blocked, 5 login needed, 6 store "
            "unavailable, 7 budget spent, 8 stopped, 1 an error of ours."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check spider, settings and arguments before anything is built."""
        with refusing():
            super().process_options(args, opts)
            self._check(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and set the exit status by how the targets ended."""
        assert self.crawler_process
        crawler = self._create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        run = crawler.get_extension(RunExtension) if crawler._extensions else None
        if run is None or self.crawler_process.bootstrap_failed:
            self.exitcode = ExitStatus.BUG
        else:
            self.exitcode = run.exit_status

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1:
            raise UsageError("name one spider; scrapy list names them all")
        spider = self._spider(args[0])
        config = Config.from_settings(self.settings)
        for warning in check_cookies(config.cookies) if config.cookies else ():
            print(f"warning: {warning}", file=sys.stderr)
        spider.read_arguments(dict(opts.spargs))
        self._narrow_feeds(spider)

    def _spider(self, name: str) -> type[DouyinSpider]:
        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        if name not in loader.list():
            close = difflib.get_close_matches(name, loader.list(), 1)
            hint = close[0] if close else ", ".join(loader.list())
            raise UsageError(f"there is no spider {name!r}; did you mean {hint}?")
        spider = loader.load(name)
        assert issubclass(spider, DouyinSpider)
        return spider

    def _narrow_feeds(self, spider: type[DouyinSpider]) -> None:
        """Let feeds take the spider's own kind of item only."""
        assert self.settings is not None
        feeds = self.settings.getdict("FEEDS")
        for options in feeds.values():
            options.setdefault("item_classes", [spider.item_class])
        if feeds:
            self.settings.set("FEEDS", feeds, priority="cmdline")

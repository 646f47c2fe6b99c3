"""``scrapy crawl``: checks everything first, then crawls; says how it ended."""

from __future__ import annotations

import difflib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

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


# Lists of components and settings, and all stats: of use to developers.
_TALKATIVE = (
    "scrapy.addons",
    "scrapy.crawler",
    "scrapy.middleware",
    "scrapy.statscollectors",
    "scrapy.utils.log",
)


class Command(ScrapyCrawlCommand):
    """Scrapy's ``crawl`` with one line for a user's mistake and an exit status."""

    def long_desc(self) -> str:
        """Return what ``scrapy crawl -h`` says."""
        return (
            "Run a spider. Exit status: 0 all targets done, 2 usage or settings, "
            "3 some targets incomplete, 4 blocked, 5 login needed, 6 store "
            "unavailable, 8 stopped, 1 an error of ours. README: all arguments."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check spider, settings and arguments before anything is built."""
        with refusing():
            super().process_options(args, opts)
            self._check(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and set the exit status by how the targets ended."""
        assert self.crawler_process
        assert self.settings is not None
        if self.settings["LOG_LEVEL"] != "DEBUG":
            for name in _TALKATIVE:
                logging.getLogger(name).setLevel(logging.WARNING)
        crawler = self._create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        run = crawler.get_extension(RunExtension) if crawler._extensions else None
        if run is None or self.crawler_process.bootstrap_failed:
            self.exitcode = ExitStatus.BUG
            return
        self.exitcode = run.exit_status
        stats = crawler.stats.get_stats()
        if any(name.startswith("feedexport/failed_count/") for name in stats):
            print("error: a feed could not be written; see the log", file=sys.stderr)
            self.exitcode = ExitStatus.STORE

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1:
            more = "; targets are given as -a NAME=VALUE" if args else ""
            raise UsageError(f"name one spider; scrapy list names them all{more}")
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
        for uri, options in feeds.items():
            _check_writable(str(uri))
            options.setdefault("item_classes", [spider.item_class])
        if feeds:
            self.settings.set("FEEDS", feeds, priority="cmdline")


def _check_writable(uri: str) -> None:
    """Refuse a feed that can't be written, before it is filled."""
    scheme, colon, _ = uri.partition(":")
    if colon and len(scheme) > 1 and scheme != "file":
        return  # stdout, or a storage of its own
    path = Path(unquote(urlsplit(uri).path) if scheme == "file" and colon else uri)
    existed = path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    if not existed:
        path.unlink()

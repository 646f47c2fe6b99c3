"""``scrapy crawl``: checks everything first, then crawls; says how it ended."""

from __future__ import annotations

import asyncio
import difflib
import logging
import signal
import sys
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from scrapy.commands.crawl import Command as ScrapyCrawlCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.ossignal import install_shutdown_handlers

from douyin_crawler.commands.errors import check_chromium, refusing, terse
from douyin_crawler.config import Config
from douyin_crawler.exposed import exposed
from douyin_crawler.scrapy_settings import problem_of_arguments
from douyin_crawler.session.cookies import holds_login
from douyin_crawler.variables import apply_variables
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    import argparse

    from douyin_crawler.spiders.base import DouyinSpider


# Lists of components and settings, and all stats: of use to developers.
_TALKATIVE = (
    "scrapy.addons",
    "scrapy.crawler",
    "scrapy.middleware",
    "scrapy.statscollectors",
    "scrapy.utils.log",
)


def quieten() -> None:
    """Let those log warnings only."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


class Command(ScrapyCrawlCommand):
    """Scrapy's ``crawl`` with one line for a user's mistake and an exit status."""

    def long_desc(self) -> str:
        """Return what ``scrapy crawl -h`` says."""
        return (
            "Run a spider. Exit status: 0 all targets done, 2 usage or settings, "
            "3 some targets incomplete, 4 blocked, 5 login needed, 6 store "
            "unavailable, 7 budget spent, 8 stopped, 1 an error of ours. README: all "
            "arguments."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours to the options of Scrapy's ``crawl``."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what the run would ask for; ask and store nothing",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check spider, settings and arguments before anything is built."""
        with refusing(log=_log_of_job(opts.set)):
            assert self.settings is not None
            if problem := _exposed(opts) or problem_of_arguments(
                self.settings, opts.set
            ):
                raise UsageError(problem)
            formats = self._formats()
            for feed in (*(opts.output or ()), *(opts.overwrite_output or ())):
                _check_format(feed, formats)
            super().process_options(args, opts)
            if opts.dry_run and self.settings["LOG_LEVEL"] != "DEBUG":
                self.settings.set("LOG_LEVEL", "WARNING", "cmdline")
            apply_variables(self.settings)
            self._check(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and set the exit status by how the targets ended."""
        assert self.crawler_process
        assert self.settings is not None
        if opts.dry_run:
            self._dry_run(args[0], opts)
            return
        if self.settings["LOG_LEVEL"] != "DEBUG":
            quieten()
        crawler = self._create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        # Python lets a signal kill it as it ends, unless it is one that is ignored.
        install_shutdown_handlers(signal.SIG_IGN)
        from douyin_crawler.extensions.run import (  # noqa: PLC0415 - it is loaded by now
            RunExtension,
        )

        run = crawler.get_extension(RunExtension) if crawler._extensions else None
        if run is None or self.crawler_process.bootstrap_failed:
            self.exitcode = ExitStatus.BUG
            return
        run.close_by_force()
        self.exitcode = run.exit_status
        stats = crawler.stats.get_stats()
        if any(name.startswith("feedexport/failed_count/") for name in stats):
            print("error: a feed could not be written; see the log", file=sys.stderr)
            self.exitcode = ExitStatus.STORE

    def _dry_run(self, name: str, opts: argparse.Namespace) -> None:
        from douyin_crawler.dry_run import dry_run  # noqa: PLC0415 - see _spider

        assert self.settings is not None
        spider = self._spider(name)
        arguments = spider.read_arguments(dict(opts.spargs))
        config = Config.from_settings(self.settings)
        with refusing():
            said = dry_run(spider, arguments, config, self.settings)
            print("\n".join(asyncio.run(said)))

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1:
            more = "; targets are given as -a NAME=VALUE" if args else ""
            raise UsageError(f"name one spider; scrapy list names them all{more}")
        spider = self._spider(args[0])
        config = Config.from_settings(self.settings)
        if log := self.settings.get("LOG_FILE"):
            _check_writable(str(log), make_folder=False)
        arguments = spider.read_arguments(dict(opts.spargs))
        spider.check_login(arguments, logged_in=holds_login(config.cookies))
        if config.needs_browser:
            check_chromium(config)
        for warning in config.given.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        self._narrow_feeds(spider)

    def _spider(self, name: str) -> type[DouyinSpider]:
        # Scrapy loads all commands for each; half a second that most need not wait.
        from douyin_crawler.spiders.base import DouyinSpider  # noqa: PLC0415

        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        if name not in loader.list():
            close = difflib.get_close_matches(name, loader.list(), 1)
            hint = close[0] if close else ", ".join(loader.list())
            raise UsageError(f"there is no spider {name!r}; did you mean {hint}?")
        spider = loader.load(name)
        assert issubclass(spider, DouyinSpider)
        return spider

    def _formats(self) -> set[str]:
        assert self.settings is not None
        exporters = self.settings.getdict("FEED_EXPORTERS")
        return {str(name) for name, exporter in exporters.items() if exporter}

    def _narrow_feeds(self, spider: type[DouyinSpider]) -> None:
        """Let feeds take the spider's own kind of item only."""
        assert self.settings is not None
        feeds = self.settings.getdict("FEEDS")
        storages = self.settings.getwithbase("FEED_STORAGES")
        for uri, options in feeds.items():
            _check_storage(str(uri), {str(name) for name in storages})
            given = options.get("format") if isinstance(options, dict) else None
            if given not in self._formats():
                raise UsageError(f"FEEDS: {uri} needs a format: jsonl, json or csv")
            options.setdefault("item_classes", [spider.item_class])
        if feeds:
            self.settings.set("FEEDS", feeds, priority="cmdline")


def _exposed(opts: argparse.Namespace) -> str | None:
    feeds = [
        f"{option}={uri}"
        for option in ("output", "overwrite_output")
        for uri in getattr(opts, option) or ()
    ]
    return (
        exposed(opts.set, "-s") or exposed(opts.spargs, "-a") or exposed(feeds, "the")
    )


def _log_of_job(given: list[str]) -> str:
    """Return the log file that Scrapyd gives to a job: its reader sees no console."""
    named = [
        value
        for name, _, value in (s.partition("=") for s in given)
        if name == "LOG_FILE"
    ]
    return named[-1] if named else ""


def _check_format(feed: str, formats: set[str]) -> None:
    """Refuse a feed whose name tells no format that items can be written in."""
    last = feed.rpartition(":")[2]
    ending = last if last in formats else Path(feed).suffix[1:]
    if ending not in formats:
        raise UsageError(
            f"{feed}: items can't be written as {ending or 'that'!r}; end the name in "
            ".jsonl, .json or .csv, or add :jsonl to it"
        )


def _check_storage(uri: str, storages: set[str]) -> None:
    """Refuse a feed that can't be written, before it is filled."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise UsageError(f"{uri} is no usable address for a feed") from None
    local = parts.scheme in ("", "file") or PureWindowsPath(uri).drive
    if not local and parts.scheme not in storages:
        raise UsageError(
            f"{uri}: there is no storage for {parts.scheme}://; name a file"
        )
    # Only the feed's exporter knows what fills a placeholder.
    if local and "%(" not in uri:
        _check_writable(unquote(parts.path) if parts.scheme == "file" else uri)


def _check_writable(name: str, *, make_folder: bool = True) -> None:
    path = Path(name)
    existed = path.exists()
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    if not existed:
        path.unlink()

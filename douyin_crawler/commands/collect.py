"""``scrapy collect``: runs what of a plan is due now, once; for cron and people."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.ossignal import install_shutdown_handlers
from twisted.internet.error import ReactorNotRunning

from douyin_crawler.commands.crawl import quieten
from douyin_crawler.commands.errors import refusing, terse
from douyin_crawler.commands.metrics_file import (
    add_metrics_file,
    metrics_file,
    write_metrics,
)
from douyin_crawler.commands.plan import load_plan, refusing_plan, wide_console
from douyin_crawler.config import Config
from douyin_crawler.exposed import exposed
from douyin_crawler.scrapy_settings import problem_of_arguments
from douyin_crawler.verdicts import ExitStatus, worst

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from scrapy.settings import Settings

    from douyin_crawler.plans.check import Spiders
    from douyin_crawler.plans.plan import Plan
    from douyin_crawler.plans.runner import Result, Wanted

_PROGRESS = "douyin_crawler.extensions.progress.ProgressExtension"


class Command(ScrapyCommand):
    """Run the jobs of a plan in this process."""

    requires_project = True
    # Crawlers that follow each other would each replace Scrapy's handler, and with it
    # the filter that keeps the session's values out of the log.
    default_settings: ClassVar[dict[str, Any]] = {"LOG_INSTALL_ROOT_HANDLER": False}

    _plan: Plan
    _spiders: Spiders
    _shared: Settings
    _metrics_file: Path | None

    def syntax(self) -> str:
        """Return the arguments."""
        return "[--all | --retry-failed] PLAN.toml"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Run what of a plan is due now, once"

    def long_desc(self) -> str:
        """Return what ``scrapy collect -h`` says."""
        return (
            f"{self.short_desc()}. Exit status: the worst of the jobs', as of scrapy "
            "crawl: 0 all done or nothing due, 2 the plan or settings, 3 some targets "
            "incomplete, 4 blocked, 5 login needed, 6 store unavailable, 7 budget "
            "spent, 8 stopped, 1 an error of ours."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--all`` and ``--retry-failed``."""
        super().add_options(parser)
        terse(parser)
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--all",
            action="store_const",
            const="all",
            dest="wanted",
            default="due",
            help="all jobs, whether due or not",
        )
        group.add_argument(
            "--retry-failed",
            action="store_const",
            const="failed",
            dest="wanted",
            help="of all jobs the targets that have no final verdict, nothing else",
        )
        add_metrics_file(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check plan and settings before anything is built."""
        with refusing(), refusing_plan():
            assert self.settings is not None
            problem = exposed(opts.set, "-s")
            if problem := problem or problem_of_arguments(self.settings, opts.set):
                raise UsageError(problem)
            super().process_options(args, opts)
            self._metrics_file = metrics_file(opts)
            if len(args) != 1:
                raise UsageError("usage: scrapy collect PLAN.toml")
            self._plan, self._spiders, self._shared = load_plan(args[0], self.settings)
            if self._plan.parallel > 1 or sys.stderr.isatty():
                # Several jobs would draw their lines over each other.
                extensions = self._shared.getdict("EXTENSIONS") | {_PROGRESS: None}
                self._shared.set("EXTENSIONS", extensions, "spider")
            config = Config.from_settings(self._shared)
        for warning in config.given.warnings:
            print(f"warning: {warning}", file=sys.stderr)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the jobs, print a table, and set the exit status."""
        assert self.settings is not None
        _log_to_one_handler(self.settings)
        with refusing():
            results = self._collect(opts.wanted)
            if self._metrics_file:
                store = self._shared["DOUYIN_STORE"]
                asyncio.run(write_metrics(self._metrics_file, self._plan, store))
        if not results:
            print("Nothing is due.")
            return
        _show(self._plan, results)

    def _collect(self, wanted: Wanted) -> list[Result]:
        from twisted.internet import reactor as installed  # noqa: PLC0415 - by now

        from douyin_crawler.plans.runner import PlanRunner  # noqa: PLC0415 - heavy

        reactor: Any = installed
        process: Any = self.crawler_process
        runner = PlanRunner(process, self._plan, self._spiders, self._shared, wanted)
        config = Config.from_settings(self._shared)
        if config.metrics_port:
            from douyin_crawler.metrics import Exporter  # noqa: PLC0415 - it may be absent

            Exporter.serving(config).watch_lag(runner.lags)
        loop = asyncio.get_event_loop()
        main = loop.create_task(runner.run())

        def stop(_: asyncio.Task[None]) -> None:
            with contextlib.suppress(ReactorNotRunning):
                reactor.stop()

        main.add_done_callback(stop)
        process.start(stop_after_crawl=False)
        install_shutdown_handlers(signal.SIG_IGN)  # see commands/crawl.py
        stopped = not main.done()
        runner.close_by_force()
        if stopped:
            main.cancel()
            loop.run_until_complete(asyncio.wait([main]))
        elif error := main.exception():
            raise error
        statuses = [one.status for one in runner.results if one.status is not None]
        self.exitcode = worst([*statuses, *([ExitStatus.STOPPED] if stopped else [])])
        return runner.results


def _log_to_one_handler(settings: Settings) -> None:
    handler: logging.Handler = logging.NullHandler()
    if name := settings.get("LOG_FILE"):
        mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
        handler = logging.FileHandler(name, mode, settings.get("LOG_ENCODING"))
    elif settings.getbool("LOG_ENABLED"):
        handler = logging.StreamHandler()
    shape = settings.get("LOG_FORMAT"), settings.get("LOG_DATEFORMAT")
    handler.setFormatter(logging.Formatter(*shape))
    handler.setLevel(settings.get("LOG_LEVEL"))
    logging.root.setLevel(logging.NOTSET)
    logging.root.addHandler(handler)
    if settings["LOG_LEVEL"] != "DEBUG":
        quieten()


def _show(plan: Plan, results: list[Result]) -> None:
    from rich.table import Table  # noqa: PLC0415 - other commands need it not

    table = Table("job", "spider", "ended", title=f"Plan {plan.name}")
    for name in ("targets", "new", "known", "pages", "refused", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("why", overflow="fold")
    for one in results:
        table.add_row(
            one.job.name, one.job.spider, _ended(one), *_figures(one), one.reason
        )
    wide_console().print(table)


def _ended(one: Result) -> str:
    return "" if one.status is None else f"{one.status:d} {one.status.name.lower()}"


def _figures(one: Result) -> list[str]:
    if (figures := one.figures) is None:
        return [""] * 6
    counts = figures.done, figures.new, figures.known, figures.pages, figures.refusals
    return [*map(str, counts), f"{figures.seconds:.0f}"]

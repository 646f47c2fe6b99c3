"""``scrapy plan check``: validates a plan and shows what it would run, and when."""

from __future__ import annotations

import asyncio
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scrapy.commands import ScrapyCommand
from scrapy.spiderloader import get_spider_loader

from douyin_crawler.commands.errors import refuse, refusing
from douyin_crawler.config import Config
from douyin_crawler.plans.plan import TargetQuery
from douyin_crawler.plans.reading import PlanError
from douyin_crawler.plans.settings import plan_settings, unset_variables
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from rich.console import Console
    from scrapy.settings import Settings

    from douyin_crawler.plans.check import Forecast, Spiders
    from douyin_crawler.plans.plan import Job, Plan


_WIDTH = 160


class Command(ScrapyCommand):
    """Look at a plan, without a request."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return "check PLAN.toml"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Check a plan: its mistakes, or what it would run, when, how much"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print a table, or a line for each mistake."""
        if len(args) != 2 or args[0] != "check":
            refuse("usage: scrapy plan check PLAN.toml")
        assert self.settings is not None
        from douyin_crawler.plans.check import forecast  # noqa: PLC0415 - heavy

        with refusing(), refusing_plan():
            plan, spiders, settings = load_plan(args[1], self.settings)
            config = Config.from_settings(settings)
            found = asyncio.run(forecast(plan, spiders, config, datetime.now(UTC)))
        _show(plan, found, config)


def load_plan(name: str, settings: Settings) -> tuple[Plan, Spiders, Settings]:
    """Return the plan in the file *name*, its spiders, and settings for all its jobs.

    Raises:
        PlanError: with all of its mistakes.
    """
    from douyin_crawler.plans.check import read_checked  # noqa: PLC0415 - heavy

    try:
        plan, spiders = read_checked(Path(name), get_spider_loader(settings))
    except PlanError as error:
        more = unset_variables(error.plan) if error.plan else []
        raise PlanError([*error.mistakes, *more]) from None
    return plan, spiders, plan_settings(plan, settings)


@contextmanager
def refusing_plan() -> Iterator[None]:
    """Turn each mistake of a plan into one line."""
    try:
        yield
    except PlanError as error:
        _refuse_all(error.mistakes)


def _refuse_all(mistakes: list[str]) -> NoReturn:
    for mistake in mistakes:
        print(f"error: {' '.join(mistake.split())}", file=sys.stderr)
    sys.exit(ExitStatus.USAGE)


def _show(plan: Plan, found: list[Forecast], config: Config) -> None:
    from rich.table import Table  # noqa: PLC0415 - other commands need it not

    console = wide_console()
    table = Table("job", "spider", "targets", "when", title=f"Plan {plan.name}")
    table.add_column("next", overflow="fold")
    table.add_column("requests, at least", justify="right")
    table.add_column("a day", justify="right")
    for one in found:
        table.add_row(
            one.job.name,
            one.job.spider,
            _targets(one),
            f"every {one.job.every}" if one.job.every else one.job.cron,
            ", ".join(f"{time:%m-%d %H:%M}" for time in one.times),
            f"{one.requests:,}",
            f"{one.requests_a_day:,}",
        )
    console.print(table)
    for one in found:
        for note in one.notes:
            _print(console, f"note: jobs.{one.job.name}: {note}")
    total = sum(one.requests_a_day for one in found)
    limits = [limit for limit in (plan.budget, config.request_budget) if limit]
    allowed = f"; {min(limits):,} are allowed" if limits else ""
    over = " (it will stop there, and go on the next day)"
    late = over if limits and total > min(limits) else ""
    _print(console, f"Requests a day, at least: {total:,}{allowed}{late}")
    _print(console, f"Times are of {plan.timezone}; the first is now where it is due.")


def wide_console() -> Console:
    """Return a console for tables: as wide as they need where no terminal is."""
    from rich.console import Console  # noqa: PLC0415 - other commands need it not

    width = None if sys.stdout.isatty() else _WIDTH
    return Console(file=sys.stdout, soft_wrap=True, width=width)


def _targets(one: Forecast) -> str:
    return f"{one.targets:,}{_kind(one.job)}"


def _kind(job: Job) -> str:
    if isinstance(job.targets, TargetQuery):
        return " of the store"
    return " of a file" if isinstance(job.targets, str) else ""


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False)

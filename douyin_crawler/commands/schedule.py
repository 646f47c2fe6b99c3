"""``scrapy schedule``: starts the jobs of a plan on Scrapyd nodes when they are due."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.log import configure_logging

from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.commands.metrics_file import add_metrics_file, metrics_file
from douyin_crawler.commands.plan import refusing_plan
from douyin_crawler.config import Config
from douyin_crawler.plans.alone import alone
from douyin_crawler.plans.settings import plan_settings
from douyin_crawler.scheduling.address import check_node, node_authorization
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from douyin_crawler.plans.plan import Plan


class Command(ScrapyCommand):
    """Stay up and start what is due, or do so once."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return "PLAN.toml --scrapyd URL [--scrapyd URL ...] [--once]"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Start the jobs of a plan on Scrapyd nodes when they are due"

    def long_desc(self) -> str:
        """Return what ``scrapy schedule -h`` says."""
        return (
            "Start the jobs of a plan on Scrapyd nodes when they are due. User and "
            "password of the nodes are read from SCRAPYD_USERNAME and "
            "SCRAPYD_PASSWORD. With --once: exit status 0 where all that was due is "
            "started, 3 where no node took a job, 6 store unavailable, 2 usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ours."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "--scrapyd",
            action="append",
            default=[],
            metavar="URL",
            help="a node, like http://localhost:6800; may be given several times",
        )
        parser.add_argument(
            "--once", action="store_true", help="start what is due now, and end"
        )
        parser.add_argument(
            "--interval",
            type=float,
            default=30.0,
            metavar="SECONDS",
            help="between two looks (default: %(default)s)",
        )
        parser.add_argument(
            "--alive",
            metavar="FILE",
            help="touch it after each look, for health checks",
        )
        add_metrics_file(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Schedule until a signal comes; with ``--once``, one round."""
        # Its client takes long to import, and other commands need it not.
        from douyin_crawler.scheduling.plan_file import PlanFile  # noqa: PLC0415
        from douyin_crawler.scheduling.serving import Serving  # noqa: PLC0415

        assert self.settings is not None
        with refusing(), refusing_plan():
            _check_usage(args, opts)
            authorization = node_authorization()
            written = metrics_file(opts)
            file = PlanFile(Path(args[0]), self.settings)
            plan, spiders = file.read()
            settings = plan_settings(_without_session(plan), self.settings)
            config = Config.from_settings(settings)
            configure_logging(self.settings)
            with _alone(plan, config):
                serving = Serving(
                    file,
                    opts.scrapyd,
                    config.store,
                    settings,
                    authorization=authorization,
                    interval=opts.interval,
                    alive=Path(opts.alive) if opts.alive else None,
                    metrics_file=written,
                )
                running = serving.run(plan, spiders, once=opts.once)
                self.exitcode = asyncio.run(running)


def _without_session(plan: Plan) -> Plan:
    """Return *plan* without its cookies: only the nodes need them."""
    return replace(plan, cookie=None, cookies_file=None)


def _check_usage(args: list[str], opts: argparse.Namespace) -> None:
    if len(args) != 1 or not opts.scrapyd:
        raise UsageError("usage: scrapy schedule PLAN.toml --scrapyd URL [--once]")
    if not opts.interval > 0:
        raise UsageError("--interval must be above 0")
    for url in opts.scrapyd:
        check_node(url)


@contextlib.contextmanager
def _alone(plan: Plan, config: Config) -> Iterator[None]:
    """Keep a second scheduler of this plan and store off this machine."""
    with alone("schedule", plan.name, str(open_store(config.store))) as free:
        if not free:
            refuse(
                f"another scheduler of a plan named {plan.name} runs here with this "
                "store; one is enough, and plans need names of their own"
            )
        yield

"""A job of a plan as Scrapyd takes it: arguments and settings, all of it text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from douyin_crawler.api.links import find_links
from douyin_crawler.plans.reading import PlanError
from douyin_crawler.plans.settings import budgets
from douyin_crawler.plans.targets import arguments_for, remove_file
from douyin_crawler.variables import named_variables

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store

_LONGEST = 100_000
"""Bytes of an argument: Linux lets no word of a command line be longer than 128 KiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a node is told of a job."""

    arguments: dict[str, str]
    settings: dict[str, str]


async def prepare(
    plan: Plan, job: Job, spider: type[DouyinSpider], store: Store, now: datetime
) -> Prepared | None:
    """Return what a node is to be told of *job*; None: the store names no target.

    The targets themselves go along, since a node has none of this machine's files.

    Raises:
        PlanError: they are too many, or their file can't be read.
        StoreError: the store is out of reach.
    """
    given = await arguments_for(job, spider, store, now)
    if given is None:
        return None
    try:
        arguments = {name: _inline(job, value) for name, value in given.items()}
    finally:
        remove_file(job, given)
    settings = {
        "DOUYIN_PLAN_BUDGETS": budgets(plan, job),
        "DOUYIN_VARIABLES": named_variables(plan),
    }
    return Prepared(
        arguments=arguments | {"_plan": plan.key(job)},
        settings={name: value for name, value in settings.items() if value},
    )


def _inline(job: Job, value: str) -> str:
    text = ",".join(_lines(job, Path(value[1:]))) if value.startswith("@") else value
    if len(text.encode()) > _LONGEST:
        advice = "put them into a queue (scrapy enqueue), or split the job"
        many = "its targets are too many for one job of Scrapyd"
        raise PlanError([f"jobs.{job.name}: {many}: {advice}"])
    return text


def _lines(job: Job, path: Path) -> list[str]:
    """Return the targets in a file; of a sentence around a link, the link."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise PlanError([f"jobs.{job.name}: {path} can't be read as UTF-8"]) from None
    targets = [line for line in lines if line and not line.startswith("#")]
    return [(find_links(target) or [target])[0] for target in targets]

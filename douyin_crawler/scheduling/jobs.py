"""A job of a plan as Scrapyd takes it: arguments and settings, all of it text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from douyin_crawler.plans.feeding import (
    feed,
    in_words,
    own_queue,
    put_in,
    worker_arguments,
)
from douyin_crawler.plans.reading import PlanError
from douyin_crawler.plans.settings import budgets
from douyin_crawler.plans.targets import arguments_for, remove_file
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.spiders.queued import check_queue_name
from douyin_crawler.variables import named_variables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a node is told of a job."""

    arguments: dict[str, str]
    settings: dict[str, str]


async def prepare(
    plan: Plan,
    job: Job,
    spider: type[DouyinSpider],
    store: Store,
    now: datetime,
    *,
    patience: float = 0.0,
) -> Prepared | None:
    """Return what a node is to be told of *job*; None: the store names no target.

    The targets themselves go along, since a node has none of this machine's files;
    those that are too many for that, or that the plan wants in a queue, are put into
    the store, which gets *patience* seconds for each batch.

    Raises:
        PlanError: a target can't be used, or their file not be read.
        StoreError: the store is out of reach.
    """
    try:
        arguments = await _arguments(plan, job, spider, store, now, patience)
    except ArgumentError as error:
        raise PlanError([f"jobs.{job.name}: {error}"]) from None
    if arguments is None:
        return None
    return told(plan, job, arguments | {"_plan": plan.key(job)})


def told(plan: Plan, job: Job, arguments: Mapping[str, str]) -> Prepared:
    """Return what a node is told beside *arguments*, which it may have had before."""
    settings = {
        "DOUYIN_PLAN_BUDGETS": budgets(plan, job),
        "DOUYIN_VARIABLES": named_variables(plan),
    }
    return Prepared(
        arguments={**arguments},
        settings={name: value for name, value in settings.items() if value},
    )


async def _arguments(
    plan: Plan,
    job: Job,
    spider: type[DouyinSpider],
    store: Store,
    now: datetime,
    patience: float,
) -> dict[str, str] | None:
    if job.queue:
        return await feed(job, job.queue, spider, store, now, patience=patience)
    given = await arguments_for(job, spider, store, now)
    if given is None:
        return None
    try:
        if (words := in_words(given)) is not None:
            return words
        queue = own_queue(plan, job)
        check_queue_name(queue)
        await put_in(spider, queue, given, store, patience=patience)
    finally:
        remove_file(job, given)
    return worker_arguments(job, queue)

"""What is wrong with a job's targets and arguments, by the spider's own check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from douyin_crawler.convert import shown
from douyin_crawler.enqueue import checked_targets
from douyin_crawler.plans.plan import TargetQuery, scalars
from douyin_crawler.plans.targets import sample_arguments, target_argument
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.spiders.queued import check_queue_name
from douyin_crawler.spiders.targets import TargetSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.plans.plan import Job
    from douyin_crawler.spiders.base import DouyinSpider

_ARGUMENT = re.compile("-a ([^ =:]+)")


def mistakes_of(job: Job, spider: type[DouyinSpider]) -> Iterator[str]:
    """Yield what is wrong with *job*, each with the key that it is in."""
    found = [*_of_targets(job, spider), *_of_queue(job, spider)]
    misnamed = [*_of_queue_name(job)]
    yield from found + misnamed
    if not found:
        yield from _of_arguments(replace(job, queue=None) if misnamed else job, spider)


def _of_targets(job: Job, spider: type[DouyinSpider]) -> Iterator[str]:
    name = target_argument(spider)
    if job.targets is None:
        return
    if not name:
        yield f"targets: {spider.name} takes none"
        return
    if name in job.arguments:
        yield f"arguments.{name}: the targets stand in targets already"
    query = job.targets if isinstance(job.targets, TargetQuery) else None
    if query and ("user" if query.authors_of else "post") != name:
        named = "users" if query.authors_of else "posts"
        yield f"targets: {spider.name} takes no {named}, but -a {name}"
    if isinstance(job.targets, tuple) and any("," in one for one in job.targets):
        yield "targets: a comma in a target; write each as a text of its own"


def _of_queue_name(job: Job) -> Iterator[str]:
    try:
        check_queue_name("none" if job.queue is None else job.queue)
    except ArgumentError as error:
        yield f"queue: {error}"


def _of_queue(job: Job, spider: type[DouyinSpider]) -> Iterator[str]:
    if job.queue is None:
        return
    if not issubclass(spider, TargetSpider):
        yield f"queue: {spider.name} takes no targets that a queue could hold"
    elif job.targets is None:
        yield (
            "queue: targets are missing, which are to be put in; to walk what others "
            f'put in, write arguments = {{ queue = "{job.queue}" }}'
        )
    for name in ("queue", "wait"):
        if name in job.arguments:
            yield f"arguments.{name}: the job has a queue, and ends when that is done"


def _of_arguments(job: Job, spider: type[DouyinSpider]) -> Iterator[str]:
    """Yield what the spider says of each argument; one it refuses is left out then."""
    given = sample_arguments(job, spider)
    for name in [name for name in given if name.startswith("_")]:
        yield f"arguments.{shown(name)}: names that begin with _ tie runs to their jobs"
        del given[name]
    while True:
        try:
            spider.read_arguments(given)
        except ArgumentError as error:
            yield f"{_place(job, spider, str(error))}: {error}"
            named = _ARGUMENT.match(str(error))
            if named is None or named[1] not in job.arguments or named[1] not in given:
                return
            given = {name: value for name, value in given.items() if name != named[1]}
        else:
            break
    if job.queue and issubclass(spider, TargetSpider):
        yield from _of_worker(job, spider, given)


def _of_worker(
    job: Job, spider: type[TargetSpider], given: dict[str, str]
) -> Iterator[str]:
    try:
        checked_targets(spider, given[target_argument(spider)])
    except ArgumentError as error:
        yield f"targets: {error}"
    try:
        spider.read_arguments(scalars(job) | {"queue": job.queue})
    except ArgumentError as error:
        yield f"arguments: {error}"


def _place(job: Job, spider: type[DouyinSpider], error: str) -> str:
    name = target_argument(spider)
    of_targets = name and name not in job.arguments and f"-a {name}" in error
    return "targets" if of_targets else "arguments"

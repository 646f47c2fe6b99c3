"""The targets of a job: written in the plan, in a file, or named by the store."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from douyin_crawler.api.links import SEC_UID
from douyin_crawler.plans.plan import PostFilter, TargetQuery, scalars, span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from douyin_crawler.plans.plan import Job
    from douyin_crawler.spiders.base import DouyinSpider
    from douyin_crawler.stores.base import Store
    from douyin_crawler.stores.merge import Record

_SEC_UID = re.compile(SEC_UID)
_SAMPLES = {"user": "MS4wLjABAAAA" + "A" * 43, "post": "7331282357997579691"}
"""A target of the right form, where a query's are not known yet."""


def target_argument(spider: type[DouyinSpider]) -> str:
    """Return the argument that names the spider's targets; empty for none."""
    fields = spider.arguments_class.__struct_fields__
    found: str = getattr(spider, "target_argument", "")
    return found or next((name for name in ("notice",) if name in fields), "")


def sample_arguments(job: Job, spider: type[DouyinSpider]) -> dict[str, str]:
    """Return the arguments of *job*, with a sample for what the store will name."""
    if isinstance(job.targets, TargetQuery):
        name = target_argument(spider)
        return scalars(job) | {name: _SAMPLES.get(name, "")}
    return scalars(job) | written_targets(job, spider)


def written_targets(job: Job, spider: type[DouyinSpider]) -> dict[str, str]:
    """Return the argument that names the targets which stand in the plan."""
    if job.targets is None or isinstance(job.targets, TargetQuery):
        return {}
    text = job.targets if isinstance(job.targets, str) else ",".join(job.targets)
    return {target_argument(spider): text}


async def arguments_for(
    job: Job, spider: type[DouyinSpider], store: Store | None, now: datetime
) -> dict[str, str] | None:
    """Return what ``-a`` would give the spider, at *now*.

    What a query finds goes into a temporary file, which the caller removes
    (:func:`remove_file`). None: the query found nothing.

    Raises:
        StoreError: the store is out of reach.
    """
    if not isinstance(job.targets, TargetQuery):
        return sample_arguments(job, spider)
    if store is None:
        return None
    found = 0
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix=f"{job.name}-", suffix=".txt", delete=False
    ) as file:
        async for target in find(job.targets, store, now):
            file.write(f"{target}\n")
            found += 1
    arguments = scalars(job) | {target_argument(spider): f"@{file.name}"}
    if not found:
        remove_file(job, arguments)
        return None
    return arguments


def remove_file(job: Job, arguments: dict[str, str]) -> None:
    """Remove the file that :func:`arguments_for` made, if it made one."""
    if isinstance(job.targets, TargetQuery):
        for value in arguments.values():
            if value.startswith("@"):
                Path(value[1:]).unlink(missing_ok=True)


async def find(query: TargetQuery, store: Store, now: datetime) -> AsyncIterator[str]:
    """Yield the ids that the records of *store* answer a query with at *now*."""
    asked = query.filter
    since = now - span(asked.younger_than) if asked.younger_than else None
    authors: set[str] = set()
    async for post in store.records("post", since=since):
        if not _fits(post, asked, now):
            continue
        if query.posts is not None:
            yield post.id
            continue
        author = post.fields.get("sec_uid")
        # A pseudonym is no user that could be asked for.
        if author and author not in authors and _SEC_UID.fullmatch(author):
            authors.add(author)
            yield author


def _fits(post: Record, asked: PostFilter, now: datetime) -> bool:
    created = _moment(post.fields.get("create_time"))
    limits = (("digg_count", asked.min_likes), ("comment_count", asked.min_comments))
    if asked.stored_within and post.first_seen < now - span(asked.stored_within):
        return False
    if asked.older_than and (created is None or created > now - span(asked.older_than)):
        return False
    return all(
        least is None or (post.fields.get(name) or 0) >= least for name, least in limits
    )


def _moment(value: Any) -> datetime | None:
    """Return a time of a record, which stores without time zones give as UTC."""
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)

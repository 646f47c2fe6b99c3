"""Jobs of a plan in this process: nothing twice, and no reason is lost."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from douyin_crawler.commands.enqueue import _retry
from douyin_crawler.plans.alone import alone
from douyin_crawler.plans.due import NOTHING
from douyin_crawler.plans.reading import parse_plan
from douyin_crawler.plans.runner import PlanRunner
from douyin_crawler.progress import Holder
from douyin_crawler.spiders.arguments import ArgumentError
from douyin_crawler.spiders.user_posts import UserPostsSpider
from douyin_crawler.stores import open_store
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.plans.runner import Result, Wanted

USER = "MS4wLjABAAAA" + "x" * 43


class Process:
    """Takes crawls, and does not crawl."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun: list[dict[str, str]] = []
        self.called = asyncio.Event()
        self.going_on = asyncio.Event()
        self.going_on.set()
        self._error = error

    async def crawl(self, _: Any, **arguments: str) -> None:
        self.begun.append(arguments)
        self.called.set()
        await self.going_on.wait()
        if self._error:
            raise self._error


def runner(
    folder: Path, process: Process, wanted: Wanted = "due", **job: Any
) -> PlanRunner:
    given = {"spider": "user_posts", "every": "7d", **job}
    plan = parse_plan({"jobs": {"people": given}}, folder / "daily.toml")
    settings = Settings({"DOUYIN_STORE": url(folder)})
    spiders: Any = {"user_posts": UserPostsSpider}
    return PlanRunner(process, plan, spiders, settings, wanted)  # type: ignore[arg-type]


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'douyin.db'}"


async def run(made: PlanRunner) -> Result:
    await made.run()
    (result,) = made.results
    return result


async def test_two_at_once_begin_a_job_once(tmp_path: Path) -> None:
    process = Process()
    process.going_on.clear()
    first = asyncio.create_task(run(runner(tmp_path, process, targets=[USER])))
    await process.called.wait()
    second = await run(runner(tmp_path, process, targets=[USER]))
    assert second.status is None
    assert second.reason == "not begun: another process runs it now"
    process.going_on.set()
    await first
    assert len(process.begun) == 1


async def test_a_lock_ends_with_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with alone("job", "daily/a", url(tmp_path)) as free:
            assert free
            with alone("job", "daily/a", url(tmp_path)) as again:
                assert not again
            with alone("job", "daily/b", url(tmp_path)) as other:
                assert other


async def test_why_a_job_could_not_begin(tmp_path: Path) -> None:
    wrong = Process(ArgumentError("-a user: people.txt, line 3: is no user"))
    found = await run(runner(tmp_path, wrong, targets=[USER]))
    assert (found.status, found.reason[:22]) == (
        ExitStatus.USAGE,
        "-a user: people.txt, l",
    )
    found = await run(runner(tmp_path, Process(KeyError("x")), targets=[USER]))
    assert (found.status, found.reason[-11:]) == (ExitStatus.BUG, "see the log")


async def test_what_failed_in_a_queue_waits_again(tmp_path: Path) -> None:
    process = Process()
    queued: Any = {"arguments": {"queue": "night"}}
    assert (await run(runner(tmp_path, process, "failed", **queued))).reason == NOTHING
    store = open_store(url(tmp_path))
    await store.open()
    await store.enqueue("night", "user_posts", [(USER, "sec_uid")])
    for number in range(4):  # workers that die with it, until it is set aside
        holder = Holder(run_id=f"run{number}", host="", lock="")
        await store.next_ticket("night", holder, 0.0, spider="user_posts", alone=True)
    (before,) = await store.queues()
    await run(runner(tmp_path, process, "failed", **queued))
    (after,) = await store.queues()
    await store.close()
    assert (before.counts["aside"], after.counts["waiting"]) == (1, 1)
    assert process.begun == [{"queue": "night", "_plan": "daily/people+retry"}]
    config: Any = SimpleNamespace(store=url(tmp_path))
    with pytest.raises(UsageError, match="no queue nihgt; those that exist: night"):
        await _retry(config, UserPostsSpider, "nihgt")

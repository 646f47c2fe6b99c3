"""The scheduler over simulated days: every due run once, none twice."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from douyin_crawler.extensions.history import KILLED
from douyin_crawler.plans.reading import parse_plan
from douyin_crawler.scheduling.jobs import Prepared
from douyin_crawler.scheduling.node import Node, NodeFailure
from douyin_crawler.scheduling.scheduler import (
    ASK_AGAIN,
    GIVEN_UP,
    NOT_BEGUN,
    Scheduler,
)
from douyin_crawler.scheduling.telling import lines_of
from douyin_crawler.stores import open_store
from tests.support.fake_scrapyd import FakeJob, FakeNode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.scheduling.scheduler import Round
    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import RunRecord

START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
STEP = timedelta(minutes=30)
HOUR = timedelta(hours=1)
TAKE = {"feed": HOUR / 2, "hot_list": 2 * HOUR, "comments": 3 * HOUR}
JOBS = {
    "feed": {"spider": "feed", "every": "6h"},
    "hot": {"spider": "hot_list", "cron": "30 3 * * *"},
    "talk": {"spider": "comments", "every": "1d", "targets": ["7331282357997579691"]},
}


class Crash(BaseException):
    """The scheduler's process ends here."""


async def prepared(plan: Plan, job: Job, _: datetime) -> Prepared | None:
    return Prepared(arguments={"_plan": plan.key(job)}, settings={})


def plan_of(folder: Path, *jobs: str) -> Plan:
    return parse_plan(
        {"jobs": {n: JOBS[n] for n in jobs or JOBS}}, folder / "daily.toml"
    )


@dataclass
class World:
    """Two nodes, a store, and a scheduler that can be started anew."""

    store: Store
    nodes: list[FakeNode]
    plan: Plan
    http: ClientSession
    now: datetime = START
    scheduler: Scheduler | None = None

    def restart(self, *, crash: str = "") -> None:
        kinds: dict[str, type[Node]] = {"": Node, "before": _Before, "after": _After}
        nodes = [kinds[crash](node.url, self.http) for node in self.nodes]
        self.scheduler = Scheduler(self.store, nodes, prepared)

    async def step(self, by: timedelta = STEP) -> Round:
        assert self.scheduler
        self.now += by
        for node in self.nodes:
            await node.tick(self.now)
        try:
            return await self.scheduler.round(self.plan, self.now)
        finally:
            for node in self.nodes:
                await node.tick(self.now)

    async def until(self, hours: float) -> None:
        while self.now < START + hours * HOUR:
            await self.step()

    def begun(self, name: str) -> list[datetime]:
        return [job.began for job in self.jobs(name) if job.began]

    def jobs(self, name: str) -> list[FakeJob]:
        found = [job for node in self.nodes for job in node.jobs.values()]
        own = [job for job in found if job.plan == f"daily/{name}"]
        return sorted(own, key=lambda job: job.began or self.now)

    async def rows(self, name: str) -> list[RunRecord]:
        return await self.store.runs(100, plan=f"daily/{name}")


class _Before(Node):
    async def start(self, *_: object) -> None:  # type: ignore[override]
        raise Crash


class _After(Node):
    async def start(self, *given: object) -> None:  # type: ignore[override]
        await super().start(*given)  # type: ignore[arg-type]
        raise Crash


class _Deaf(Node):
    async def start(self, *_: object) -> None:  # type: ignore[override]
        raise NodeFailure("it has no such project")


@asynccontextmanager
async def world(folder: Path, *jobs: str, url: str = "") -> AsyncIterator[World]:
    store = open_store(url or f"sqlite:///{folder / 'runs.db'}")
    await store.open()
    nodes = [FakeNode(store, TAKE), FakeNode(store, TAKE)]
    async with ClientSession() as http:
        made = World(store, nodes, plan_of(folder, *jobs), http)
        made.restart()
        for node in nodes:
            await node.up()
        try:
            yield made
        finally:
            for node in nodes:
                await node.down()
            await store.close()


def gaps(times: list[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(times)]


async def test_calm_days(tmp_path: Path) -> None:
    async with world(tmp_path) as calm:
        while calm.now < START + 72 * HOUR:
            await calm.step()
            calm.restart()  # nothing is remembered but in the store
        assert len(calm.begun("feed")) == 12
        assert set(gaps(calm.begun("feed"))) == {6 * HOUR}
        assert set(gaps(calm.begun("talk"))) == {24 * HOUR}
        # 03:30 in Shanghai is 19:30 UTC; the first run is due at once.
        assert [time.strftime("%d %H:%M") for time in calm.begun("hot")] == [
            "02 04:30",
            *("02 19:30", "03 19:30", "04 19:30"),
        ]
        assert len(await calm.rows("feed")) == 12, "one row a job"
        assert {row.exit_status for row in await calm.rows("talk")} == {0}


async def test_a_day_in_mongodb(tmp_path: Path, mongodb_url: str) -> None:
    async with world(tmp_path, "feed", url=mongodb_url) as calm:
        while calm.now < START + 24 * HOUR:
            await calm.step()
            calm.restart()
        assert set(gaps(calm.begun("feed"))) == {6 * HOUR}


async def test_a_node_is_down_for_a_while(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path) as rough:
        first = rough.nodes[0]
        await rough.until(5)
        await first.down()
        await rough.until(29)
        rough.restart()
        await rough.until(31)
        await first.up()
        await rough.until(60)
        assert set(gaps(rough.begun("feed"))) == {6 * HOUR}
        assert set(gaps(rough.begun("talk"))) == {24 * HOUR}
        assert len(rough.begun("hot")) == 3
        down = [line for line in caplog.messages if "is down" in line]
        assert len(down) == 2, "said once by each scheduler"
        assert all(first.url in line for line in down)


async def test_a_job_that_a_node_took_waits_for_it(tmp_path: Path) -> None:
    async with world(tmp_path, "feed") as held:
        for node in held.nodes:  # slots are taken, so that it stays pending
            for number in range(2):
                busy = FakeJob(f"busy{number}", "feed", "other/x", {}, held.now)
                node.jobs[busy.id] = busy
        await held.step()
        [job] = held.jobs("feed")
        home = next(node for node in held.nodes if job.id in node.jobs)
        await home.down()
        held.restart()
        await held.until(4)
        assert len(held.jobs("feed")) == 1, "not started elsewhere meanwhile"
        await home.up()
        await held.step()
        assert len(held.jobs("feed")) == 1
        assert job.began


async def test_a_node_that_comes_back_too_late(tmp_path: Path) -> None:
    async with world(tmp_path, "feed") as held:
        for node in held.nodes:
            node.jobs["a"] = FakeJob("a", "hot_list", "other/x", {}, held.now)
            node.jobs["b"] = FakeJob("b", "hot_list", "other/x", {}, held.now)
        await held.step()
        [job] = held.jobs("feed")
        home = next(node for node in held.nodes if job.id in node.jobs)
        await home.down()
        await held.until(7)
        assert [row.reason for row in await held.rows("feed")][-1] == GIVEN_UP
        assert len(held.begun("feed")) == 1
        await home.up()  # the job is still in its queue
        home.jobs["a"].ended = home.jobs["b"].ended = held.now
        held.restart()
        await held.until(12)
        assert job.superseded
        assert len(held.begun("feed")) == 1, "not run beside the one in its place"
        assert (await held.rows("feed"))[-1].reason == GIVEN_UP


async def test_a_job_begins_while_it_is_given_up(tmp_path: Path) -> None:
    async with world(tmp_path, "feed") as late:
        await late.step()
        [job], [row] = late.jobs("feed"), await late.rows("feed")
        assert job.began
        assert late.scheduler
        as_read_before = replace(row, lock="")
        left = await late.scheduler._close(as_read_before, late.now, None, GIVEN_UP)
        assert left.finished_at is None
        assert await late.rows("feed") == [row]


async def test_all_nodes_are_down(tmp_path: Path) -> None:
    async with world(tmp_path, "feed", "hot") as dark:
        for node in dark.nodes:
            await node.down()
        assert (await dark.step()).left == ["feed", "hot"]
        assert await dark.rows("feed") == []
        await dark.nodes[1].up()
        assert (await dark.step()).started == ["feed", "hot"]
        assert (await dark.step()).started == []


@pytest.mark.parametrize("crash", ["before", "after"])
async def test_the_scheduler_dies_while_it_starts_a_job(
    tmp_path: Path, crash: str
) -> None:
    async with world(tmp_path, "feed") as broken:
        broken.restart(crash=crash)
        with pytest.raises(Crash):
            await broken.step()
        broken.restart()
        await broken.step()
        await broken.step()
        assert len(broken.begun("feed")) == 1
        assert len(await broken.rows("feed")) == 1


async def test_the_answer_is_lost(tmp_path: Path) -> None:
    async with world(tmp_path, "feed") as deaf:
        for node in deaf.nodes:
            node.mute = True
        assert (await deaf.step()).left == ["feed"]
        await deaf.step()
        assert len(deaf.begun("feed")) == 1


async def test_a_job_that_never_begins_is_not_started_over_and_over(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, "feed") as odd:
        for node in odd.nodes:
            node.never_begin.add("feed")
        await odd.until(5)
        [row] = await odd.rows("feed")
        assert (row.exit_status, row.reason) == (2, NOT_BEGUN)
        await odd.until(7)
        assert len(odd.jobs("feed")) == 2


async def test_a_job_that_is_killed_is_made_up_for_at_once(tmp_path: Path) -> None:
    async with world(tmp_path, "hot") as hit:
        await hit.step()
        [job] = hit.jobs("hot")
        job.ended = hit.now  # its process wrote nothing more
        await hit.step()
        assert len(hit.begun("hot")) == 2
        first = (await hit.rows("hot"))[-1]
        assert (first.exit_status, first.reason) == (None, KILLED)


async def test_what_one_round_says(tmp_path: Path) -> None:
    async with world(tmp_path, "feed", "hot") as told:

        async def said() -> list[str]:
            done = await told.step()
            return [*lines_of(told.plan, done, told.now)]

        assert await said() == [], "what was started is said by itself"
        feed, hot, nothing = await said()
        began = "since 2026-03-02 12:30 Asia/Shanghai"
        assert feed.startswith("daily/feed: job ")
        ended = " ended 2026-03-02 13:00 Asia/Shanghai: exit status 0 (ok); due "
        assert ended in feed
        assert feed.endswith("due 2026-03-02 18:30 Asia/Shanghai")
        assert hot.endswith(f"runs on elsewhere, {began}")
        assert nothing == "Nothing is due."
        for node in told.nodes:
            await node.down()
        told.now += 6 * HOUR
        assert "Nothing is due." not in await said()


async def test_a_queue_is_filled_once_for_a_job(tmp_path: Path) -> None:
    filled: list[datetime] = []

    async def fill(plan: Plan, job: Job, now: datetime) -> Prepared | None:
        filled.append(now)
        found = await prepared(plan, job, now)
        assert found
        found.arguments["queue"] = "night"
        return found

    async with world(tmp_path, "feed") as fed:
        nodes = [_Deaf(node.url, fed.http) for node in fed.nodes]
        fed.scheduler = Scheduler(fed.store, nodes, fill)
        for _ in range(3):
            assert (await fed.step()).left == ["feed"]
        plain = [Node(node.url, fed.http) for node in fed.nodes]
        fed.scheduler = Scheduler(fed.store, plain, fill)
        assert (await fed.step()).started == ["feed"]
        [job] = fed.jobs("feed")
        assert (job.form["queue"], len(filled)) == (["night"], 1)


async def test_nothing_to_do_is_no_run(tmp_path: Path) -> None:
    asked: list[datetime] = []

    async def empty(plan: Plan, job: Job, now: datetime) -> Prepared | None:
        asked.append(now)
        return await prepared(plan, job, now) if len(asked) > 2 else None

    async with world(tmp_path, "feed") as idle:
        nodes = [Node(node.url, idle.http) for node in idle.nodes]
        idle.scheduler = Scheduler(idle.store, nodes, empty)
        for _ in range(2):
            assert (await idle.step()).started == []
            await idle.step(ASK_AGAIN / 2)
        assert (len(asked), await idle.rows("feed")) == (2, [])
        assert (await idle.step()).started == ["feed"]

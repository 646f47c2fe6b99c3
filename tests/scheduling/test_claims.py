"""One run a due time, whatever nodes, clocks and other schedulers do."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.plans.due import due
from douyin_crawler.plans.history import runs_of
from douyin_crawler.plans.reading import PlanError, parse_plan
from douyin_crawler.scheduling import scheduler as scheduling
from douyin_crawler.scheduling.node import Node, NodeFailure
from douyin_crawler.scheduling.scheduler import LOST, NO_ANSWER, Scheduler
from tests.scheduling.test_days import START, plan_of, prepared, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from douyin_crawler.plans.plan import Job, Plan
    from douyin_crawler.scheduling.jobs import Prepared

NOW = timedelta(0)
MINUTE = timedelta(minutes=1)


class Refuses(Node):
    """Has an egg without the spider of one job."""

    async def start(self, job: str, spider: str, *given: Any) -> None:
        if spider == "feed":
            raise NodeFailure(f"{self}: spider 'feed' not found; deploy it")
        await super().start(job, spider, *given)


class Loses(Node):
    """What it is sent is lost on the way, and then it is away."""

    async def start(self, *_: object) -> None:
        self.jobs = self.start  # type: ignore[method-assign, assignment]
        raise NodeFailure(f"{self} broke off", delivered=None)


async def test_a_job_that_is_refused_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path) as odd:
        nodes = [Refuses(node.url, odd.http) for node in odd.nodes]
        odd.scheduler = Scheduler(odd.store, nodes, prepared)
        for _ in range(3):
            assert (await odd.step()).left == ["feed"]
        assert (len(odd.begun("hot")), len(odd.begun("talk"))) == (1, 1)
        assert all(odd.scheduler.nodes_up().values())
        assert sum("not found" in line for line in caplog.messages) == 2
        plain = Node(odd.nodes[1].url, odd.http)
        odd.scheduler = Scheduler(odd.store, [nodes[0], plain], prepared)
        assert (await odd.step()).started == ["feed"]


async def test_a_job_in_a_queue_is_under_way_for_everybody(tmp_path: Path) -> None:
    async with world(tmp_path, "feed") as busy:
        assert busy.scheduler
        for _ in range(4):  # no ticks: the node has no free slot
            await busy.scheduler.round(busy.plan, busy.now)
            busy.now += 11 * MINUTE
            runs = await runs_of(busy.plan, busy.store, busy.now)
            assert due(busy.plan, runs, busy.now) == []
        [row] = runs
        assert row.seen_at
        assert row.seen_at > START + 30 * MINUTE, "the scheduler vouches for it"


@pytest.mark.parametrize("by", [25 * MINUTE, -120 * MINUTE])
async def test_what_a_node_lists_is_under_way(tmp_path: Path, by: timedelta) -> None:
    async with world(tmp_path, "talk") as still:
        await still.step(NOW)
        assert still.scheduler
        now = still.now + by  # no sign of life since; or the clock was set back
        assert (await still.scheduler.round(still.plan, now)).started == []
        if by < NOW:
            runs = await runs_of(still.plan, still.store, now)
            assert due(still.plan, runs, now) == []


async def test_a_job_that_was_lost_on_the_way(tmp_path: Path) -> None:
    async with world(tmp_path, "talk") as lost:
        nodes = [
            Loses(lost.nodes[0].url, lost.http),
            Node(lost.nodes[1].url, lost.http),
        ]
        lost.scheduler = Scheduler(lost.store, nodes, prepared)
        assert (await lost.step(NOW)).left == ["talk"]
        assert (await lost.step(LOST / 2)).started == []
        assert (await lost.step(LOST / 2)).started == ["talk"]
        assert [row.reason for row in await lost.rows("talk")][1:] == [NO_ANSWER]


async def test_a_job_is_edited_while_its_row_waits(tmp_path: Path) -> None:
    async with world(tmp_path, "feed") as edited:
        nodes = [Refuses(node.url, edited.http) for node in edited.nodes]
        edited.scheduler = Scheduler(edited.store, nodes, prepared)
        await edited.step()
        job = {"spider": "comments", "every": "6h", "targets": ["7331282357997579691"]}
        edited.plan = parse_plan({"jobs": {"feed": job}}, tmp_path / "daily.toml")
        await edited.step()
        assert [one.spider for one in edited.jobs("feed")] == ["comments"]


async def test_two_schedulers_on_two_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def elsewhere(*_: str) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(scheduling, "alone", elsewhere)
    async with world(tmp_path, "feed") as twice:
        # Each has a node of its own, so that both get the job.
        one, other = (
            Scheduler(twice.store, [Node(node.url, twice.http)], prepared)
            for node in twice.nodes
        )
        rounds = (it.round(twice.plan, twice.now) for it in (one, other))
        await asyncio.gather(*rounds)
        await twice.step()
        await twice.step()
        assert len(twice.begun("feed")) == 1
        assert len(await twice.rows("feed")) == 1


async def test_targets_that_can_t_be_read(tmp_path: Path) -> None:
    async def broken(_: Plan, job: Job, __: object) -> Prepared | None:
        raise PlanError([f"jobs.{job.name}: users.txt can't be read"])

    async with world(tmp_path, "feed") as bad:
        nodes = [Node(node.url, bad.http) for node in bad.nodes]
        bad.scheduler = Scheduler(bad.store, nodes, broken)
        bad.plan = plan_of(tmp_path, "feed")
        done = await bad.step()
        assert done.left == ["feed"]
        assert "users.txt can't be read" in done.why["feed"]

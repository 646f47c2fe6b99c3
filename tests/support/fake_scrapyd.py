"""Scrapyd's API on loopback, in simulated time: jobs take as long as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from douyin_crawler.verdicts import RunRecord
from tests.support.mongod import free_port

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from multidict import MultiDictProxy

    from douyin_crawler.stores.base import Store


@dataclass(slots=True)
class FakeJob:
    id: str
    spider: str
    plan: str
    form: dict[str, list[str]]
    began: datetime | None = None
    ended: datetime | None = None
    superseded: bool = False
    """Whether its process found that it is not to be run any more."""


@dataclass(slots=True)
class FakeNode:
    """One node with two slots; what it has lives through its being down."""

    store: Store
    durations: dict[str, timedelta]
    """By spider."""
    port: int = field(default_factory=free_port)
    jobs: dict[str, FakeJob] = field(default_factory=dict)
    never_begin: set[str] = field(default_factory=set)
    """Spiders whose process ends before a run is on record."""
    mute: bool = False
    """Whether the answers to what it was sent get lost."""
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        app = web.Application()
        app.router.add_get("/listjobs.json", self._list)
        app.router.add_post("/schedule.json", self._schedule)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def down(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def tick(self, now: datetime) -> None:
        """Let jobs end and begin as Scrapyd would until *now*."""
        running = [job for job in self.jobs.values() if job.began and not job.ended]
        for job in running:
            if now - job.began >= self.durations[job.spider]:  # type: ignore[operator]
                job.ended = now
            await self.store.save_run(_row(job, now))
        free = 2 - sum(1 for job in running if not job.ended)
        pending = [job for job in self.jobs.values() if not (job.began or job.ended)]
        for job in pending[:free] if self._runner else ():
            if job.spider in self.never_begin or not await self._begins(job, now):
                job.ended = now
            else:
                job.began = now

    async def _begins(self, job: FakeJob, now: datetime) -> bool:
        """Return whether the job's process may go on, as a run finds out."""
        saved = await self.store.save_job(_row(job, now), known=True)
        job.superseded = saved == "over"
        return saved == "saved"

    async def _list(self, _: web.Request) -> web.Response:
        lists: dict[str, list[dict[str, str]]] = {
            "pending": [],
            "running": [],
            "finished": [],
        }
        for job in self.jobs.values():
            name = "finished" if job.ended else "running" if job.began else "pending"
            lists[name].append({"id": job.id, "spider": job.spider})
        return web.json_response({"status": "ok", **lists})

    async def _schedule(self, request: web.Request) -> web.Response:
        form: MultiDictProxy[Any] = await request.post()
        given = {name: list(map(str, form.getall(name))) for name in form}
        [job] = given["jobid"]
        assert job not in self.jobs, "started twice"
        self.jobs[job] = FakeJob(job, given["spider"][0], given["_plan"][0], given)
        if self.mute:
            assert request.transport
            request.transport.close()
        return web.json_response({"status": "ok", "jobid": job})


def _row(job: FakeJob, now: datetime) -> RunRecord:
    return RunRecord(
        id=job.id,
        spider=job.spider,
        arguments={},
        started_at=job.began or now,
        finished_at=job.ended,
        exit_status=0 if job.ended else None,
        job=job.id,
        plan=job.plan,
        host="elsewhere",
        lock=f"/nowhere/{job.id}.lock",
        seen_at=now,
    )

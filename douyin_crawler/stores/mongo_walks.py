"""Walks and runs in MongoDB: this part of the store's contract."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from douyin_crawler.privacy.forgotten import unrecorded
from douyin_crawler.stores.base import Store
from douyin_crawler.stores.mongo_history import (
    load_last_verdicts,
    load_open_runs,
    load_runs,
    load_verdicts,
    save_job,
    save_run,
)
from douyin_crawler.stores.mongo_leases import claim, release, renew
from douyin_crawler.stores.mongo_progress import (
    count_targets,
    load_progress,
    load_unfinished,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractContextManager

    from douyin_crawler.progress import Claim, Holder, Progress, WalkKey
    from douyin_crawler.stores.jobs import SavedJob
    from douyin_crawler.stores.mongo_forget import Guard
    from douyin_crawler.stores.mongo_writer import Database
    from douyin_crawler.verdicts import RunRecord, TargetVerdict


class MongoWalks(Store):
    """What the store has of walks and runs."""

    _guard: Guard

    @property
    @abstractmethod
    def _database(self) -> Database:
        """The database, which is open."""

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """Return what makes a StoreError of what pymongo raises inside it."""

    async def claim(
        self,
        key: WalkKey,
        holder: Holder,
        seconds: float,
        *,
        spider: str,
        parent: WalkKey | None = None,
        over: int | None = None,
    ) -> Claim:
        """Give *holder* the lease of a walk, unless another run has it."""
        whose: dict[str, Any] = {"spider": spider, "parent": parent, "over": over}
        with self._explained():
            if (await self._guard.load(self._database)).is_walk(key, parent):
                return unrecorded(key, spider)
            return await claim(self._database, key, holder, seconds, **whose)

    async def renew(self, run_id: str, seconds: float) -> None:
        """Let the leases that a run still holds run for so long from now."""
        with self._explained():
            await renew(self._database, run_id, seconds)

    async def release(self, run_id: str, *, dead: bool = False) -> None:
        """End the leases that a run still holds."""
        with self._explained():
            await release(self._database, run_id, dead=dead)

    async def progress(self, key: WalkKey) -> Progress | None:
        """Return where a walk stands; None where it is not known."""
        with self._explained():
            return await load_progress(self._database, key)

    async def unfinished(
        self, *, spider: str | None = None, parent: WalkKey | None = None
    ) -> AsyncIterator[Progress]:
        """Yield the walks that are not final, in the order of (walk, id, range)."""
        with self._explained():
            found = load_unfinished(self._database, spider, parent)
            async with aclosing(found):
                async for progress in found:
                    yield progress

    async def count_targets(self, spider: str | None = None) -> dict[str, int]:
        """Return how many walks ended last by which verdict; ``open`` for none."""
        with self._explained():
            return await count_targets(self._database, spider)

    async def verdicts(self, run_id: str | None = None) -> list[TargetVerdict]:
        """Return the verdicts of one run or of all, in the order of their time."""
        with self._explained():
            return await load_verdicts(self._database, run_id)

    async def last_verdicts(self, key: WalkKey, limit: int) -> list[TargetVerdict]:
        """Return the latest verdicts of one walk, the newest first."""
        with self._explained():
            return await load_last_verdicts(self._database, key, limit)

    async def save_run(self, run: RunRecord) -> None:
        """Insert *run*, or replace the one of its id."""
        with self._explained():
            known = await self._guard.load(self._database)
            await save_run(self._database, known.run(run))

    async def save_job(self, row: RunRecord, *, known: bool) -> SavedJob:
        """Insert *row*, or replace that of its id while no run has begun with it."""
        with self._explained():
            kept = (await self._guard.load(self._database)).run(row)
            return await save_job(self._database, kept, known=known)

    async def runs(
        self, limit: int = 20, *, plan: str | None = None
    ) -> list[RunRecord]:
        """Return the latest runs, of a plan's job alone if asked, the newest first."""
        with self._explained():
            return await load_runs(self._database, limit, plan)

    async def open_runs(self) -> list[RunRecord]:
        """Return the runs that have no end on record, the newest first."""
        with self._explained():
            return await load_open_runs(self._database)

"""Walks and runs in a SQLite file: this part of the store's contract."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from douyin_crawler.stores.base import Store
from douyin_crawler.stores.sqlite_history import (
    load_last_verdicts,
    load_open_runs,
    load_runs,
    load_verdicts,
)
from douyin_crawler.stores.sqlite_kept import (
    claim_kept,
    save_kept_job,
    save_kept_run,
)
from douyin_crawler.stores.sqlite_leases import release, renew
from douyin_crawler.stores.sqlite_progress import (
    count_targets,
    load_progress,
    load_unfinished,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable

    from douyin_crawler.progress import Claim, Holder, Progress, WalkKey
    from douyin_crawler.stores.jobs import SavedJob
    from douyin_crawler.stores.sqlite_forget import Guard
    from douyin_crawler.verdicts import RunRecord, TargetVerdict

P = ParamSpec("P")
T = TypeVar("T")


class SQLiteWalks(Store):
    """What the store has of walks and runs."""

    _guard: Guard

    @abstractmethod
    async def _call(
        self,
        function: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what *function* does in the file's own thread."""

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
        return await self._call(
            claim_kept,
            key,
            holder,
            seconds,
            self._guard,
            spider=spider,
            parent=parent,
            over=over,
        )

    async def renew(self, run_id: str, seconds: float) -> None:
        """Let the leases that a run still holds run for so long from now."""
        await self._call(renew, run_id, seconds)

    async def release(self, run_id: str, *, dead: bool = False) -> None:
        """End the leases that a run still holds."""
        await self._call(release, run_id, dead=dead)

    async def progress(self, key: WalkKey) -> Progress | None:
        """Return where a walk stands; None where it is not known."""
        return await self._call(load_progress, key)

    async def unfinished(
        self, *, spider: str | None = None, parent: WalkKey | None = None
    ) -> AsyncIterator[Progress]:
        """Yield the walks that are not final, in the order of (walk, id, range)."""
        after = None
        while page := await self._call(load_unfinished, spider, parent, after):
            for progress in page:
                yield progress
            after = page[-1].key

    async def count_targets(self, spider: str | None = None) -> dict[str, int]:
        """Return how many walks ended last by which verdict; ``open`` for none."""
        return await self._call(count_targets, spider)

    async def verdicts(self, run_id: str | None = None) -> list[TargetVerdict]:
        """Return the verdicts of one run or of all, in the order of their time."""
        return await self._call(load_verdicts, run_id)

    async def last_verdicts(self, key: WalkKey, limit: int) -> list[TargetVerdict]:
        """Return the latest verdicts of one walk, the newest first."""
        return await self._call(load_last_verdicts, key, limit)

    async def save_run(self, run: RunRecord) -> None:
        """Insert *run*, or replace the one of its id."""
        await self._call(save_kept_run, run, self._guard)

    async def save_job(self, row: RunRecord, *, known: bool) -> SavedJob:
        """Insert *row*, or replace that of its id while no run has begun with it."""
        return await self._call(save_kept_job, row, self._guard, known=known)

    async def runs(
        self, limit: int = 20, *, plan: str | None = None
    ) -> list[RunRecord]:
        """Return the latest runs, of a plan's job alone if asked, the newest first."""
        return await self._call(load_runs, limit, plan)

    async def open_runs(self) -> list[RunRecord]:
        """Return the runs that have no end on record, the newest first."""
        return await self._call(load_open_runs)

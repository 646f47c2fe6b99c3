"""Who is told of what: one notice for each cause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.extensions.figures import Endings
from douyin_crawler.extensions.notify import _is_new, causes_of
from douyin_crawler.stores import open_store
from douyin_crawler.verdicts import ExitStatus, RunRecord, TargetVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from douyin_crawler.stores.base import Store

_START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    store = open_store(f"sqlite:///{tmp_path}/notify.db")
    await store.open()
    yield store
    await store.close()


class Runs:
    """Runs that follow each other, and what people are told of each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._count = 0

    async def told(
        self, status: ExitStatus, verdict: Verdict = Verdict.COMPLETE
    ) -> list[str]:
        """Let a run end so; return the texts that are new."""
        self._count += 1
        own, at = f"run{self._count}", _START + timedelta(hours=self._count)
        ending = TargetVerdict(
            walk="posts",
            id="someone",
            range="",
            spider="user_posts",
            verdict=verdict,
            reason="why",
            expected=None,
            got=0,
            pages=1,
            cursor="",
            run_id=own,
            at=at,
        )
        record = RunRecord(
            id=own,
            spider="user_posts",
            arguments={},
            started_at=at,
            finished_at=at,
            exit_status=int(status),
        )
        await self._store.write([ending])
        await self._store.save_run(record)
        endings = Endings()
        endings.note(ending, told=True)
        run: Any = SimpleNamespace(
            id=own,
            exit_status=status,
            reason="refused",
            session=SimpleNamespace(key="visitor"),
            endings=endings,
        )
        causes = [cause async for cause in causes_of(run, self._store)]
        return [one.text for one in causes if await _is_new(one, self._store)]


async def test_blocked_until_it_is_not(store: Store) -> None:
    runs = Runs(store)
    blocked, login = ExitStatus.BLOCKED, ExitStatus.LOGIN
    assert await runs.told(ExitStatus.OK) == []
    (text,) = await runs.told(blocked, Verdict.BLOCKED)
    assert text.startswith("It ended blocked")
    assert await runs.told(blocked, Verdict.BLOCKED) == []
    assert len(await runs.told(login, Verdict.LOGIN)) == 1
    assert await runs.told(login, Verdict.LOGIN) == []
    assert await runs.told(ExitStatus.OK) == []
    assert len(await runs.told(blocked, Verdict.BLOCKED)) == 1


async def test_incomplete_twice(store: Store) -> None:
    runs = Runs(store)
    incomplete, walled = ExitStatus.INCOMPLETE, Verdict.RESTRICTED
    assert await runs.told(incomplete, walled) == []
    assert await runs.told(ExitStatus.STOPPED, Verdict.STOPPED) == []
    (text,) = await runs.told(incomplete, walled)
    assert text == "posts someone stays restricted: why"
    assert await runs.told(incomplete, Verdict.STALLED) == []
    assert await runs.told(ExitStatus.OK) == []
    assert await runs.told(incomplete, walled) == []
    assert len(await runs.told(incomplete, walled)) == 1

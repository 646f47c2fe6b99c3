"""Who is told of what: one notice for each cause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.extensions.figures import Endings
from douyin_crawler.extensions.notify import Cause, news, send, take_back
from douyin_crawler.stores import open_store
from douyin_crawler.verdicts import ExitStatus, TargetVerdict, Verdict
from tests.support.mongod import free_port

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
        self, status: ExitStatus, verdict: Verdict = Verdict.COMPLETE, **of: Any
    ) -> list[str]:
        """Let a run end so; return the texts that are new."""
        return [cause.text for cause in await self.causes(status, verdict, **of)]

    async def causes(
        self,
        status: ExitStatus,
        verdict: Verdict = Verdict.COMPLETE,
        *,
        session: str = "visitor",
        who: str = "user_posts",
        targets: tuple[str, ...] = ("someone",),
    ) -> list[Cause]:
        """Let a run end so; return the causes that are new."""
        self._count += 1
        own, at = f"run{self._count}", _START + timedelta(hours=self._count)
        endings = Endings()
        for target in targets:
            ending = self._ending(target, verdict, own, at)
            endings.note(ending, told=True)
            await self._store.write([ending])
        run: Any = SimpleNamespace(
            id=own,
            exit_status=status,
            reason="refused",
            session=SimpleNamespace(key=session),
            endings=endings,
        )
        return await news(run, who, self._store)

    def _ending(
        self, target: str, verdict: Verdict, own: str, at: datetime
    ) -> TargetVerdict:
        return TargetVerdict(
            walk="posts",
            id=target,
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


async def test_a_good_run_of_others_ends_no_cause(store: Store) -> None:
    runs = Runs(store)
    assert len(await runs.told(ExitStatus.BLOCKED, Verdict.BLOCKED)) == 1
    await runs.told(ExitStatus.OK, session="member")
    await runs.told(ExitStatus.OK, who="daily/words")
    assert await runs.told(ExitStatus.BLOCKED, Verdict.BLOCKED) == []


async def test_what_is_wrong_with_a_session_is_told_once_for_all_jobs(
    store: Store,
) -> None:
    runs = Runs(store)
    blocked, names = (ExitStatus.BLOCKED, Verdict.BLOCKED), ("a/x", "a/y", "a/z")
    assert [len(await runs.told(*blocked, who=who)) for who in names] == [1, 0, 0]
    assert len(await runs.told(*blocked, who="a/x", session="member")) == 1
    await runs.told(ExitStatus.OK, who="a/y")
    await runs.told(ExitStatus.OK, who="a/x")
    assert [len(await runs.told(*blocked, who=who)) for who in names] == [1, 0, 0]


async def test_what_did_not_arrive_is_told_again(store: Store) -> None:
    runs = Runs(store)
    blocked = ExitStatus.BLOCKED, Verdict.BLOCKED
    for _ in range(2):
        failed = await runs.causes(*blocked)
        assert len(failed) == 1
        await take_back(failed, store)
    assert len(await runs.told(*blocked)) == 1
    assert await runs.told(*blocked) == []


async def test_many_targets_are_told_in_turn(store: Store) -> None:
    runs = Runs(store)
    many = tuple(f"user{number}" for number in range(50))
    incomplete = ExitStatus.INCOMPLETE, Verdict.RESTRICTED
    told = [len(await runs.told(*incomplete, targets=many)) for _ in range(5)]
    assert told == [0, 20, 20, 10, 0]


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


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise's imports
async def test_a_notice_that_nobody_takes() -> None:
    pytest.importorskip("apprise")
    assert not await send(f"json://127.0.0.1:{free_port()}/", "title", "body")
    assert not await send("no address", "title", "body")

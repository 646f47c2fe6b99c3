"""What every store does with budgets: a class of tests, to be given a store."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.stores import open_store
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from douyin_crawler.stores.base import Reservation, Store

DAY = "2026-01-05"
LIMIT = 60


class BudgetContract:
    """The tests; ``url`` is the address of the store, which is new for each."""

    @pytest.fixture
    def url(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, url: str) -> AsyncIterator[Store]:
        store = open_store(url)
        await store.open()
        yield store
        await store.close()

    async def test_the_budget_is_a_session_s_and_a_day_s(self, store: Store) -> None:
        async def take(session: str, day: str) -> Reservation:
            return await store.reserve(session, day, limit=2, interval=0)

        assert [(await take("a", DAY)).spent for _ in range(2)] == [1, 2]
        for _ in range(2):
            third = await take("a", DAY)
            assert (third.granted, third.spent) == (False, 2)
        assert (await take("visitor", DAY)).granted
        assert (await take("a", "2026-01-06")).granted
        assert await store.spent("a", DAY) == 2
        assert await store.spent("a", "2026-01-06") == 1
        assert await store.spent("b", DAY) == 0

    async def test_no_limit(self, store: Store) -> None:
        for number in range(1, 4):
            taken = await store.reserve("a", DAY, limit=0, interval=0)
            assert (taken.granted, taken.spent, taken.wait) == (True, number, 0)

    async def test_a_raised_limit_has_room_again(self, store: Store) -> None:
        assert (await store.reserve("a", DAY, limit=1, interval=0)).granted
        assert not (await store.reserve("a", DAY, limit=1, interval=0)).granted
        assert (await store.reserve("a", DAY, limit=2, interval=0)).granted

    async def test_turns_are_an_interval_apart(self, store: Store) -> None:
        waits = [
            (await store.reserve("a", DAY, limit=0, interval=100.0)).wait
            for _ in range(4)
        ]
        assert waits[0] == 0
        # The time that the test itself takes goes off.
        expected = pytest.approx([100, 200, 300], abs=30)
        assert waits[1:] == expected
        other = await store.reserve("b", DAY, limit=0, interval=100.0)
        assert other.wait == 0, "another session has a pace of its own"

    async def test_the_pace_goes_on_at_midnight(self, store: Store) -> None:
        await store.reserve("a", DAY, limit=0, interval=100.0)
        first = await store.reserve("a", "2026-01-06", limit=0, interval=100.0)
        second = await store.reserve("a", "2026-01-06", limit=0, interval=0)
        assert (first.spent, second.spent) == (1, 2)
        assert [first.wait, second.wait] == pytest.approx([100, 200], abs=30)

    async def test_a_refused_one_moves_no_turn(self, store: Store) -> None:
        await store.reserve("a", DAY, limit=1, interval=0)
        for _ in range(3):
            refused = await store.reserve("a", DAY, limit=1, interval=100.0)
            assert (refused.granted, refused.wait) == (False, 0)
        assert (await store.reserve("a", DAY, limit=0, interval=0)).wait < 50

    async def test_a_hold_moves_the_next_turn_of_the_session_alone(
        self, store: Store
    ) -> None:
        async def wait(session: str, day: str = DAY) -> float:
            return (await store.reserve(session, day, limit=0, interval=0)).wait

        await store.hold("a", DAY, 100.0)
        assert await store.spent("a", DAY) == 0
        assert await wait("a") == pytest.approx(100, abs=30)
        await store.hold("a", DAY, 500.0)
        await store.hold("a", DAY, 1.0)
        assert await wait("a") == pytest.approx(500, abs=30)
        assert await wait("b") == 0
        assert await wait("a", "2026-01-06") == pytest.approx(500, abs=30)
        await store.hold("a", DAY, 900.0)
        assert await wait("a", "2026-01-06") == pytest.approx(900, abs=30)

    async def test_a_hold_keeps_turns_apart(self, store: Store) -> None:
        await store.reserve("a", DAY, limit=0, interval=100.0)
        await store.hold("a", DAY, 300.0)
        waits = [
            (await store.reserve("a", DAY, limit=0, interval=100.0)).wait
            for _ in range(2)
        ]
        assert waits == pytest.approx([300, 400], abs=30)

    async def test_many_tasks_at_once(self, store: Store) -> None:
        taken = await asyncio.gather(
            *(
                store.reserve("a", DAY, limit=LIMIT, interval=100.0)
                for _ in range(LIMIT + 20)
            )
        )
        granted = [one for one in taken if one.granted]
        assert sorted(one.spent for one in granted) == [*range(1, LIMIT + 1)]
        waits = sorted(one.wait for one in granted)
        assert waits == pytest.approx([100 * n for n in range(LIMIT)], abs=30)

    async def test_several_processes_at_once(self, url: str, store: Store) -> None:
        command = [sys.executable, "-m", "tests.stores.budget_contract", url]
        processes = [
            await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE
            )
            for _ in range(3)
        ]
        outs = [(await process.communicate())[0] for process in processes]
        taken = [line.split() for out in outs for line in out.decode().splitlines()]
        assert len(taken) == 3 * LIMIT // 2, "each says what became of all"
        granted = sorted(int(spent) for spent, granted in taken if granted == "True")
        assert granted == [*range(1, LIMIT + 1)]
        assert await store.spent("a", DAY) == LIMIT
        last = await store.reserve("a", DAY, limit=0, interval=0)
        assert last.wait > 100 * (LIMIT - 1), "sixty turns, each a hundred seconds on"


async def main(url: str) -> None:
    """Reserve half the limit, as one of several processes."""
    store = open_store(url)
    await store.open()
    for _ in range(LIMIT // 2):
        taken = await store.reserve("a", DAY, limit=LIMIT, interval=100.0)
        print(taken.spent, taken.granted)  # noqa: T201
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

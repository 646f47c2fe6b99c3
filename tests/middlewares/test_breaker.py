"""When everything waits, for how long, and what is tried then."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api.errors import EmptyBody, RateLimited
from douyin_crawler.extensions.run import RunEnds
from douyin_crawler.middlewares.breaker import MAX_PAUSE, Breaker

if TYPE_CHECKING:
    from collections.abc import Coroutine

ERROR = EmptyBody("status 200, 0 bytes")


class Clock:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.ends = False

    async def pause(self, seconds: float) -> None:
        if self.ends:
            raise RunEnds
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def breaker(clock: Clock, **given: Any) -> Breaker:
    """Return a breaker that opens after three refusals, for two rounds."""
    config = {"breaker_refusals": 3, "breaker_pause": 60.0, "breaker_rounds": 2}
    facts: Any = SimpleNamespace(**config | given)
    return Breaker(facts, clock.pause, lambda: clock.now)


async def waited(clock: Clock, waiting: Coroutine[Any, Any, object]) -> float:
    """Return how long *waiting* took, by the clock."""
    before = clock.now
    await waiting
    return clock.now - before


async def test_refusals_with_data_between_them_open_nothing(clock: Clock) -> None:
    it = breaker(clock)
    for _ in range(9):
        assert it.refused(ERROR)
        assert it.refused(ERROR)
        it.answered()
    assert not it.open
    assert await waited(clock, it.admit()) == 0


async def test_refusals_in_a_row_make_all_wait_and_data_ends_it(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    it = breaker(clock)
    with caplog.at_level(logging.INFO):
        assert all(it.refused(ERROR) for _ in range(3))
        assert it.open
        assert await waited(clock, it.admit()) == 60
        it.answered()
    assert not it.open
    assert await waited(clock, it.admit()) == 0
    opened, closed = [record.message for record in caplog.records]
    assert "3 times in a row" in opened
    assert "an empty answer, which is a refusal (status 200, 0 bytes)" in opened
    assert "wait 60 s" in opened
    assert "round 1 of 2" in opened
    assert "answers again" in closed


async def test_one_request_without_retries_left_opens_it(clock: Clock) -> None:
    it = breaker(clock)
    assert it.refused(ERROR, used_up=True)
    assert it.open


async def test_rounds_grow_and_end(clock: Clock) -> None:
    it = breaker(clock, breaker_rounds=6, breaker_pause=100.0)
    assert it.refused(ERROR, used_up=True)
    waits = []
    for number in range(6):
        waits.append(await waited(clock, it.admit()))
        assert it.refused(ERROR) is (number < 5)
    assert waits == [100, 200, 400, MAX_PAUSE, MAX_PAUSE, MAX_PAUSE]


async def test_data_begins_the_rounds_anew(clock: Clock) -> None:
    it = breaker(clock)
    for _ in range(3):
        assert it.refused(ERROR, used_up=True)
        await it.admit()
        assert it.refused(ERROR)
        await it.admit()
        it.answered()


async def test_one_request_at_a_time_is_tried(clock: Clock) -> None:
    it = breaker(clock)
    it.refused(ERROR, used_up=True)
    await it.admit()
    second = asyncio.ensure_future(it.admit())
    third = asyncio.ensure_future(it.admit())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not second.done()
    it.inconclusive()
    await asyncio.wait({second, third}, return_when=asyncio.FIRST_COMPLETED)
    assert second.done() != third.done()
    it.answered()
    await asyncio.gather(second, third)


async def test_a_visit_waits_but_is_not_what_is_tried(clock: Clock) -> None:
    it = breaker(clock)
    it.refused(ERROR, used_up=True)
    assert await waited(clock, it.admit(beside=True)) == 60
    assert await waited(clock, it.admit()) == 0


async def test_an_admission_ends_where_it_opens_anew(clock: Clock) -> None:
    """Who stands in line meanwhile asks again, and gives back what it had."""
    it = breaker(clock)
    early = await it.admit()
    assert it.still_admits(early)
    it.refused(ERROR, used_up=True)
    assert not it.still_admits(early)
    tried = await it.admit()
    assert tried.tried
    assert it.still_admits(tried)
    it.hold(30)
    assert not it.still_admits(tried)
    assert await waited(clock, it.admit()) == 30, "nobody else was the one"


async def test_what_was_sent_before_it_opened_is_no_round(clock: Clock) -> None:
    it = breaker(clock)
    for _ in range(9):
        assert it.refused(ERROR)
    assert await waited(clock, it.admit()) == 60


@pytest.mark.parametrize("opens", [False, True])
async def test_the_wait_that_the_service_asks_for_is_everyone_s(
    clock: Clock, opens: bool
) -> None:
    it = breaker(clock)
    assert it.refused(RateLimited("status 429"), 77.0, used_up=opens)
    assert it.open is opens
    assert await waited(clock, it.admit()) == 77


async def test_waits_end_when_the_run_ends(clock: Clock) -> None:
    it = breaker(clock)
    it.refused(ERROR, used_up=True)
    clock.ends = True
    with pytest.raises(RunEnds):
        await it.admit()


async def test_without_rounds_there_is_no_wait(clock: Clock) -> None:
    it = breaker(clock, breaker_rounds=0)
    assert all(it.refused(ERROR) for _ in range(9))
    assert not it.refused(ERROR, used_up=True)
    assert await waited(clock, it.admit()) == 0


async def test_openings_slow_the_pace_and_answers_mend_it(clock: Clock) -> None:
    it = breaker(clock)
    for expected in (2.0, 4.0, 8.0, 8.0):
        it.refused(ERROR, used_up=True)
        assert it.slowness == pytest.approx(expected, rel=0.05)
        await it.admit()
        it.answered()
    for _ in range(500):
        it.answered()
    assert it.slowness == 1.0


async def test_data_ends_no_wait_that_the_service_asks_for(clock: Clock) -> None:
    it = breaker(clock)
    it.refused(RateLimited("status 429"), 1_800.0)
    it.answered()
    assert await waited(clock, it.admit()) == 1_800

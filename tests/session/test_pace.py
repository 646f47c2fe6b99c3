"""The turns of a session's requests."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request

from douyin_crawler.api.errors import BudgetSpent, HeldOff
from douyin_crawler.extensions.run import RunEnds
from douyin_crawler.session.pace import Pace, spent_error
from douyin_crawler.stores.base import Reservation, StoreUnavailable
from douyin_crawler.verdicts import Verdict


class Shop:
    """A store that grants, refuses or fails as it is told."""

    def __init__(self, *answers: Reservation | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int, float]] = []
        self.held: list[tuple[str, float]] = []

    async def hold(self, session: str, day: str, seconds: float) -> None:
        assert len(day) == len("2026-01-05")
        self.held.append((session, seconds))

    async def reserve(
        self, session: str, day: str, *, limit: int, interval: float
    ) -> Reservation:
        assert len(day) == len("2026-01-05")
        self.asked.append((session, limit, interval))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Run:
    """What a pace needs of a run."""

    def __init__(self, store: Shop, limit: int = 10) -> None:
        self.store = store
        self.session = SimpleNamespace(key="visitor")
        self.config = SimpleNamespace(
            request_budget=limit, store_patience=0.0, budgets={}
        )
        self.breaker = SimpleNamespace(
            admit=self.admit, still_admits=lambda _: True, slowness=1.0
        )
        self.pauses: list[float] = []
        self.admitted: list[bool] = []
        self.error: Exception | None = None

    async def admit(self, *, beside: bool) -> None:
        self.admitted.append(beside)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)
        if self.error:
            raise RunEnds

    def store_failed(self, error: Exception) -> None:
        self.error = error


def pace(run: Run, delay: float = 0.0, jitter: float = 0.0) -> Any:
    """Return the pace of a run whose slot has that delay."""
    slot = SimpleNamespace(delay=delay, jitter=jitter)
    downloader = SimpleNamespace(slots={"host": slot})
    stats = SimpleNamespace(set_value=lambda *_: None)
    engine = SimpleNamespace(downloader=downloader)
    crawler = SimpleNamespace(engine=engine, stats=stats)
    made: Any = Pace(run, crawler)  # type: ignore[arg-type]
    return made


def request() -> Request:
    return Request("http://host/", meta={"download_slot": "host"})


def granted(spent: int = 1, wait: float = 0.0) -> Reservation:
    return Reservation(granted=True, spent=spent, wait=wait)


async def test_without_budget_and_delay_the_store_is_left_alone() -> None:
    run = Run(Shop(), limit=0)
    await pace(run).turn(request())
    assert run.store.asked == []
    assert run.admitted == [False], "the breaker holds it all the same"


async def test_no_budget_is_none_that_is_spent() -> None:
    run = Run(Shop(granted(5)), limit=0)
    turns = pace(run, delay=3.0)
    await turns.turn(request())
    assert turns.left == {}


async def test_each_waits_as_long_as_the_store_says() -> None:
    run = Run(Shop(granted(1, 0.0), granted(2, 7.5)))
    turns = pace(run, delay=3.0)
    await turns.turn(request(), beside=True)
    await turns.turn(request())
    assert run.store.asked == [("visitor", 10, 3.0)] * 2
    assert run.pauses == [0.0, 7.5]
    assert run.admitted == [True, False]


async def test_a_wait_of_the_service_s_is_sat_out_up_to_an_hour(
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = Run(Shop(granted(1, 3_500.0), granted(2, 25.0), granted(3, 3_700.0)))
    turns = pace(run, delay=3.0)
    with caplog.at_level("INFO"):
        await turns.turn(request())
        await turns.turn(request())
    assert run.pauses == [3_500.0, 25.0]
    assert [record.message for record in caplog.records] == [
        "The service has asked this session to wait: 3500 s from now"
    ]
    with pytest.raises(HeldOff, match=r"not before 20.* UTC") as caught:
        await turns.turn(request())
    assert caught.value.verdict is Verdict.BLOCKED


async def test_long_turns_of_a_slow_pace_are_nobody_s_wish() -> None:
    run = Run(Shop(granted(1, 7_200.0)))
    await pace(run, delay=1_800.0).turn(request())
    assert run.pauses == [7_200.0]


async def test_a_hold_goes_to_the_store() -> None:
    run = Run(Shop())
    await pace(run).hold(90.0)
    assert run.store.held == [("visitor", 90.0)]


async def test_the_jitter_is_the_slot_s_and_only_lengthens() -> None:
    run = Run(Shop(*[granted()] * 200))
    turns = pace(run, delay=2.0, jitter=0.5)
    for _ in range(200):
        await turns.turn(request())
    intervals = [interval for _, _, interval in run.store.asked]
    assert 2.0 <= min(intervals) < 2.2
    assert 2.8 < max(intervals) <= 3.0


async def test_the_breaker_slows_the_pace() -> None:
    run = Run(Shop(granted()))
    run.breaker.slowness = 4.0
    await pace(run, delay=2.0).turn(request())
    assert run.store.asked == [("visitor", 10, 8.0)]


async def test_a_spent_budget_is_said_in_one_line() -> None:
    run = Run(Shop(Reservation(granted=False, spent=10, wait=0.0)))
    with pytest.raises(BudgetSpent, match="10 requests of visitor on 20") as caught:
        await pace(run).turn(request())
    assert caught.value.verdict is Verdict.BUDGET


def test_the_line_says_when_the_day_ends_and_how_to_raise_it() -> None:
    line = str(spent_error("login-0123456789ab", "2026-12-31", 10_000, 10_000))
    assert "\n" not in line
    for word in (
        "10000 requests",
        "login-0123456789ab",
        "Shanghai at 2027-01-01 00:00",
        "DOUYIN_REQUEST_BUDGET",
    ):
        assert word in line


async def test_a_store_that_fails_ends_the_run() -> None:
    error = StoreUnavailable("no such host")
    run = Run(Shop(error))
    with pytest.raises(RunEnds):
        await pace(run).turn(request())
    assert run.error is error


async def test_a_process_takes_one_turn_at_a_time() -> None:
    """So few turns are lost, and few requests pass an opening breaker."""
    run = Run(Shop(granted(), granted()))
    holding = asyncio.Event()

    async def pause(seconds: float) -> None:
        await holding.wait()

    run.pause = pause  # type: ignore[method-assign]
    turns = pace(run)
    both = [asyncio.ensure_future(turns.turn(request())) for _ in range(2)]
    for _ in range(50):
        await asyncio.sleep(0.001)
    assert len(run.store.asked) == 1
    holding.set()
    await asyncio.gather(*both)
    assert len(run.store.asked) == 2

"""When jobs are due, by simulated time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from douyin_crawler.plans.due import NOTHING, SILENT, due, upcoming
from douyin_crawler.plans.plan import Job, Plan
from douyin_crawler.spiders.arguments import SHANGHAI
from douyin_crawler.verdicts import RunRecord

_START = datetime(2026, 3, 1, 0, 0, 30, tzinfo=SHANGHAI)
SECONDS = timedelta(seconds=30)


def plan(*jobs: Job, timezone: Any = SHANGHAI) -> Plan:
    return Plan(name="daily", folder=Path(), timezone=timezone, jobs=jobs)


def job(name: str = "posts", **values: Any) -> Job:
    return Job(name=name, spider="user_posts", **values)


def run(began: datetime, minutes: float | None = 5, **values: Any) -> RunRecord:
    """Return a run that took so long; None: it has not ended."""
    ended = None if minutes is None else began + timedelta(minutes=minutes)
    values.setdefault("exit_status", None if ended is None else 0)
    values.setdefault("plan", "daily/posts")
    return RunRecord(
        id=f"{began:%d%H%M%S}",
        spider="user_posts",
        arguments={},
        started_at=began,
        finished_at=ended,
        **values,
    )


def simulate(
    made: Plan,
    days: float,
    *,
    step: float,
    away: Any = (),
    start: datetime = _START,
) -> list[datetime]:
    """Return when runs began, if one looks every *step* minutes but when *away*."""
    runs: list[RunRecord] = []
    now = start
    while now < start + timedelta(days=days):
        if not any(since <= now < until for since, until in away):
            runs += [run(now, plan=one.key) for one in due(made, runs, now)]
        now += timedelta(minutes=step)
    return [one.started_at for one in runs]


def test_cron_once_each_time_over_days() -> None:
    began = simulate(plan(job(cron="30 3 * * *")), 7, step=5)
    assert began[0] == _START, "what never ran is due at once"
    assert [f"{moment:%d %H:%M}" for moment in began[1:]] == [
        f"{day:02d} 03:30" for day in range(1, 8)
    ]


def test_interval_does_not_drift_by_how_often_one_looks() -> None:
    began = simulate(plan(job(every="1h")), 2, step=10)
    assert len(began) == 48
    assert {b - a for a, b in pairwise(began)} == {timedelta(hours=1)}


@pytest.mark.parametrize("when", [{"every": "1h"}, {"cron": "0 * * * *"}])
def test_missed_runs_are_caught_up_once(when: dict[str, str]) -> None:
    off = _START + timedelta(hours=5, minutes=10), _START + timedelta(hours=15)
    began = simulate(plan(job(**when)), 1, step=10, away=[off])
    assert not [moment for moment in began if off[0] <= moment < off[1]]
    after = [moment for moment in began if moment >= off[1]]
    assert after[0] == off[1]
    assert after[1] - after[0] >= timedelta(minutes=49)


def test_a_job_under_way_is_not_started_again() -> None:
    made, now = plan(job(every="1h")), _START
    began = now - timedelta(hours=5)
    alive = run(began, None, seen_at=now - timedelta(seconds=20))
    assert due(made, [alive], now) == []
    assert due(made, [run(now - timedelta(minutes=2), None)], now) == []
    silent = run(began, None, seen_at=now - SILENT)
    assert len(due(made, [silent], now)) == 1
    assert due(made, [alive, silent], now) == []


def test_a_killed_run_is_made_up_for_but_not_for_ever() -> None:
    made, now = plan(job(cron="0 3 * * *")), _START + timedelta(hours=4)
    good = run(now - timedelta(days=1))
    killed = [
        run(now - timedelta(minutes=30 - 5 * n), 1, exit_status=None) for n in range(3)
    ]
    assert len(due(made, [good, *killed[:1]], now)) == 1
    assert len(due(made, [good, *killed[:2]], now)) == 1
    assert due(made, [good, *killed], now) == []
    assert len(due(made, [good, *killed], now + timedelta(days=1))) == 1


def test_a_blocked_run_counts() -> None:
    made = plan(job(every="1h"))
    blocked = run(_START - timedelta(minutes=10), exit_status=4)
    assert due(made, [blocked], _START) == []


def test_taking_up_what_had_failed_is_no_run_of_the_schedule() -> None:
    made, now = plan(job(every="1h")), _START
    last = run(now - timedelta(minutes=90))
    again = run(now - timedelta(minutes=20), plan="daily/posts+retry")
    assert len(due(made, [again, last], now)) == 1
    going_on = run(now - timedelta(minutes=5), None, plan="daily/posts+retry")
    assert due(made, [going_on, last], now) == [], "but it is under way"


def test_clocks_that_step() -> None:
    made = plan(job(every="1h"))
    ran = run(_START)
    assert due(made, [ran], _START - timedelta(minutes=20)) == [], "set back"
    ahead = run(_START + timedelta(days=400))
    assert len(due(made, [ahead], _START)) == 1, "a clock that was wrong"
    made = plan(job(cron="0 3 * * *"))
    early = run(_START.replace(hour=2, minute=59, second=50))
    now = _START.replace(hour=3, minute=6)
    assert due(made, [early], now) == [], "of a node whose clock is behind"


def test_summer_time_of_other_zones() -> None:
    zone = ZoneInfo("Europe/Berlin")
    made = plan(job(cron="30 2 * * *"), timezone=zone)
    now = datetime(2026, 3, 28, 12, tzinfo=zone)
    times = upcoming(made, made.jobs[0], run(now), now, 3)
    assert [time.astimezone(UTC).day for time in times] == [29, 30, 31]


@pytest.mark.parametrize("step", [0.5, 5.0])
@pytest.mark.parametrize(
    ("cron", "spring", "autumn"),
    [
        ("30 2 * * *", ["29 01:00", "30 00:30"], ["25 00:30", "26 01:30"]),
        ("0 2-3 * * *", ["29 01:00"], ["25 00:00", "25 02:00"]),
        (
            "30 * * * *",
            ["29 00:30", "29 01:30", "29 02:30"],
            ["25 00:30", "25 01:30", "25 02:30"],
        ),
    ],
)
def test_clocks_put_on_and_back(
    cron: str, spring: list[str], autumn: list[str], step: float
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    made = plan(job(cron=cron), timezone=zone)
    for first, expected in (
        (datetime(2026, 3, 29, 0, 0, tzinfo=UTC), spring),
        (datetime(2026, 10, 24, 23, 45, tzinfo=UTC), autumn),
    ):
        days = 1.2 if len(expected) == 2 and expected[1][:2] > expected[0][:2] else 0.13
        began = simulate(made, days, step=step, start=first)
        assert [f"{moment:%d %H:%M}" for moment in began[1:]] == expected


def test_a_spent_budget_is_there_again_the_next_day() -> None:
    noon = _START.replace(hour=12)
    for when in ({"every": "7d"}, {"cron": "0 11 1 * *"}):
        made = plan(job(**when))
        spent = run(noon, exit_status=7)
        assert due(made, [spent], noon + timedelta(hours=11)) == []
        midnight = noon + timedelta(hours=12)
        assert upcoming(made, made.jobs[0], spent, noon, 2)[0] == midnight - SECONDS
        (one,) = due(made, [spent], midnight)
        assert one.since == midnight - SECONDS
        assert due(made, [spent, run(midnight)], midnight + timedelta(days=1)) == []


def test_a_run_for_which_there_was_no_target_does_not_count() -> None:
    made, empty = plan(job(every="7d")), run(_START, exit_status=0, reason=NOTHING)
    assert len(due(made, [empty], _START + timedelta(hours=1))) == 1


def test_order_and_other_plans() -> None:
    made = plan(
        job("a", every="1h"), job("b", every="1h", priority=5), job("c", every="2d")
    )
    runs = [
        run(_START - timedelta(hours=3), plan="daily/a"),
        run(_START, plan="weekly/a"),
        run(_START - timedelta(days=1), plan="daily/c"),
    ]
    assert [one.key for one in due(made, runs, _START)] == ["daily/b", "daily/a"]
    found = {one.job.name: one.since for one in due(made, runs, _START)}
    assert found["a"] == _START - timedelta(hours=2, minutes=1)


def test_upcoming() -> None:
    made = plan(job(every="6h"))
    last = _START - timedelta(hours=2)
    times = upcoming(made, made.jobs[0], run(last), _START, 2)
    assert times == [last + timedelta(hours=6), last + timedelta(hours=12)]
    assert upcoming(made, made.jobs[0], None, _START, 2)[0] == _START

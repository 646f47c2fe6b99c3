"""How jobs stand by their rows in ``runs``: what Prometheus reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from douyin_crawler.plans.due import NOTHING
from douyin_crawler.plans.reading import parse_plan
from douyin_crawler.scheduling.standing import budgets_left, standing, waiting_since
from douyin_crawler.verdicts import ExitStatus, RunRecord

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
HOUR = timedelta(hours=1)
WORDS = "daily/words"


def run(age: float, status: ExitStatus | None = ExitStatus.OK, **of: Any) -> RunRecord:
    """A run that began *age* hours ago and took half of one."""
    began = NOW - age * HOUR
    end = began + HOUR / 2
    facts: dict[str, Any] = {
        "id": f"run{age}",
        "spider": "hot_list",
        "arguments": {},
        "started_at": began,
        "finished_at": end,
        "exit_status": status,
        "plan": WORDS,
        "lock": "/nowhere/lock",
        "seen_at": end,
    }
    return RunRecord(**facts | of)


def queued(age: float) -> RunRecord:
    return run(age, None, id="job", job="job", lock="", finished_at=None)


def waiting(*runs: RunRecord, before: dict[str, datetime] | None = None) -> float:
    """Return how many hours the job waits."""
    plan = parse_plan(
        {"jobs": {"words": {"spider": "hot_list", "every": "6h"}}}, Path("daily.toml")
    )
    since = waiting_since(plan, runs, before or {}, NOW).get(WORDS, NOW)
    return round((NOW - since) / HOUR, 1)


def test_what_ended_how_and_when() -> None:
    blocked, killed = ExitStatus.BLOCKED, run(3, None, finished_at=NOW)
    rows = [run(1, blocked), run(2, blocked), killed, run(4), run(5, blocked)]
    found = standing(rows, None, NOW)
    assert (found.status, found.failures) == ("blocked", 3)
    ended = {how: (NOW.timestamp() - at) / 3600 for how, at in found.ended.items()}
    assert ended == {"blocked": 0.5, "killed": 2.5, "ok": 3.5}
    later = standing([run(0.5, ExitStatus.INCOMPLETE), *rows[:2]], found, NOW)
    assert (later.status, later.failures) == ("incomplete", 0)
    assert later.ended["ok"] == found.ended["ok"], "older than what was read"


def test_what_has_not_ended_does_not_count() -> None:
    alive = run(0.2, None, finished_at=None, seen_at=NOW)
    nothing = run(0.1, reason=NOTHING)
    rows = [queued(0), nothing, alive, run(4, ExitStatus.LOGIN)]
    assert standing(rows, None, NOW).status == "login"
    silent = run(0.2, None, finished_at=None, seen_at=NOW - HOUR)
    assert standing([silent], None, NOW).status == "killed"
    assert standing([], None, NOW).status == ""


def test_how_long_a_job_waits() -> None:
    assert waiting(run(2)) == 0
    assert waiting(run(8)) == 2.0
    assert waiting(queued(3), run(9)) == 3.0
    assert waiting(run(7, None, finished_at=None, seen_at=NOW)) == 0, "under way"
    assert waiting() == 0, "it never ran: due from now on"
    assert waiting(before={WORDS: NOW - HOUR}) == 1.0


def test_budgets_of_today() -> None:
    known = {"left/visitor": 900, "left/plan daily": 5, "posts/new": 3}
    rows = [run(1, counts=known), run(2, counts={"left/visitor": 950})]
    yesterday = run(20, counts={"left/visitor": 1, "left/other": 0})
    assert budgets_left([*rows, yesterday], NOW) == {"visitor": 900, "plan daily": 5}

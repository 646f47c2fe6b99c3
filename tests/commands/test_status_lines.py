"""What `scrapy status` says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from douyin_crawler.commands.status import Status
from douyin_crawler.commands.status_lines import status_lines
from douyin_crawler.progress import Progress, WalkKey
from douyin_crawler.verdicts import RunRecord, Verdict

NOW = datetime.now(UTC).replace(month=11, day=24, hour=13, minute=56)
ID = "MS4wLjABAAAA" + "x" * 64
REASON = "an answer without its data, which is no end but a refusal " * 4


def run(
    id: str, status: int | None, reason: str, began: datetime, **more: Any
) -> RunRecord:
    return RunRecord(
        id=id,
        spider="user_posts",
        started_at=began,
        arguments={},
        finished_at=None if status is None else began,
        exit_status=status,
        reason=reason,
        counts={"douyin/posts/new": 1_203, "douyin/refused/empty": 2},
        **more,
    )


STATUS = Status(
    store="sqlite:////data/douyin.db",
    records={"posts": 21_904, "users": 3, "comments": 0},
    targets={"restricted": 1, "complete": 1_200},
    unfinished=[
        Progress(
            key=WalkKey("posts", ID, "limit=20"),
            spider="user_posts",
            verdict=Verdict.RESTRICTED,
            reason=REASON,
            expected=1_203,
            got=944,
            at=NOW,
        )
    ],
    unfinished_more=2,
    runs=[
        run("47c17243badb", 0, "finished", NOW),
        run("1b2d51768c98", None, "", NOW.replace(year=2024, day=1)),
    ],
    session="login-5f0c2a91d3e7",
    day="2026-11-24",
    spent=8,
    budget=10_000,
)


def test_eighty_columns() -> None:
    lines = list(status_lines(STATUS, 80))
    assert lines[1] == "Records: 21,904 posts, 3 users"
    assert lines[2] == "Targets: 1,200 complete, 1 restricted"
    assert lines[3].endswith("8 of 10,000")
    assert lines[5] == "The last runs (times are UTC)"
    assert lines[7].split() == [
        *("47c17243badb", "user_posts", "11-24", "13:56", "0", "ok"),
        *("1,203", "0", "2"),
    ]
    assert "2024-11-01" in lines[8]
    assert lines[9].strip() == "it runs, or was cut off"
    assert "3 unfinished, 2 of them not shown" in lines[11]
    assert lines[-2] == f"  {ID}"
    assert lines[-1].endswith("...")
    assert max(map(len, lines)) <= 80


def test_whose_runs_they_are() -> None:
    job = {"job": "6f1c2a3b4d5e", "plan": "daily/new_posts"}
    planned = run("6f1c2a3b4d5e", None, "waits on http://node:6800", NOW, **job)
    lines = [*status_lines(replace(STATUS, runs=[*STATUS.runs, planned]), 80)]
    assert lines[11] == "  daily/new_posts, Scrapyd job 6f1c2a3b4d5e"
    assert lines[12] == "  waits on http://node:6800"
    assert max(map(len, lines)) <= 80
    plain = replace(STATUS, runs=[planned]).plain()["runs"][0]
    assert (plain["job"], plain["plan"]) == (job["job"], job["plan"])


def test_a_pipe() -> None:
    *_, last = status_lines(STATUS, None)
    assert last.startswith("user_posts  posts limit=20  restricted  944 of 1,203  ")
    assert last.endswith(f"{ID}  {REASON.strip()}")

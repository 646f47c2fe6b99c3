"""One pace and one budget for a session, whatever the number of its processes."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.world import BIG, MANY, ONE, SELF
from tests.support.crawling import (
    crawl_command,
    crawl_environment,
    rows,
    scrapy,
    start_scrapy,
)
from tests.support.mongod import client
from tests.support.served import collect

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POSTS = "/aweme/post/"
DELAY = 0.1
PROCESSES = 8
PACE = {"DOWNLOAD_DELAY": str(DELAY), "DOWNLOAD_DELAY_JITTER": "0.5"}


def rate(sandbox: SandboxProcess) -> float:
    """Return the requests a second that the server has counted."""
    times: list[float] = sorted(wire["received_at"] for wire in sandbox.requests())
    return (len(times) - 1) / (times[-1] - times[0])


def spent(store: Path) -> dict[str, int]:
    """Return the requests of each session."""
    return {row["session"]: row["spent"] for row in rows(store, "SELECT * FROM budget")}


def test_eight_processes_send_no_faster_than_one(
    sandbox: SandboxProcess, store: Path
) -> None:
    environment = crawl_environment(sandbox.url, store)
    environment |= {"DOUYIN_COOKIE": sandbox.login_cookie}
    commands = [
        crawl_command("user_posts", {"user": user, "limit": "100"}, PACE)
        for user in sandbox.users[MANY : MANY + PROCESSES]
    ]
    processes = [
        start_scrapy(*command, environment=environment) for command in commands
    ]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert all(process.returncode in (0, 3) for process in processes), errors
    sent = sandbox.requests()
    assert len(sent) > 2 * PROCESSES
    # The slots of eight processes alone would allow eighty a second.
    assert rate(sandbox) < 1.1 / DELAY
    assert sum(spent(store).values()) == len(sent), "every request counts once"
    (session,) = spent(store)
    assert session.startswith("login-")


def test_every_request_counts_once(sandbox: SandboxProcess, store: Path) -> None:
    """Retries, the first visit, a short link and a handle are requests, too."""
    sandbox.add_faults({"path": POSTS, "kind": "empty", "nth": 1, "times": 2})
    user = f"https://v.douyin.com/{sandbox.short_links[ONE]}/,{sandbox.handles[SELF]}"
    ran = collect(sandbox, "user_posts", store, login=False, user=user)
    assert ran.status in (0, 3), ran.err
    paths = Counter(wire["path"] for wire in sandbox.requests())
    assert paths["/"] == 1
    assert len(paths) == 4
    assert sum(n for path, n in paths.items() if path.endswith(POSTS)) >= 4
    assert spent(store) == {"visitor": paths.total()}


def test_a_spent_budget_ends_the_run_and_the_same_command_goes_on(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[MANY]
    users = f"{user},{sandbox.users[SELF]}"
    ran = collect(
        sandbox,
        "user_posts",
        store,
        user=users,
        environment={"DOUYIN_REQUEST_BUDGET": "2"},
    )
    assert ran.status == 7, ran.err
    assert "Traceback" not in ran.err
    assert len(sandbox.requests(POSTS)) == 2
    found = rows(store, "SELECT verdict, reason FROM targets")
    assert {row["verdict"] for row in found} == {"budget"}
    line = found[0]["reason"]
    for word in ("2 requests of login-", "in Shanghai", "DOUYIN_REQUEST_BUDGET"):
        assert word in line
        assert word in ran.err
    assert rows(store, "SELECT count(*) AS n FROM posts")[0]["n"] >= 18
    ran = collect(sandbox, "user_posts", store, user=users)
    assert ran.status == 0, ran.err
    kept = {row["aweme_id"] for row in rows(store, "SELECT aweme_id FROM posts")}
    assert set(sandbox.truth(user)["posts"]) <= kept
    assert sum(spent(store).values()) == len(sandbox.requests())


def test_the_delay_follows_the_answers_and_not_the_waiting(
    sandbox: SandboxProcess, store: Path
) -> None:
    """AutoThrottle must not take the time before a turn for the server's own."""
    ran = collect(
        sandbox,
        "user_posts",
        store,
        user=sandbox.users[BIG],
        limit="100",
        settings={
            **PACE,
            "AUTOTHROTTLE_ENABLED": "True",
            "AUTOTHROTTLE_START_DELAY": "0.3",
            "AUTOTHROTTLE_DEBUG": "True",
            "DOWNLOAD_DELAY_JITTER": "0",
        },
    )
    assert ran.status == 0, ran.err
    told = re.findall(r"delay: *(\d+) ms .* latency: *(\d+) ms", ran.err)
    delays, latencies = ([int(n) for n in column] for column in zip(*told, strict=True))
    assert len(delays) > 4
    assert all(later <= sooner for sooner, later in pairwise(delays[:4]))
    assert delays[3] < 200, "it falls from 300 towards the least, 100"
    assert sorted(latencies)[len(latencies) // 2] < 250, "and no turn is among them"


def test_budgets_in_mongodb(sandbox: SandboxProcess, mongodb_url: str) -> None:
    limit = {"DOUYIN_REQUEST_BUDGET": "2"}
    user = sandbox.users[MANY]
    ran = collect(sandbox, "user_posts", mongodb_url, user=user, environment=limit)
    assert ran.status == 7, ran.err
    ran = collect(sandbox, "hot_list", mongodb_url, environment=limit)
    assert ran.status == 7, ran.err
    assert len(sandbox.requests()) == 2
    with client(mongodb_url) as asking:
        (row,) = asking.get_default_database().budget.find()
    assert row["spent"] == 2
    assert row["session"].startswith("login-")


# -- before a run -----------------------------------------------------------------


def dry(store: Path | str, spider: str, *more: str, **environment: str) -> list[str]:
    """Return what a dry run says; nothing listens at the address."""
    given = crawl_environment("http://127.0.0.1:9", store) | environment
    ran = scrapy("crawl", spider, *more, "--dry-run", environment=given)
    assert ran.status == 0, ran.err
    return ran.out.splitlines()


def test_a_dry_run_without_a_store(store: Path) -> None:
    lines = dry(store, "user_posts", "-a", "user=zhang3,li4")
    assert lines[1] == "Targets: 2 (handle zhang3, handle li4)"
    assert "at least: 5 (2 for pages, 2 to find ids, the first visit" in lines[2]
    assert "no store yet" in lines[2]
    assert "6.25 s" in lines[3]
    assert "10,000 are left today" in lines[4]
    assert not store.exists()


@pytest.mark.parametrize("kind", ["sqlite", "mongodb"])
def test_a_dry_run_knows_what_the_store_knows(
    sandbox: SandboxProcess,
    store: Path,
    kind: str,
    request: pytest.FixtureRequest,
) -> None:
    place: Any = store if kind == "sqlite" else request.getfixturevalue("mongodb_url")
    user = sandbox.users[MANY]
    cookie = {"DOUYIN_COOKIE": sandbox.login_cookie}
    ran = collect(sandbox, "user_posts", place, user=user, limit="20")
    assert ran.status == 0, ran.err
    asked = len(sandbox.requests())
    before = store.read_bytes() if kind == "sqlite" else b""
    wanted = ("-a", f"user={user},{sandbox.users[ONE]}", "-a", "mode=full")
    lines = dry(place, "user_posts", *wanted, **cookie)
    assert lines[2].endswith("records are left of 1 target")
    posts = int(re.findall(r"store ([\d,]+) records", lines[2])[0].replace(",", ""))
    assert posts >= len(sandbox.truth(user)["posts"])
    assert f"({-(-posts // 18) + 1} for pages" in lines[2]
    assert f"{10_000 - asked:,} are left today" in lines[4]
    auto = dry(place, "user_posts", "-a", f"user={user}", **cookie)
    assert f"by the store {posts:,} records are left of 1 target" in auto[2]
    part = dry(place, "user_posts", "-a", f"user={user}", "-a", "limit=40", **cookie)
    assert "(3 for pages); by the store 40 records are left" in part[2]
    few = dry(place, "user_posts", *wanted, DOUYIN_REQUEST_BUDGET=str(asked), **cookie)
    assert "the run may end as budget" in few[4]
    assert len(sandbox.requests()) == asked
    assert not before or store.read_bytes() == before


def test_a_dry_run_of_unfinished_targets(sandbox: SandboxProcess, store: Path) -> None:
    walled, whole = sandbox.users[MANY], sandbox.users[ONE]
    ran = collect(sandbox, "user_posts", store, login=False, user=f"{walled},{whole}")
    assert ran.status == 3, ran.err
    only = ("-a", "resume=only")
    lines = dry(store, "user_posts", *only)
    assert lines[1] == f"Targets: 1 ({walled})"
    assert lines[2].endswith("records are left of 1 target")
    both = ("-a", f"user={whole},{walled}")
    assert dry(store, "user_posts", *both, *only)[1] == lines[1]
    none = dry(store, "comments", *only)
    assert none[1] == "Targets: none; no run left one unfinished"

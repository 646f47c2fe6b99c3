"""A service that refuses for a while, and one that refuses for good."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.world import MANY, SELF
from tests.support.crawling import (
    crawl_command,
    crawl_environment,
    rows,
    start_scrapy,
)
from tests.support.served import collect

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POSTS = "/aweme/post/"
FAST = {"DOUYIN_RETRY_PAUSE": "0.01", "DOUYIN_BREAKER_PAUSE": "0.01"}


@pytest.mark.parametrize("burst", [3, 6])
def test_a_burst_of_refusals_costs_nothing(
    sandbox: SandboxProcess, store: Path, burst: int
) -> None:
    """Shorter than a request's retries, and longer."""
    sandbox.add_faults({"path": POSTS, "kind": "empty", "nth": 2, "times": burst})
    user = sandbox.users[MANY]
    ran = collect(
        sandbox,
        "user_posts",
        store,
        user=user,
        environment=FAST | {"DOUYIN_RETRY_TIMES": "4"},
    )
    assert ran.status == 0, ran.err
    kept = [row["aweme_id"] for row in rows(store, "SELECT aweme_id FROM posts")]
    assert sorted(kept) == sorted(sandbox.truth(user)["posts"])
    assert ("All requests wait" in ran.err) is (burst > 4)
    assert ("answers again" in ran.err) is (burst > 4)


def test_refusals_without_end_are_not_hammered(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": POSTS, "kind": "429", "after": 1, "times": -1})
    users = ",".join(sandbox.users[index] for index in (MANY, SELF))
    ran = collect(
        sandbox,
        "user_posts",
        store,
        user=users,
        settings={"CONCURRENT_REQUESTS_PER_DOMAIN": "4"},
        environment=FAST | {"DOUYIN_RETRY_TIMES": "2"},
    )
    assert ran.status == 4, ran.err
    assert "too many requests" in ran.err
    assert "round 3 of 3" in ran.err
    # One with data; until it opens, at most three attempts each of what was under
    # way; then one request a round.
    assert len(sandbox.requests(POSTS)) <= 1 + 2 * 3 + 3
    assert rows(store, "SELECT count(*) AS n FROM posts")[0]["n"] >= 18
    sandbox.control("faults", "DELETE")
    assert collect(sandbox, "user_posts", store, user=users).status == 0


def test_the_service_s_own_wait_is_kept_to(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults(
        {"path": POSTS, "kind": "429", "nth": 1, "headers": {"Retry-After": "1"}}
    )
    users = ",".join(sandbox.users[index] for index in (MANY, SELF))
    ran = collect(
        sandbox,
        "user_posts",
        store,
        user=users,
        settings={"CONCURRENT_REQUESTS_PER_DOMAIN": "4", "DOWNLOAD_DELAY": "0.5"},
        environment=FAST,
    )
    assert ran.status == 0, ran.err
    first, second, *_ = sorted(w["received_at"] for w in sandbox.requests(POSTS))
    assert second - first > 0.95, "the other target waits as well"


def test_a_stop_does_not_wait_for_the_breaker(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": POSTS, "kind": "empty", "times": -1})
    environment = crawl_environment(sandbox.url, store) | {
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "DOUYIN_RETRY_TIMES": "0",
        "DOUYIN_BREAKER_PAUSE": "300",
    }
    process = start_scrapy(
        *crawl_command("user_posts", {"user": sandbox.users[SELF]}),
        environment=environment,
    )
    await_line(process, "All requests wait")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 8, err
    assert len(sandbox.requests(POSTS)) == 1


@pytest.mark.parametrize("delay", [0.1, 0.3, None])
def test_a_second_ctrl_c_changes_no_exit_status(
    sandbox: SandboxProcess, store: Path, delay: float | None
) -> None:
    """Neither soon after the first nor, without a delay, as the process ends."""
    sandbox.add_faults({"path": POSTS, "kind": "empty", "times": -1})
    environment = crawl_environment(sandbox.url, store) | {
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "DOUYIN_RETRY_TIMES": "0",
        "DOUYIN_BREAKER_PAUSE": "300",
    }
    process = start_scrapy(
        *crawl_command("user_posts", {"user": sandbox.users[SELF]}),
        environment=environment,
    )
    await_line(process, "All requests wait")
    process.send_signal(signal.SIGINT)
    if delay is None:
        await_line(process, "exit status 8")
    else:
        time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 8, err


def await_line(process: subprocess.Popen[str], words: str) -> None:
    """Read the log up to the line that has *words*."""
    assert process.stderr
    said = ""
    while words not in said:
        said = process.stderr.readline()
        assert said


def test_a_wait_that_the_service_asks_for_holds_every_process(
    sandbox: SandboxProcess, store: Path
) -> None:
    """The wait is in the store: who comes later, and asked nothing, keeps to it."""
    sandbox.add_faults({"path": POSTS, "kind": "429:7200", "nth": 1})
    users = [sandbox.users[index] for index in (MANY, SELF)]
    ran = collect(sandbox, "user_posts", store, user=users[0])
    assert ran.status == 4, ran.err
    assert "for a wait that is too long to sit out (not before 20" in ran.err
    assert "HTTP 429" in ran.err
    assert len(sandbox.requests(POSTS)) == 1
    later = collect(sandbox, "user_posts", store, user=users[1])
    assert later.status == 4, later.err
    assert "not before 20" in later.err
    assert len(sandbox.requests(POSTS)) == 1


@pytest.mark.parametrize("status", ["403", "429"])
def test_a_captcha_of_the_edge_is_told_as_one(
    sandbox: SandboxProcess, store: Path, status: str
) -> None:
    header = {"X-Vc-Bdturing-Parameters": "e30="}
    sandbox.add_faults({"path": POSTS, "kind": status, "times": -1, "headers": header})
    ran = collect(sandbox, "user_posts", store, user=sandbox.users[MANY])
    assert ran.status == 4, ran.err
    assert f"a captcha is demanded (HTTP {status}" in ran.err
    assert "solve what it shows" in ran.err
    assert len(sandbox.requests(POSTS)) == 1

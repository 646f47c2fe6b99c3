"""DOUYIN_SIGNER=auto: plain, until only the site's own page is let in."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.items.kinds import without_perishable
from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import GAPPED, MANY, SELF
from tests.support.chromium import needs_chromium
from tests.support.crawling import (
    Ran,
    crawl_command,
    crawl_environment,
    rows,
    start_scrapy,
)
from tests.support.served import collect, verdicts
from tests.support.stored import records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POSTS = "/aweme/post/"
WENT_OVER = "The rest of the run goes through the browser"


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    """One of its own: it is switched while a crawl is under way."""
    with SandboxProcess("--day", "300", "--latency", "0.02") as serving:
        yield serving


def kept(store: Path) -> dict[str, dict[str, Any]]:
    """Return the posts, less what differs from answer to answer.

    Pinned posts stand in a list twice, and of a second either copy may win.
    """
    found = asyncio.run(records(f"sqlite:///{store}", "post"))
    bare = {key: without_perishable(fields) for key, fields in found.items()}
    return {key: fields | {"is_top": None} for key, fields in bare.items()}


def switched_under_way(sandbox: SandboxProcess, store: Path, users: str) -> Ran:
    """Crawl, and let only the page's requests in when some pages have come."""
    environment = crawl_environment(sandbox.url, store) | {
        "DOUYIN_SIGNER": "auto",
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "DOUYIN_RETRY_TIMES": "2",
    }
    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": "3"}
    process = start_scrapy(
        *crawl_command("user_posts", {"user": users}, settings), environment=environment
    )
    while len(sandbox.requests(POSTS)) < 6 and process.poll() is None:
        time.sleep(0.02)
    sandbox.switch("browser-only")
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


@needs_chromium
def test_it_goes_over_under_way_and_nothing_is_lost(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    users = ",".join(sandbox.users[kind] for kind in (MANY, GAPPED, SELF))
    plain = tmp_path / "plain.db"
    assert collect(sandbox, "user_posts", plain, user=users).status == 0
    sandbox.control("requests", "DELETE")
    ran = switched_under_way(sandbox, store, users)
    assert ran.status == 0, ran.err
    assert ran.err.count(WENT_OVER) == 1
    assert set(verdicts(store).values()) == {"complete"}
    assert kept(store) == kept(plain)
    (run,) = rows(store, "SELECT counts FROM runs")
    counts = json.loads(run["counts"])
    sent = Counter(bool(one["page"]) for one in sandbox.requests(POSTS))
    assert counts["signer/switched"] == 1
    assert counts["signer/a_bogus"] == sent[False] >= 6
    assert counts["signer/browser"] == sent[True] > 6
    assert counts["posts/new"] == len(kept(store))


@needs_chromium
def test_where_the_page_is_refused_too_the_run_ends(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": POSTS, "times": -1, "kind": "empty"})
    users = ",".join(sandbox.users[kind] for kind in (MANY, GAPPED, SELF))
    ran = collect(
        sandbox,
        "user_posts",
        store,
        user=users,
        settings={"CONCURRENT_REQUESTS_PER_DOMAIN": "3"},
        environment={
            "DOUYIN_SIGNER": "auto",
            "DOUYIN_RETRY_TIMES": "1",
            "DOUYIN_BREAKER_PAUSE": "0.1",
            "DOUYIN_BREAKER_ROUNDS": "2",
        },
    )
    assert ran.status == 4, ran.err
    assert ran.err.count(WENT_OVER) == 1
    assert ran.err.count("the run ends") == 1
    assert set(verdicts(store).values()) == {"blocked"}


def test_without_chromium_it_ends_blocked_and_says_what_to_install(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.switch("browser-only")
    ran = collect(
        sandbox,
        "user_posts",
        store,
        user=sandbox.users[SELF],
        environment={
            "DOUYIN_SIGNER": "auto",
            "DOUYIN_CHROMIUM": "/nowhere/chromium",
            "DOUYIN_RETRY_TIMES": "1",
        },
    )
    assert ran.status == 4, ran.err
    assert ran.err.count("no browser to go over to, and stays") == 1
    (last,) = [line for line in ran.err.splitlines() if "blocked, 0 " in line]
    assert "correct it, or unset it" in last
    assert set(verdicts(store).values()) == {"blocked"}

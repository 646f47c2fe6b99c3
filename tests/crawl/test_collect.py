"""Plans that are run: what is due, once; how it ends; who is told."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.world import ONE, SELF
from douyin_crawler.verdicts import RunRecord
from tests.support.crawling import (
    HASTE,
    Ran,
    crawl_environment,
    rows,
    scrapy,
    start_scrapy,
)
from tests.support.mongod import free_port
from tests.support.served import collect
from tests.support.stored import reading, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POSTS = "/aweme/post/"


def run_plan(
    sandbox: SandboxProcess, url: str, plan: Path, *options: str, login: bool = True
) -> Ran:
    """Run ``scrapy collect``; store and cookie come from variables of other names."""
    environment = crawl_environment(sandbox.url, "sqlite:////nowhere/else.db")
    environment |= {"MY_STORE": url, "MY_COOKIE": sandbox.login_cookie}
    switches = [word for k, v in HASTE.items() for word in ("-s", f"{k}={v}")]
    shared = 'store = "MY_STORE"\n' + ('cookie = "MY_COOKIE"\n' if login else "")
    text = plan.read_text("utf-8")
    if not text.startswith("store"):
        plan.write_text(shared + text, "utf-8")
    return scrapy("collect", *options, str(plan), *switches, environment=environment)


PEOPLE = """
[jobs.people]
spider = "user_profile"
cron = "30 3 * * *"
priority = -1
targets = { authors_of = { stored_within = "1d" } }
"""


async def test_what_is_due_and_then_nothing(
    sandbox: SandboxProcess, url: str, tmp_path: Path
) -> None:
    plan = tmp_path / "daily.toml"
    user = sandbox.users[SELF]
    plan.write_text(
        f"""
        parallel = 2
        budget = 500
        [jobs.posts]
        spider = "user_posts"
        every = "1h"
        priority = 1
        targets = ["{user}"]
        [jobs.words]
        spider = "hot_list"
        every = "10m"
        priority = 1
        """,
        "utf-8",
    )
    ran = run_plan(sandbox, url, plan)
    assert ran.status == 0, ran.err
    assert "daily/posts" in ran.err
    assert "0 ok" in ran.out
    assert sandbox.login_cookie.partition("sessionid=")[2][:16] not in ran.err + ran.out
    assert {*await records(url, "post")} == {*sandbox.truth(user)["posts"]}
    with plan.open("a", encoding="utf-8") as file:  # asks for what is stored now
        file.write(PEOPLE)
    ran = run_plan(sandbox, url, plan)
    assert ran.status == 0, ran.err
    async with reading(url) as store:
        runs = {run.plan: run for run in await store.runs()}
        assert {*runs} == {"daily/people", "daily/posts", "daily/words"}
        assert {run.exit_status for run in runs.values()} == {0}
        assert await store.runs(plan="daily/words") == [runs["daily/words"]]
        assert all(run.seen_at for run in runs.values())
        (ending,) = await store.verdicts(runs["daily/people"].id)
        assert (ending.walk, ending.id, ending.verdict) == ("profile", user, "complete")
    ran = run_plan(sandbox, url, plan)
    assert (ran.status, ran.out) == (0, "Nothing is due.\n"), ran.err


def test_statuses_budgets_and_retries(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    plan, url = tmp_path / "visits.toml", f"sqlite:///{store}"
    walled, whole = sandbox.users[SELF], sandbox.users[ONE]
    plan.write_text(
        f"""
        [jobs.walled]
        spider = "user_posts"
        every = "1h"
        priority = 3
        targets = ["{walled}", "{whole}"]
        [jobs.words]
        spider = "hot_list"
        every = "1h"
        priority = 2
        budget = 1
        arguments = {{ board = "main" }}
        """,
        "utf-8",
    )
    ran = run_plan(sandbox, url, plan, login=False)
    assert ran.status == 3, ran.err
    assert "3 incomplete" in ran.out
    # The budget of the job is spent; the session's is not.
    prom = tmp_path / "visits.prom"
    options = "--all", "--metrics-file", str(prom)
    ran = run_plan(sandbox, url, plan, *options, login=False)
    assert ran.status == 7, ran.err
    assert "plan visits/words" in ran.out
    last = 'douyin_job_last_run{plan_job="visits/words",status="budget"} 1.0'
    assert last in prom.read_text("utf-8")
    sandbox.control("requests", "DELETE")
    ran = run_plan(sandbox, url, plan, "--retry-failed", login=False)
    assert ran.status == 3, ran.err
    asked = [wire["query"] for wire in sandbox.requests(POSTS)]
    assert asked
    assert all(walled in query for query in asked)
    kept = rows(store, "SELECT plan FROM runs ORDER BY rowid DESC LIMIT 1")
    assert kept[0]["plan"] == "visits/walled+retry"
    sandbox.add_faults({"path": POSTS, "times": -1, "kind": "empty"})
    ran = run_plan(sandbox, url, plan, "--all", login=False)
    assert ran.status == 4, ran.err
    assert "not begun: a job before it ended blocked" in ran.out


async def test_a_job_whose_targets_go_through_a_queue(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    url, plan = f"sqlite:///{store}", tmp_path / "night.toml"
    users = {sandbox.users[SELF], sandbox.users[ONE]}
    (tmp_path / "users.txt").write_text("\n".join(users), "utf-8")
    job = 'spider = "user_profile"\ntargets = "@users.txt"\nevery = "1h"\nqueue = "n"'
    plan.write_text(f"[jobs.people]\n{job}\n", "utf-8")
    ran = run_plan(sandbox, url, plan)
    assert ran.status == 0, ran.err
    assert "Queue n: 2 new" in ran.err
    assert set(await records(url, "user")) == users
    async with reading(url) as found:
        (state,) = await found.queues()
        assert state.counts == {"done": 2}
        (run,) = await found.runs()
        assert run.arguments == {"queue": "n", "_plan": "night/people"}
    ran = run_plan(sandbox, url, plan, "--all")
    assert "Queue n: 0 new, 2 again" in ran.err


async def test_a_job_that_is_not_to_be_run(
    sandbox: SandboxProcess, store: Path
) -> None:
    job: dict[str, Any] = {"_job": "0123456789ab", "_plan": "daily/words"}
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "hot_list", store, **job)
    assert (ran.status, "so the scheduler has another" in ran.err) == (2, True), ran.err
    now = datetime.now(UTC).replace(microsecond=0)
    given_up = RunRecord(
        id=job["_job"],
        spider="hot_list",
        arguments={},
        started_at=now,
        finished_at=now,
        job=job["_job"],
        plan=job["_plan"],
    )
    async with reading(f"sqlite:///{store}") as found:
        await found.save_run(given_up)
    ran = collect(sandbox, "hot_list", store, **job)
    assert (ran.status, "gave this job up" in ran.err) == (0, True), ran.err
    assert "Traceback" not in ran.err
    assert sandbox.requests("/") == []
    async with reading(f"sqlite:///{store}") as found:
        assert await found.runs() == [given_up]


def test_a_plan_with_mistakes(sandbox: SandboxProcess, tmp_path: Path) -> None:
    plan = tmp_path / "bad.toml"
    plan.write_text('[jobs.a]\nspider = "hot_lst"\nevery = "1h"\n', "utf-8")
    ran = scrapy("plan", "check", str(plan))
    assert ran.status == 2
    assert ran.err.startswith("error: jobs.a.spider: there is no spider 'hot_lst'")
    assert ran.err.count("\n") == 1
    plan.write_text('cookie = "NOT_SET"\n[jobs.a]\nspider = "hot_list"\nevery = "1h"\n')
    ran = scrapy("collect", str(plan))
    assert (ran.status, ran.out) == (2, "")
    assert "cookie: neither the environment nor .env has a value" in ran.err
    ran = scrapy("plan", "check", "examples/plan.toml")
    assert ran.status == 0, ran.err
    assert "Requests a day, at least: 298; 5,000 are allowed" in ran.out


# -- who watches ----------------------------------------------------------------------


class Inbox(HTTPServer):
    """Takes notices as apprise's ``json://`` sends them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.taken: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"json://someone:top-secret@127.0.0.1:{self.server_port}/a-token"


class _Take(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.taken.append(json.loads(self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A place for notices on loopback."""
    with Inbox() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_notice_is_sent_once_and_names_no_address(
    sandbox: SandboxProcess, store: Path, inbox: Inbox
) -> None:
    sandbox.add_faults({"path": POSTS, "times": -1, "kind": "empty"})
    for _ in range(2):
        ran = collect(
            sandbox,
            "user_posts",
            store,
            *("-L", "DEBUG"),
            user=sandbox.users[ONE],
            environment={"DOUYIN_NOTIFY_URLS": inbox.url},
        )
        assert ran.status == 4, ran.err
        assert "top-secret" not in ran.err
        assert "a-token" not in ran.err
    (notice,) = inbox.taken
    assert notice["title"] == "douyin_crawler: user_posts"
    assert "ended blocked" in notice["message"]


def test_metrics_of_a_crawl(sandbox: SandboxProcess, store: Path) -> None:
    port = free_port()
    environment = crawl_environment(sandbox.url, store) | {
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "DOUYIN_METRICS_PORT": str(port),
        "DOWNLOAD_DELAY": "1",
    }
    user = sandbox.users[SELF]
    process = start_scrapy(
        "crawl", "user_posts", "-a", f"user={user}", environment=environment
    )
    found = ""
    while process.poll() is None and 'outcome="data"' not in found:
        time.sleep(0.1)
        try:
            address = f"http://127.0.0.1:{port}/metrics"
            with urllib.request.urlopen(address, timeout=5) as answer:
                found = answer.read().decode()
        except OSError:
            continue
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert re.search(r'douyin_requests_total{endpoint="\w+",outcome="data"} 1', found)
    assert "douyin_budget_left{budget=" in found
    assert f"Metrics are on http://127.0.0.1:{port}/metrics" in err

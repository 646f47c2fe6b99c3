"""Workers that share one queue: killed, stopped, woken, and ended by a target."""

from __future__ import annotations

import asyncio
import json
import signal
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.progress import Holder, WalkKey
from douyin_crawler.sandbox.world import MANY, NONE, ONE, SELF
from tests.support.crawling import (
    Ran,
    crawl_command,
    crawl_environment,
    scrapy,
    start_scrapy,
)
from tests.support.killing import VARIABLE, kill_settings
from tests.support.poison import VARIABLE as POISON
from tests.support.poison import poison_settings
from tests.support.served import collect
from tests.support.stored import reading, records

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess
    from douyin_crawler.stores.base import Store

POSTS = "/aweme/post/"
QUEUE = "night"
DELAY = 0.15
PACE = {"DOWNLOAD_DELAY": str(DELAY), "DOWNLOAD_DELAY_JITTER": "0"}
_MOST = 150
"""Posts of a user that is walked here, at most."""


def users_of(sandbox: SandboxProcess, number: int) -> dict[str, set[str]]:
    """Return users with the posts that a full walk ends with."""
    found: dict[str, set[str]] = {}
    for user in sandbox.all_users(60, 20):
        posts = set(sandbox.truth(user)["posts"])
        if 54 < len(posts) <= _MOST and len(found) < number:
            found[user] = posts
    assert len(found) == number
    return found


def enqueue(sandbox: SandboxProcess, url: str, *arguments: str) -> Ran:
    environment = crawl_environment(sandbox.url, url)
    ran = scrapy("enqueue", *arguments, "--queue", QUEUE, environment=environment)
    assert ran.status == 0, ran.err
    return ran


def queue(sandbox: SandboxProcess, url: str) -> dict[str, Any]:
    environment = crawl_environment(sandbox.url, url)
    ran = scrapy("queue", QUEUE, "--json", environment=environment)
    assert ran.status == 0, ran.err
    (shown,) = json.loads(ran.out)
    found: dict[str, Any] = shown
    return found


def start_worker(
    sandbox: SandboxProcess, url: str, name: str, moment: str = "", **more: str
) -> subprocess.Popen[str]:
    """Start a worker that *name* tells from others on the wire."""
    settings = PACE | (kill_settings() if moment else {})
    environment = crawl_environment(sandbox.url, url) | more
    environment |= {"DOUYIN_COOKIE": f"{sandbox.login_cookie}; worker={name}"}
    if moment:
        environment[VARIABLE] = moment
    command = crawl_command("user_posts", {"queue": QUEUE}, settings)
    return start_scrapy(*command, environment=environment)


def workers_by_user(sandbox: SandboxProcess) -> dict[str, list[str]]:
    """Return who asked for the pages of each user, in the order of their turns."""
    asked: dict[str, list[str]] = {}
    for wire in sandbox.requests(POSTS):
        cookie = next(v for n, v in wire["headers"] if n.lower() == "cookie")
        worker = cookie.partition("worker=")[2].partition(";")[0]
        asked.setdefault(wire["params"]["sec_user_id"], []).append(worker)
    return {user: [name for name, _ in groupby(by)] for user, by in asked.items()}


async def check_stored(url: str, truth: dict[str, set[str]]) -> None:
    """Everything is there, once; and every walk and ticket ended well."""
    stored = await records(url, "post")
    assert set(stored) == set().union(*truth.values())
    async with reading(url) as store:
        assert await store.count_targets() == {"complete": len(truth)}
        (state,) = await store.queues()
        assert state.counts == {"done": len(truth)}


async def is_done(store: Store) -> bool:
    """Return whether some ticket of the queue ``others`` has ended."""
    (state,) = await store.queues("others")
    return bool(state.counts.get("done"))


@pytest.mark.parametrize(("kind", "number"), [("mongodb", 3), ("sqlite", 2)])
async def test_killed_workers_lose_nothing(
    sandbox: SandboxProcess,
    store: Path,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    kind: str,
    number: int,
) -> None:
    sqlite = f"sqlite:///{store}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("mongodb_url")
    truth = users_of(sandbox, 9)
    listed = tmp_path / "users.txt"
    listed.write_text("\n".join(truth), "utf-8")
    assert "9 new" in enqueue(sandbox, url, "user_posts", f"@{listed}").out
    assert "9 there already" in enqueue(sandbox, url, "user_posts", f"@{listed}").out
    sandbox.control("requests", "DELETE")
    first = start_worker(sandbox, url, "killed1", "saved:3")
    first.communicate(timeout=120)
    assert first.returncode == -signal.SIGKILL
    second = start_worker(sandbox, url, "killed2", "checkpoint:2")
    others = [start_worker(sandbox, url, f"w{n}") for n in range(1, number)]
    second.communicate(timeout=120)
    others.append(start_worker(sandbox, url, "last"))
    for worker in others:
        _, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, err
    assert second.returncode == -signal.SIGKILL
    await check_stored(url, truth)
    for turns in workers_by_user(sandbox).values():
        assert len(turns) == len(set(turns)), "nobody comes back after another"
        assert all(worker.startswith("killed") for worker in turns[:-1])
    times = sorted(wire["received_at"] for wire in sandbox.requests(POSTS))
    assert (len(times) - 1) / (times[-1] - times[0]) < 1.1 / DELAY


async def test_a_worker_that_lost_its_lease_writes_nothing(
    sandbox: SandboxProcess, mongodb_url: str
) -> None:
    truth = users_of(sandbox, 3)
    enqueue(sandbox, mongodb_url, "user_posts", ",".join(truth))
    brief = {"DOUYIN_LEASE_SECONDS": "2"}
    stopped = start_worker(sandbox, mongodb_url, "stopped", **brief)
    sandbox.control("requests", "DELETE")
    while len(sandbox.requests(POSTS)) < 2:  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.05)
    stopped.send_signal(signal.SIGSTOP)
    other = start_worker(sandbox, mongodb_url, "other", **brief)
    _, err = other.communicate(timeout=120)
    assert other.returncode == 0, err
    await check_stored(mongodb_url, truth)
    stopped.send_signal(signal.SIGCONT)
    _, err = stopped.communicate(timeout=120)
    assert "another run has taken it over" in err
    assert stopped.returncode == 0, err
    await check_stored(mongodb_url, truth)
    async with reading(mongodb_url) as found:
        assert len({ending.run_id for ending in await found.verdicts()}) == 1


def test_who_kills_its_workers_is_set_aside_and_named(
    sandbox: SandboxProcess, store: Path
) -> None:
    url, bad = f"sqlite:///{store}", sandbox.users[MANY]
    targets = [bad, sandbox.users[ONE], sandbox.users[SELF]]
    enqueue(sandbox, url, "user_posts", ",".join(targets))
    for status in (*3 * [-signal.SIGKILL], 3):
        ran = collect(
            sandbox,
            "user_posts",
            store,
            settings=poison_settings(),
            environment={POISON: bad},
            queue=QUEUE,
        )
        assert ran.status == status, ran.err
    assert f"{bad} of the queue" in ran.err
    shown = queue(sandbox, url)
    assert (shown["waiting"], shown["done"], shown["aside"]) == (0, 2, 1)
    assert [one["target"] for one in shown["named"]["aside"]] == [bad]
    environment = crawl_environment(sandbox.url, url)
    table = scrapy("queue", environment=environment).out
    assert f"aside: {bad}" in table
    again = enqueue(sandbox, url, "user_posts", "--retry-failed")
    assert again.out.startswith("1 targets")
    ran = collect(sandbox, "user_posts", store, queue=QUEUE)
    assert ran.status == 0, ran.err
    assert queue(sandbox, url)["done"] == 3


async def test_look_ups_other_spiders_and_a_stop(
    sandbox: SandboxProcess, store: Path
) -> None:
    url = f"sqlite:///{store}"
    one = f"https://v.douyin.com/{sandbox.short_links[ONE]}/"
    named = f"{one},{sandbox.handles[SELF]},{sandbox.users[NONE]},no_such_handle"
    enqueue(sandbox, url, "user_profile", named)
    ran = collect(sandbox, "user_profile", store, queue=QUEUE)
    assert ran.status == 0, ran.err
    assert queue(sandbox, url)["done"] == 4
    expected = {sandbox.users[number] for number in (ONE, SELF, NONE)}
    assert set(await records(url, "user")) == expected
    wrong = collect(sandbox, "user_posts", store, queue=QUEUE)
    assert (wrong.status, "holds targets of user_profile" in wrong.err) == (2, True)
    nobody = collect(sandbox, "user_posts", store, queue="nigth")
    assert (nobody.status, "there is no queue nigth" in nobody.err) == (2, True)
    environment = crawl_environment(sandbox.url, url)
    for words, said in (
        (("enqueue", "user_posts", "ab,?!", "--queue", "x"), "is no user"),
        (("enqueue", "feed", "ab"), "takes no targets"),
        (("enqueue", "user_posts", "self"), "whoever walks it"),
        (("enqueue", "user_posts", "ab", "--queue", QUEUE), "of user_profile"),
        (("queue", "nowhere"), "there is no queue 'nowhere'; there is: night"),
        (("crawl", "user_posts", "-a", "queue=a:b"), "is no name of a queue"),
        (("crawl", "posts", "-a", "wait=true"), "needs -a queue"),
    ):
        ran = scrapy(*words, environment=environment)
        assert (ran.status, said in ran.err) == (2, True), ran.err
    waiting = {"queue": "others", "wait": "true"}
    command = crawl_command("posts", waiting, PACE)
    cookie = {"DOUYIN_COOKIE": sandbox.login_cookie}
    worker = start_scrapy(*command, environment=environment | cookie)
    post = sandbox.posts["ordinary"]
    assert worker.stderr
    assert any("There is no queue others yet" in line for line in worker.stderr)
    for _ in range(2):  # put in while the worker waits, and again when it is done
        ran = scrapy(
            "enqueue", "posts", post, "--queue", "others", environment=environment
        )
        assert ran.status == 0, ran.err
        async with reading(url) as found:
            while not await is_done(found):  # noqa: ASYNC110 - by another process
                await asyncio.sleep(0.1)
    worker.terminate()
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == 8, err
    assert "targets done 2" in err


async def test_what_another_run_walks_is_looked_up_once_and_put_off(
    sandbox: SandboxProcess, store: Path
) -> None:
    url, user = f"sqlite:///{store}", sandbox.users[ONE]
    enqueue(sandbox, url, "user_profile", sandbox.handles[ONE])
    async with reading(url) as held:
        other = Holder(run_id="other", host="elsewhere", lock="")
        walk = WalkKey("profile", user)
        await held.claim(walk, other, 6.0, spider="user_profile")
        sandbox.control("requests", "DELETE")
        ran = collect(sandbox, "user_profile", store, queue=QUEUE)
    assert ran.status == 0, ran.err
    assert len(sandbox.requests("/web/api/v2/user/info/")) == 1
    assert ran.err.count("is walking it") == 1
    assert len(sandbox.requests("/profile/other/")) == 1


async def test_users_of_one_request_are_taken_together(
    sandbox: SandboxProcess, store: Path
) -> None:
    url = f"sqlite:///{store}"
    users = [*users_of(sandbox, 9), sandbox.handles[ONE]]
    enqueue(sandbox, url, "user_info", ",".join(users))
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "user_info", store, queue=QUEUE)
    assert ran.status == 0, ran.err
    assert queue(sandbox, url)["done"] == 10
    assert len(await records(url, "user")) == 10
    assert len(sandbox.requests("/im/user/info/")) == 2

"""Walks that are cut off go on where they stopped, and end as if nothing had been."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.world import BIG, MANY, ONE
from tests.support.crawling import crawl_command, crawl_environment, rows, start_scrapy
from tests.support.killing import VARIABLE, kill_settings
from tests.support.served import collect, ids

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


def killed(
    sandbox: SandboxProcess,
    spider: str,
    store: Path,
    moment: str,
    **arguments: str,
) -> int:
    """Run *spider* until it is killed at *moment*; return its exit status."""
    ran = collect(
        sandbox,
        spider,
        store,
        settings=kill_settings(),
        environment={VARIABLE: moment},
        **arguments,
    )
    return ran.status


@pytest.mark.parametrize("moment", ["checkpoint", "saved"])
def test_a_killed_walk_goes_on(
    sandbox: SandboxProcess, store: Path, moment: str
) -> None:
    user = sandbox.users[MANY]
    truth = sorted(sandbox.truth(user)["posts"])
    status = killed(sandbox, "user_posts", store, f"{moment}:6", user=user)
    assert status == -signal.SIGKILL
    assert 0 < len(ids(store, "posts", "aweme_id")) < len(truth)
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "user_posts", store, user=user)
    assert ran.status == 0, ran.err
    assert ids(store, "posts", "aweme_id") == truth
    pages = len(sandbox.requests("/aweme/post/"))
    whole = -(-len(truth) // 18)
    assert pages < whole, "it did not begin anew"
    [row] = rows(store, "SELECT * FROM targets")
    assert (row["verdict"], row["got"]) == ("complete", len(truth))


def test_killed_at_every_page(sandbox: SandboxProcess, store: Path) -> None:
    post = sandbox.posts["ordinary"]
    statuses = []
    for _ in range(40):
        given = {"post": post, "replies": "true"}
        statuses.append(killed(sandbox, "comments", store, "checkpoint:7", **given))
        if statuses[-1] == 0:
            break
    assert statuses[-1] == 0
    assert len(statuses) > 1
    shown = sandbox.comment_truth(post)["comments"]
    replies = {cid for one in shown.values() for cid in one["replies"]}
    assert ids(store, "comments", "cid") == sorted(replies.union(shown))


def test_a_stop_is_orderly_and_resumable(sandbox: SandboxProcess, store: Path) -> None:
    user = sandbox.users[MANY]
    given = {"user": user}
    assert killed(sandbox, "user_posts", store, "checkpoint:2:SIGTERM", **given) == 8
    [row] = rows(store, "SELECT * FROM targets")
    assert row["verdict"] == "stopped"
    [run] = rows(store, "SELECT * FROM runs")
    assert run["exit_status"] == 8
    ran = collect(sandbox, "user_posts", store, user=user, resume="only")
    assert ran.status == 0, ran.err
    assert ids(store, "posts", "aweme_id") == sorted(sandbox.truth(user)["posts"])


def test_only_unfinished_targets(sandbox: SandboxProcess, store: Path) -> None:
    many, one = sandbox.users[MANY], sandbox.users[ONE]
    assert collect(sandbox, "user_posts", store, user=one).status == 0
    killed(sandbox, "user_posts", store, "saved:2", user=many)
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "user_posts", store, resume="only")
    assert ran.status == 0, ran.err
    asked = {request["params"]["sec_user_id"] for request in sandbox.requests("/post/")}
    assert asked == {many}
    again = collect(sandbox, "user_posts", store, resume="only", user=one)
    assert again.status == 0
    assert "1 target not unfinished: passed over" in again.err
    runs = rows(store, "SELECT reason FROM runs WHERE exit_status IS NULL")
    assert [run["reason"] for run in runs] == ["it was killed: its process is gone"]


def test_what_is_new_is_read_in_one_page(sandbox: SandboxProcess, store: Path) -> None:
    user = sandbox.users[BIG]
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    known = ids(store, "posts", "aweme_id")
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "user_posts", store, user=user)
    assert ran.status == 0, ran.err
    assert len(sandbox.requests("/aweme/post/")) == 1
    assert ids(store, "posts", "aweme_id") == known


def test_two_runs_of_one_target(sandbox: SandboxProcess, store: Path) -> None:
    user = sandbox.users[MANY]
    environment = crawl_environment(sandbox.url, store)
    environment["DOUYIN_COOKIE"] = sandbox.login_cookie
    slowly = {"DOWNLOAD_DELAY": "0.5"}
    command = crawl_command("user_posts", {"user": user}, slowly)
    first = start_scrapy(*command, environment=environment)
    while not (store.exists() and rows_or_none(store)):
        time.sleep(0.1)
    second = collect(sandbox, "user_posts", store, user=user)
    assert second.status == 3
    assert "leased" in second.err
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert ids(store, "posts", "aweme_id") == sorted(sandbox.truth(user)["posts"])


def rows_or_none(store: Path) -> list[object]:
    try:
        return list(rows(store, "SELECT * FROM targets"))
    except Exception:  # the tables are being made
        return []

"""The same crawls into a real MongoDB."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import BIG, ONE, SELF
from tests.support.crawling import (
    crawl_command,
    crawl_environment,
    scrapy,
    start_scrapy,
)
from tests.support.mongod import Mongod, client, free_port
from tests.support.served import collect
from tests.support.shared import CAPTURES, needs_shared

if TYPE_CHECKING:
    from pathlib import Path


def test_all_spiders(sandbox: SandboxProcess, mongodb_url: str, tmp_path: Path) -> None:
    user, post = sandbox.users[SELF], sandbox.posts["ordinary"]
    for _ in range(2):
        ran = collect(sandbox, "user_posts", mongodb_url, user=user)
        assert ran.status == 0, ran.err
    ran = collect(sandbox, "comments", mongodb_url, post=post, replies="true")
    assert ran.status == 0, ran.err
    assert collect(sandbox, "hot_list", mongodb_url).status == 0
    assert collect(sandbox, "feed", mongodb_url, count="20").status == 0
    truth = sandbox.truth(user)["posts"]
    comments = sandbox.control(f"truth?aweme_id={post}")["comments"]
    replies = [cid for comment in comments.values() for cid in comment["replies"]]
    with client(mongodb_url) as asking:
        found = asking.get_default_database()
        mine = list(found.posts.find({"sec_uid": user, "source": "list"}))
        assert {d["_id"]: d["digg_count"] for d in mine} == {
            key: counters["digg_count"] for key, counters in truth.items()
        }
        assert mine[0]["create_time"].tzinfo is not None, "times are dates"
        assert sorted(found.comments.distinct("_id")) == sorted([*comments, *replies])
        assert found.hot_words.count_documents({}) > 50
        assert found.posts.count_documents({"source": "feed"}) == 20
        assert found.metrics.count_documents({"kind": "post"}) >= len(truth)
        assert {d["verdict"] for d in found.targets.find()} == {"complete"}
        assert found.runs.count_documents({"exit_status": 0}) == 5
    file = tmp_path / "posts.jsonl"
    environment = crawl_environment("http://127.0.0.1:9", mongodb_url)
    ran = scrapy(
        "export", "post", "-o", str(file), "--user", user, environment=environment
    )
    assert ran.status == 0, ran.err
    exported = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert sorted(p["aweme_id"] for p in exported) == sorted(truth)


def test_reparse(sandbox: SandboxProcess, mongodb_url: str) -> None:
    user = sandbox.users[SELF]
    assert collect(sandbox, "user_posts", mongodb_url, user=user).status == 0
    with client(mongodb_url) as asking:
        posts = asking.get_default_database().posts
        before = {d["_id"]: d for d in posts.find()}
        posts.update_many({}, {"$unset": {"desc": 1}, "$set": {"duration": 1}})
        environment = crawl_environment("http://127.0.0.1:9", mongodb_url)
        ran = scrapy("reparse", environment=environment)
        assert ran.status == 0, ran.err
        after = {d["_id"]: d for d in posts.find()}
    assert {k: _typed(d) for k, d in after.items()} == {
        k: _typed(d) for k, d in before.items()
    }


def _typed(document: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in document.items() if k != "_revision"}


@needs_shared
def test_real_answers(mongodb_url: str) -> None:
    (path,) = sorted((CAPTURES / "aweme_post").iterdir())
    posts = json.loads(path.read_text("utf-8"))["aweme_list"]
    with SandboxProcess("--captures", str(CAPTURES)) as captures:
        user = posts[0]["author"]["sec_uid"]
        assert collect(captures, "user_posts", mongodb_url, user=user).status == 3
        environment = crawl_environment(captures.url, mongodb_url)
    with client(mongodb_url) as asking:
        found = asking.get_default_database().posts.distinct("_id")
    assert sorted(found) == sorted(post["aweme_id"] for post in posts)
    for post in posts:
        raw = scrapy("raw", "post", post["aweme_id"], environment=environment)
        assert json.loads(raw.out)["statistics"] == post["statistics"]
        assert json.loads(raw.out)["video"] == post["video"]


def test_no_server_and_no_password_are_one_clear_line(
    sandbox: SandboxProcess, mongod_with_login: Mongod
) -> None:
    user = sandbox.users[ONE]
    nobody = f"mongodb://me:s3cret@127.0.0.1:{free_port()}/douyin"
    wrong = (
        mongod_with_login.url("douyin", "crawler:s3cret-wrong@") + "?authSource=admin"
    )
    for url in (nobody, wrong, mongod_with_login.url("douyin")):
        started = time.monotonic()
        ran = collect(sandbox, "user_posts", url, user=user)
        assert ran.status == 6, ran.err
        assert time.monotonic() - started < 15
        assert "s3cret" not in ran.err
        assert "Traceback" not in ran.err
    right = mongod_with_login.url("douyin", "crawler:s3cret%2Fpass@")
    ran = collect(sandbox, "user_posts", f"{right}?authSource=admin", user=user)
    assert ran.status == 0, ran.err
    assert "s3cret" not in ran.err


def test_a_server_that_goes_away_ends_the_run_clearly(
    sandbox: SandboxProcess, mongod: Mongod
) -> None:
    url = mongod.url("douyin")
    switches = {"DOWNLOAD_DELAY": "0.1"}
    command = crawl_command("user_posts", {"user": sandbox.users[BIG]}, switches)
    environment = crawl_environment(sandbox.url, url)
    environment |= {"DOUYIN_COOKIE": sandbox.login_cookie}
    environment |= {"DOUYIN_STORE_PATIENCE": "1"}
    process = start_scrapy(*command, environment=environment)
    with client(url) as asking:
        while not asking.douyin.posts.count_documents({}):
            time.sleep(0.1)
    mongod.kill()
    _, err = process.communicate(timeout=90)
    assert process.returncode == 6, err
    assert "Traceback" not in err
    mongod.start()
    with client(url) as asking:
        posts = list(asking.douyin.posts.find())
    assert len(posts) >= 18
    assert all(d["digg_count"] is not None and d["create_time"] for d in posts)

"""Answers that a service should not give, and what a crawl makes of them."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.world import MANY, ONE, SELF
from tests.support.crawling import (
    crawl_command,
    crawl_environment,
    rows,
    start_scrapy,
)
from tests.support.served import collect, ids, verdicts
from tests.support.zstd import texts

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POSTS = "/aweme/post/"
LOOKUP = "/web/api/v2/user/info/"


def text_fault(path: str, body: Any, **more: Any) -> dict[str, Any]:
    """Return a fault that answers with *body*, big integers and all."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {"path": path, "kind": "status", "status": 200, "body": text, **more}


def page(*posts: dict[str, Any], **envelope: Any) -> dict[str, Any]:
    return {
        "status_code": 0,
        "aweme_list": list(posts),
        "has_more": 0,
        "max_cursor": 1700000000000,
        **envelope,
    }


def post(key: int, sec_uid: str, **more: Any) -> dict[str, Any]:
    return {
        "aweme_id": str(7_300_000_000_000_000_000 + key),
        "create_time": 1_700_000_000 + key,
        "author": {"sec_uid": sec_uid, "nickname": "小"},
        **more,
    }


@pytest.mark.parametrize(
    ("answer", "status", "verdict"),
    [
        ({"status_code": 5}, 0, "gone"),
        ({"status_code": 2154}, 4, "blocked"),
        ({"status_code": 8, "status_msg": "用户未登录"}, 5, "login"),
        ({"status_code": 0}, 3, "restricted"),
        ({"status_code": 0, "user_info": None}, 3, "restricted"),
        ({"status_code": 0, "user_info": {"sec_uid": "MS4\ud800"}}, 3, "failed"),
        ({"status_code": 0, "user_info": {"sec_uid": "../../x"}}, 3, "failed"),
        ([], 3, "failed"),
    ],
)
def test_a_refused_look_up_is_no_end(
    sandbox: SandboxProcess, store: Path, answer: Any, status: int, verdict: str
) -> None:
    sandbox.add_faults(text_fault(LOOKUP, answer, times=-1))
    retries = {"DOUYIN_RETRY_TIMES": "1"}
    ran = collect(sandbox, "user_posts", store, user="some_handle", environment=retries)
    assert ran.status == status, ran.err
    [row] = rows(store, "SELECT id, verdict FROM verdicts")
    assert (row["id"], row["verdict"]) == ("some_handle", verdict)


def test_a_page_whose_entries_show_no_ids_is_no_end(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[ONE]
    sandbox.add_faults({"path": POSTS, "kind": "shape:entries"})
    ran = collect(sandbox, "user_posts", store, user=user)
    assert ran.status == 3, ran.err
    assert verdicts(store) == {user: "failed"}
    ran = collect(sandbox, "user_posts", store, user=user)
    assert ran.status == 0, ran.err
    assert verdicts(store) == {user: "complete"}


def test_numbers_beyond_any_column(sandbox: SandboxProcess, store: Path) -> None:
    user = sandbox.users[ONE]
    author = {"sec_uid": user, "aweme_count": 10**30}
    one = post(1, user, author=author, statistics={"digg_count": 10**25})
    sandbox.add_faults(text_fault(POSTS, page(one), times=-1))
    ran = collect(sandbox, "user_posts", store, user=user)
    assert ran.status in (0, 3), ran.err
    assert "Traceback" not in ran.err
    (row,) = rows(store, "SELECT digg_count FROM posts")
    assert row["digg_count"] is None


def test_a_time_in_the_future_freezes_nothing(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[ONE]
    date = {"Date": "Fri, 01 Jan 2100 00:00:00 GMT"}
    early = page(post(1, user, desc="early"))
    sandbox.add_faults(text_fault(POSTS, early, headers=date))
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    sandbox.control("faults", "DELETE")
    sandbox.add_faults(text_fault(POSTS, page(post(1, user, desc="late"))))
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    (row,) = rows(store, 'SELECT "desc", last_seen FROM posts')
    assert row["desc"] == "late"
    assert row["last_seen"] < "2100"


def test_an_advertisement_or_an_absurd_time_ends_no_range(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[ONE]
    good = [post(key, user) for key in (9, 8, 7)]
    odd = [post(3, user, create_time=1), post(2, user, create_time=1, is_ads=True)]
    sandbox.add_faults(
        text_fault(POSTS, page(*good, *odd, has_more=1), nth=1),
        text_fault(POSTS, page(post(6, user)), nth=1, contains="max_cursor=17"),
    )
    ran = collect(sandbox, "user_posts", store, user=user, since="2023-11-01")
    assert ran.status == 0, ran.err
    assert len(ids(store, "posts", "aweme_id")) == 4


def test_what_the_service_repeats_of_the_session_is_struck_out(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    user = sandbox.users[ONE]
    cookies = dict(p.split("=", 1) for p in sandbox.login_cookie.split("; "))
    told = " ".join(value for value in cookies.values() if len(value) >= 16)
    answer = page(post(1, user, desc=told), log_pb={"impr_id": told})
    refusal = {"status_code": 77, "status_msg": told}
    sandbox.add_faults(
        text_fault(POSTS, answer | {"has_more": 1}, nth=1),
        text_fault(POSTS, refusal, nth=2, headers={"X-Tt-Logid": told[:200]}),
    )
    feed = tmp_path / "posts.jsonl"
    debug = {"LOG_LEVEL": "DEBUG"}
    ran = collect(
        sandbox, "user_posts", store, "-O", str(feed), user=user, settings=debug
    )
    assert ran.status == 3, ran.err
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    kept += b"".join(texts(store)) + (ran.out + ran.err).encode()
    for name, value in cookies.items():
        if len(value) >= 16:
            assert value[:16].encode() not in kept, name


def test_a_failed_first_visit_is_tried_again(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults(
        {"path": "/", "nth": 1, "kind": "status", "status": 500},
        {"path": "/", "nth": 2, "kind": "429"},
    )
    ran = collect(
        sandbox, "user_posts", store, user=sandbox.users[ONE], login=False, limit="1"
    )
    assert ran.status == 0, ran.err
    assert ids(store, "posts", "aweme_id")


def test_two_signals_lose_nothing_that_came(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": POSTS, "nth": 4, "kind": "stall", "seconds": 30})
    environment = crawl_environment(sandbox.url, store)
    environment |= {"DOUYIN_COOKIE": sandbox.login_cookie}
    command = crawl_command("user_posts", {"user": sandbox.users[MANY]})
    process = start_scrapy(*command, environment=environment)
    while len(sandbox.requests(POSTS)) < 3:
        time.sleep(0.05)
    time.sleep(0.5)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 8, err
    assert len(ids(store, "posts", "aweme_id")) >= 54
    assert verdicts(store) == {sandbox.users[MANY]: "stopped"}
    assert rows(store, "SELECT finished_at FROM runs")[0]["finished_at"]


def test_empty_pages_that_stand_still_end_as_stalled(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[SELF]
    faults = [
        text_fault(POSTS, page(has_more=1, max_cursor=1_600_000_000_000 + n), nth=n)
        for n in range(1, 4)
    ]
    sandbox.add_faults(*faults, text_fault(POSTS, page(has_more=1), nth=4, times=-1))
    ran = collect(sandbox, "user_posts", store, user=user)
    assert ran.status == 3, ran.err
    assert verdicts(store) == {user: "stalled"}

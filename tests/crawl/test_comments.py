"""`scrapy crawl comments`: every comment once, inline replies and asked ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.crawling import rows
from tests.support.served import collect, ids, verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


def truth(sandbox: SandboxProcess, post: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.control(f"truth?aweme_id={post}")["comments"]
    return found


@pytest.mark.parametrize("name", ["few", "silent", "closed", "ordinary"])
def test_every_top_level_comment_is_stored_once(
    sandbox: SandboxProcess, store: Path, name: str
) -> None:
    post = sandbox.posts[name]
    ran = collect(sandbox, "comments", store, post=post)
    assert ran.status == 0, ran.err
    assert verdicts(store) == {post: "complete"}
    top = rows(
        store, "SELECT cid, digg_count, aweme_id FROM comments WHERE reply_id IS NULL"
    )
    listed = truth(sandbox, post)
    assert {r["cid"]: r["digg_count"] for r in top} == {
        cid: counters["digg_count"] for cid, counters in listed.items()
    }
    assert {r["aweme_id"] for r in top} <= {post}


def test_replies_are_read_where_they_are_asked_for(
    sandbox: SandboxProcess, store: Path
) -> None:
    post = sandbox.posts["ordinary"]
    ran = collect(sandbox, "comments", store, post=post, replies="true")
    assert ran.status == 0, ran.err
    listed = truth(sandbox, post)
    replies = {cid for comment in listed.values() for cid in comment["replies"]}
    assert replies, "there is something to find"
    assert set(ids(store, "comments", "cid")) == set(listed) | replies
    parents = rows(
        store, "SELECT DISTINCT reply_id FROM comments WHERE reply_id NOT NULL"
    )
    assert {r["reply_id"] for r in parents} == {
        cid for cid, comment in listed.items() if comment["replies"]
    }
    child = rows(store, "SELECT verdict FROM targets WHERE walk = 'replies'")
    assert {r["verdict"] for r in child} == {"complete"}
    sent = sandbox.requests("/comment/list/reply/")
    assert sent
    assert not any("uifid=" in s["query"] for s in sent)


def test_inline_replies_are_items_too(sandbox: SandboxProcess, store: Path) -> None:
    post = sandbox.posts["ordinary"]
    assert collect(sandbox, "comments", store, post=post).status == 0
    inline = rows(store, "SELECT source FROM comments WHERE reply_id IS NOT NULL")
    assert inline
    assert {r["source"] for r in inline} == {"embedded"}


def test_the_service_s_cap_is_named(sandbox: SandboxProcess, store: Path) -> None:
    post = sandbox.posts["capped"]
    ran = collect(sandbox, "comments", store, post=post)
    assert ran.status == 3, ran.err
    assert verdicts(store) == {post: "truncated"}
    (row,) = rows(store, "SELECT expected, got, reason FROM targets")
    assert row["expected"] > row["got"] > 400
    assert str(row["expected"]) in row["reason"]


@pytest.mark.parametrize("replies", ["false", "true"])
def test_a_limit_counts_replies_too(
    sandbox: SandboxProcess, store: Path, tmp_path: Path, replies: str
) -> None:
    feed = tmp_path / "comments.jsonl"
    ran = collect(
        sandbox,
        "comments",
        store,
        "-O",
        str(feed),
        post=sandbox.posts["ordinary"],
        limit="33",
        replies=replies,
    )
    assert ran.status == 0, ran.err
    assert len(ids(store, "comments", "cid")) == 33
    lines = [json.loads(line) for line in feed.read_text("utf-8").splitlines()]
    assert len(lines) == len({line["cid"] for line in lines}) == 33


def test_posts_by_address_short_link_and_file(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    posts = tmp_path / "posts.txt"
    few, silent = sandbox.posts["few"], sandbox.posts["silent"]
    posts.write_text(f"https://www.douyin.com/video/{few}?x=1\n{silent}\n{few}\n")
    ran = collect(sandbox, "comments", store, post=f"@{posts}")
    assert ran.status == 0, ran.err
    assert verdicts(store) == {few: "complete", silent: "complete"}
    wrong = collect(sandbox, "comments", store, post=sandbox.users[0])
    assert wrong.status == 2
    assert "-a post:" in wrong.err

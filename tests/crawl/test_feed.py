"""`scrapy crawl feed`: different posts, no advertisements, an end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.crawling import rows
from tests.support.served import collect, ids, verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


def test_so_many_different_posts(sandbox: SandboxProcess, store: Path) -> None:
    ran = collect(sandbox, "feed", store, count="45")
    assert ran.status == 0, ran.err
    assert len(ids(store, "posts", "aweme_id")) == 45
    pool = set(sandbox.control("truth?feed=")["posts"])
    assert set(ids(store, "posts", "aweme_id")) <= pool
    assert rows(store, "SELECT DISTINCT source FROM posts")[0]["source"] == "feed"
    (run,) = rows(store, "SELECT counts FROM runs")
    counts = json.loads(run["counts"])
    assert counts["dropped/live"] > 0
    indexes = [
        s["query"].split("refresh_index=")[1] for s in sandbox.requests("/feed/")
    ]
    assert [i.split("&")[0] for i in indexes] == [
        str(n + 1) for n in range(len(indexes))
    ]


def test_a_dry_stream_ends(sandbox: SandboxProcess, store: Path) -> None:
    ran = collect(sandbox, "feed", store, count="100000")
    assert ran.status == 0, ran.err
    pool = set(sandbox.control("truth?feed=")["posts"])
    assert set(ids(store, "posts", "aweme_id")) == pool
    assert verdicts(store) == {"recommended": "complete"}
    assert "brought no new post" in ran.err


def test_a_visitor_is_refused_and_told(sandbox: SandboxProcess, store: Path) -> None:
    retries = {"DOUYIN_RETRY_TIMES": "1"}
    ran = collect(sandbox, "feed", store, login=False, environment=retries)
    assert ran.status == 4, ran.err
    assert "cookies" in ran.err

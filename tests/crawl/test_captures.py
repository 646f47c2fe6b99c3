"""Real answers, through the sandbox, into the store and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api.private import PRIVATE
from douyin_crawler.sandbox.process import SandboxProcess
from tests.support.crawling import crawl, crawl_environment, rows, scrapy
from tests.support.shared import CAPTURES, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_shared


@pytest.fixture(scope="module")
def captures() -> Iterator[SandboxProcess]:
    """The sandbox over real answers."""
    with SandboxProcess("--captures", str(CAPTURES)) as sandbox:
        yield sandbox


def without_private(value: Any) -> Any:
    """Return *value* without the private fields that are not empty."""
    if isinstance(value, list):
        return [without_private(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_private(entry)
        for name, entry in value.items()
        if name not in PRIVATE or not entry
    }


def test_real_pages_are_stored_whole(captures: SandboxProcess, store: Path) -> None:
    (path,) = sorted((CAPTURES / "aweme_post").iterdir())
    page = json.loads(path.read_text("utf-8"))
    posts = {post["aweme_id"]: post for post in page["aweme_list"]}
    author = page["aweme_list"][0]["author"]
    ran = crawl(
        "user_posts",
        base_url=captures.url,
        store=store,
        arguments={"user": author["sec_uid"]},
        environment={"DOUYIN_COOKIE": captures.login_cookie},
    )
    assert ran.status == 3, ran.err
    (target,) = rows(store, "SELECT * FROM targets")
    assert target["verdict"] == "truncated"
    assert target["expected"] == author["aweme_count"]
    assert str(author["aweme_count"]) in ran.err

    stored = [r["aweme_id"] for r in rows(store, "SELECT aweme_id FROM posts")]
    assert sorted(stored) == sorted(posts)
    users = [r["sec_uid"] for r in rows(store, "SELECT sec_uid FROM users")]
    assert users == [author["sec_uid"]]
    environment = crawl_environment(captures.url, store)
    for key, post in posts.items():
        raw = scrapy("raw", "post", key, environment=environment)
        assert json.loads(raw.out) == without_private(post)
    raw = scrapy("raw", "user", author["sec_uid"], environment=environment)
    assert json.loads(raw.out) in [
        without_private(post["author"]) for post in posts.values()
    ]

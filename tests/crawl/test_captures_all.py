"""Real answers of every kind, into both stores, value by value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.stores import open_store
from tests.crawl.test_captures import without_private
from tests.support.served import collect
from tests.support.shared import CAPTURES, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_shared


@pytest.fixture
def captures() -> Iterator[SandboxProcess]:
    """A sandbox of each test: the n-th request gets the n-th file."""
    with SandboxProcess("--captures", str(CAPTURES)) as sandbox:
        yield sandbox


@pytest.fixture(params=["sqlite", "mongodb"])
def url(request: pytest.FixtureRequest, store: Path) -> str:
    """The address of a store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{store}"
    found: str = request.getfixturevalue("mongodb_url")
    return found


def captured(folder: str) -> Any:
    path = min((CAPTURES / folder).iterdir())
    return json.loads(path.read_text("utf-8"))


async def payloads(url: str, kind: str, ids: list[str]) -> list[Any]:
    """Return the stored payloads of *ids*; each has to be there, and no other."""
    store = open_store(url)
    await store.open(create=False)
    try:
        assert await store.count(kind) == len(set(ids))
        found = [await store.payload(kind, key) for key in ids]
        return [json.loads(one.text) if one else None for one in found]
    finally:
        await store.close()


async def test_comments(captures: SandboxProcess, url: str) -> None:
    comments = captured("comment_list")["comments"]
    ran = collect(captures, "comments", url, post=comments[0]["aweme_id"])
    assert ran.status == 3, ran.err
    assert "truncated" in ran.err, "10 of the 347 that the answer states"
    inline = [reply for c in comments for reply in c.get("reply_comment") or ()]
    everything = [*comments, *inline]
    found = await payloads(url, "comment", [c["cid"] for c in everything])
    assert found == [without_private(c) for c in everything]


async def test_the_hot_list(captures: SandboxProcess, url: str) -> None:
    data = captured("hot_search_list")["data"]
    assert collect(captures, "hot_list", url).status == 0
    store = open_store(url)
    await store.open(create=False)
    try:
        expected = {
            f"main:{name}:{word['word']}": word
            for name, key in (("ranked", "word_list"), ("rising", "trending_list"))
            for word in data[key]
        }
        assert await store.count("hot_word") == len(expected)
        for key, word in expected.items():
            stored = await store.payload("hot_word", key)
            assert stored is not None, key
            assert json.loads(stored.text) == without_private(word)
    finally:
        await store.close()


async def test_the_feed(captures: SandboxProcess, url: str) -> None:
    posts = captured("module_feed")["aweme_list"]
    assert collect(captures, "feed", url, count="100").status == 0
    found = await payloads(url, "post", [p["aweme_id"] for p in posts])
    assert found == [without_private(p) for p in posts]


async def test_posts(captures: SandboxProcess, url: str) -> None:
    posts = captured("aweme_post")["aweme_list"]
    user = posts[0]["author"]["sec_uid"]
    assert collect(captures, "user_posts", url, user=user).status == 3
    found = await payloads(url, "post", [p["aweme_id"] for p in posts])
    assert found == [without_private(p) for p in posts]

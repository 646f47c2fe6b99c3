"""Targets that the store names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.items.observation import Observation
from douyin_crawler.items.post import Post
from douyin_crawler.plans.plan import Job, PostFilter, TargetQuery
from douyin_crawler.plans.targets import arguments_for, find, remove_file
from douyin_crawler.spiders.comments import CommentsSpider
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from douyin_crawler.stores.base import Store

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_ANNA, _BEN = "MS4wLjABAAAA" + "a" * 43, "MS4wLjABAAAA" + "b" * 43


def post(
    number: int, author: str, *, age: float, seen: float, likes: int
) -> Observation:
    """Return a post of so many days, first seen so many days ago."""
    own = f"733128235799757{number:04d}"
    item = Post(
        aweme_id=own,
        sec_uid=author,
        create_time=_NOW - timedelta(days=age),
        digg_count=likes,
    )
    return Observation(
        kind="post",
        id=own,
        item=item,
        payload=b"{}",
        source="list",
        observed_at=_NOW - timedelta(days=seen),
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with four posts."""
    store = open_store(f"sqlite:///{tmp_path}/posts.db")
    await store.open()
    posts = [
        post(1, _ANNA, age=0.5, seen=0.1, likes=5_000),
        post(2, _ANNA, age=10, seen=9, likes=1_000),
        post(3, _BEN, age=20, seen=1, likes=999),
        post(4, "pseudonym", age=40, seen=1, likes=9_000),
    ]
    await store.write(posts)
    yield store
    await store.close()


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"older_than": "1d"}, [2, 3, 4]),
        ({"younger_than": "30d"}, [1, 2, 3]),
        ({"older_than": "1d", "younger_than": "30d", "min_likes": 1_000}, [2]),
        ({"stored_within": "7d"}, [1, 3, 4]),
        ({"min_comments": 1}, []),
    ],
)
async def test_posts(store: Store, wanted: dict[str, Any], numbers: list[int]) -> None:
    query = TargetQuery(posts=PostFilter(**wanted))
    found = [int(own[-4:]) async for own in find(query, store, _NOW)]
    assert found == numbers


async def test_authors_once_each(store: Store) -> None:
    for wanted, authors in (
        ({"stored_within": "20d"}, [_ANNA, _BEN]),
        ({"min_likes": 1_000}, [_ANNA]),
    ):
        query = TargetQuery(authors_of=PostFilter(**wanted))
        assert [own async for own in find(query, store, _NOW)] == authors


def lines(argument: str) -> list[str]:
    """Return the targets in the file that *argument* names."""
    return Path(argument[1:]).read_text("utf-8").split()


async def test_a_query_becomes_a_file_for_one_run(store: Store) -> None:
    query = TargetQuery(posts=PostFilter(min_likes=5_000))
    job = Job(name="big", spider="comments", targets=query, arguments={"replies": True})
    given = await arguments_for(job, CommentsSpider, store, _NOW)
    assert given is not None
    assert given["replies"] == "true"
    assert len(lines(given["post"])) == 2
    CommentsSpider.read_arguments(dict(given))
    remove_file(job, given)
    assert not Path(given["post"][1:]).exists()  # noqa: ASYNC240 - a test waits
    none = Job(
        name="none",
        spider="comments",
        targets=TargetQuery(posts=PostFilter(min_likes=90_000)),
    )
    assert await arguments_for(none, CommentsSpider, store, _NOW) is None

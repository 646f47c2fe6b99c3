from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.exceptions import DropItem

from douyin_crawler.pipelines.dedupe import DedupePipeline, Repeat
from douyin_crawler.pipelines.store import StoredOnly, StorePipeline
from douyin_crawler.stores.base import StoreUnavailable
from tests.stores.samples import page, post, user, verdict

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy.crawler import Crawler

    from douyin_crawler.extensions.run import RunExtension


@pytest.fixture
def pipeline(crawler: Crawler) -> StorePipeline:
    return StorePipeline.from_crawler(crawler)


async def test_feeds_get_the_typed_item(
    pipeline: StorePipeline, run: RunExtension, crawler: Crawler
) -> None:
    seen = post(desc="a")
    assert await pipeline.process_item(seen) is seen.item
    await run.buffer.flush()
    assert (await run.store.load("post", ["7001"]))["7001"].fields["desc"] == "a"
    assert crawler.stats.get_value("douyin/posts/new") == 1


@pytest.mark.parametrize(
    "item", [page(), verdict(), Repeat(post())], ids=["page", "verdict", "repeat"]
)
async def test_the_rest_is_stored_only(
    pipeline: StorePipeline, run: RunExtension, item: Any
) -> None:
    with pytest.raises(StoredOnly) as caught:
        await pipeline.process_item(item)
    assert caught.value.log_level == "DEBUG"
    await run.buffer.flush()
    stored = (
        await run.store.count("page"),
        len(await run.store.verdicts()),
        await run.store.count("post"),
    )
    assert sum(stored) == 1


async def test_a_repeat_is_merged_and_counted(
    crawler: Crawler, pipeline: StorePipeline, run: RunExtension
) -> None:
    dedupe = DedupePipeline.from_crawler(crawler)
    fed = []
    for seen in (
        user(nickname="甲"),
        user(signature="bio", seconds=1),
        user(source="own", nickname="乙", seconds=1),
    ):
        try:
            fed.append(await pipeline.process_item(dedupe.process_item(seen)))
        except StoredOnly:
            continue
    await run.buffer.flush()
    assert [item.nickname for item in fed] == ["甲"]
    stored = (await run.store.load("user", ["MS4wAAA"]))["MS4wAAA"].fields
    assert (stored["nickname"], stored["signature"]) == ("乙", "bio")
    stats = crawler.stats.get_stats()
    assert stats["douyin/repeats"] == 2
    assert (stats["douyin/users/new"], stats["douyin/users/changed"]) == (1, 2)


async def test_others_pass(pipeline: StorePipeline) -> None:
    item = {"a": 1}
    assert await pipeline.process_item(item) is item


async def test_a_store_that_fails_ends_the_run(
    pipeline: StorePipeline,
    run: RunExtension,
    crawler: Crawler,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endings: list[str] = []
    monkeypatch.setattr(run, "_close", endings.append)  # there is no engine to end
    with closing(sqlite3.connect(tmp_path / "posts.db")) as behind_its_back:
        behind_its_back.execute("DROP TABLE posts")
    await pipeline.process_item(post())
    with pytest.raises(StoreUnavailable, match="no such table"):
        await run.buffer.flush()
    with pytest.raises(DropItem, match="store_failed"):
        await pipeline.process_item(post())
    assert endings == ["store_unavailable"]
    assert crawler.stats.get_value("douyin/dropped/store_failed") == 1

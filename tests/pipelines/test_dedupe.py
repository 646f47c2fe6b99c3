from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from scrapy.exceptions import DropItem

from douyin_crawler.pipelines.dedupe import DedupePipeline, Repeat
from tests.stores.samples import page, post, user, verdict

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings


@pytest.fixture
def dedupe(crawler: Crawler) -> DedupePipeline:
    return DedupePipeline.from_crawler(crawler)


def test_what_was_not_seen_passes(dedupe: DedupePipeline) -> None:
    for item in (post("1"), post("2"), user("1"), page("1"), verdict(), {"a": 1}):
        assert dedupe.process_item(item) is item


def test_the_same_within_a_second_is_dropped(
    dedupe: DedupePipeline, crawler: Crawler
) -> None:
    dedupe.process_item(user())
    with pytest.raises(DropItem, match="repeat") as caught:
        dedupe.process_item(user())
    assert caught.value.log_level == "DEBUG"
    assert crawler.stats.get_value("douyin/dropped/repeat") == 1


def test_other_repeats_are_marked(dedupe: DedupePipeline, crawler: Crawler) -> None:
    dedupe.process_item(post(payload=b"a"))
    for again in (
        post(payload=b"b"),
        post(payload=b"b", source="feed"),
        post(payload=b"b", source="feed", seconds=1),
    ):
        assert dedupe.process_item(again) == Repeat(again)
    assert crawler.stats.get_value("douyin/dropped/repeat") is None


def test_verdicts_repeat_freely(dedupe: DedupePipeline) -> None:
    ending = verdict()
    assert dedupe.process_item(ending) is dedupe.process_item(ending)


class TestBounds:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        settings.set("DOUYIN_SEEN_IDS", 2)
        return settings

    def test_the_oldest_is_forgotten(self, dedupe: DedupePipeline) -> None:
        one, two, three = (post(id) for id in "123")  # noqa: A001
        dedupe.process_item(one)
        dedupe.process_item(two)
        assert isinstance(dedupe.process_item(post("1", seconds=1)), Repeat)
        dedupe.process_item(three)  # forgets 2, which was seen before 1 was again
        assert isinstance(dedupe.process_item(post("1", seconds=2)), Repeat)
        assert dedupe.process_item(two) is two

    def test_memory_is_bounded(self, dedupe: DedupePipeline) -> None:
        def feed(start: int) -> None:
            for n in range(start, start + 2_000):
                dedupe.process_item(post(str(n), payload=b"x" * 1_000))

        feed(0)
        tracemalloc.start()
        feed(2_000)
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert used < 50_000


class TestNoMemory:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        settings.set("DOUYIN_SEEN_IDS", 0)
        return settings

    def test_everything_seems_new(self, dedupe: DedupePipeline) -> None:
        seen = post()
        assert dedupe.process_item(seen) is dedupe.process_item(seen)

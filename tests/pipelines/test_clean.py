from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest

from douyin_crawler.api.private import PRIVATE
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.pipelines.clean import CleanPipeline
from tests.stores.samples import page, post, user, verdict

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

TEXT = b'{"aweme_id":"7001","author":{"bind_phone":"138****1234","birthday":""}}'


@pytest.fixture
def clean(crawler: Crawler) -> CleanPipeline:
    return CleanPipeline.from_crawler(crawler)


def test_what_is_clean_passes(clean: CleanPipeline) -> None:
    for item in (post(desc="多"), user(), page(), verdict(), {"a": 1}, object()):
        assert clean.process_item(item) is item


def test_items_are_repaired_and_payloads_are_not(
    clean: CleanPipeline, crawler: Crawler
) -> None:
    seen = post(desc="a\0b \ud83d", digg_count=2**80, payload=b'{"desc":"\\ud83d"}')
    cleaned = clean.process_item(seen)
    assert cleaned.item.desc == "ab \ufffd"
    assert cleaned.item.digg_count is None
    assert cleaned.payload == seen.payload
    stats = crawler.stats.get_stats()
    assert stats["douyin/cleaned/big_integer"] == 1
    assert stats["douyin/cleaned/half_surrogate"] == 1
    assert stats["douyin/cleaned/nul"] == 1


def test_private_members_are_cut_and_counted(
    clean: CleanPipeline, crawler: Crawler
) -> None:
    seen = post(payload=TEXT)
    cleaned = clean.process_item(seen)
    assert cleaned.payload == b'{"aweme_id":"7001","author":{"birthday":""}}'
    assert cleaned.item is seen.item
    assert seen.payload == TEXT
    clean.process_item(dataclasses.replace(page(), payload=TEXT))
    assert crawler.stats.get_value("douyin/private/cut") == 2


class TestKeptByWish:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        settings.set("DOUYIN_STORE_PRIVATE", "true")
        return settings

    def test_private_members_are_kept(self, clean: CleanPipeline) -> None:
        seen = post(payload=TEXT)
        assert clean.process_item(seen) is seen


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_item_has_a_private_field(kind: Any) -> None:
    assert not set(_names(kind.item)) & PRIVATE.keys()


def _names(part: Any) -> set[str]:
    """Return the names of all fields of a dataclass and of its parts."""
    if not dataclasses.is_dataclass(part):
        return set().union(*map(_names, get_args(part)))
    hints = get_type_hints(part)
    names = {field.name for field in dataclasses.fields(part)}
    return names.union(*(_names(hints[name]) for name in names))


def test_json_in_strings_is_cut_in_column_and_payload(clean: CleanPipeline) -> None:
    said = '{"email":"a@b","poi":1}'
    payload = json.dumps({"sec_uid": "MS4wAAA", "enterprise_user_info": said}).encode()
    seen = dataclasses.replace(user(enterprise_user_info=said), payload=payload)
    cleaned = clean.process_item(seen)
    assert cleaned.item.enterprise_user_info == '{"poi":1}'
    assert b"a@b" not in cleaned.payload
    assert cleaned.id == seen.id

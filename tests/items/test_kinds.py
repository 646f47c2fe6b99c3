from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

import pytest
from itemadapter import ItemAdapter

from douyin_crawler.items.kinds import (
    KINDS,
    Kind,
    record_id,
    to_fields,
    without_perishable,
)
from douyin_crawler.items.post import parse_post
from tests.items.places import changed
from tests.support import samples

if TYPE_CHECKING:
    from douyin_crawler.items.post import Post

NOW = datetime(2026, 1, 5, 12, 28, 31, tzinfo=UTC)
POST = cast("Post", parse_post(samples.post()))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_agrees_with_its_item(kind: Kind) -> None:
    hints = get_type_hints(kind.item)
    names = [part.name for part in fields(kind.item)]
    assert names[0] == kind.key
    assert hints[kind.key] is str
    for counter in kind.counters:
        assert int in get_args(hints[counter])
    if kind.counters:
        assert {n for n in names if n.endswith("_count")} <= set(kind.counters)
    for field, kept in ((kind.time, datetime), (kind.user, str), (kind.post, str)):
        assert field is None or kept in {hints[field], *get_args(hints[field])}


@pytest.mark.parametrize(
    ("kind", "value", "payload_id", "record"),
    [
        ("post", samples.post(), samples.AWEME_ID, samples.AWEME_ID),
        ("user", samples.user(), samples.SEC_UID, samples.SEC_UID),
        ("comment", samples.comment(), samples.CID, samples.CID),
        (
            "hot_word",
            samples.hot_word(),
            f"society:ranked:{samples.WORD}",
            f"society:ranked:{samples.WORD}:2026-01-05T12:28:31Z",
        ),
        ("emoji", samples.emoji(), "weixiao.png", "weixiao.png"),
        ("sticker", samples.sticker(), "7450000000000000123", "7450000000000000123"),
        ("notice", samples.notice(), "7569492243205730738", "7569492243205730738"),
    ],
)
def test_a_payload_gives_the_item_again(
    kind: str, value: Any, payload_id: str, record: str
) -> None:
    item = KINDS[kind].reparse(payload_id, value, NOW)
    assert item is not None
    assert type(item) is KINDS[kind].item
    assert record_id(item) == record == getattr(item, KINDS[kind].key)
    assert KINDS[kind].reparse(payload_id, {}, NOW) is None


def test_every_kind_is_in_the_table_once() -> None:
    first = ["post", "user", "comment", "hot_word"]
    assert list(KINDS) == [*first, "emoji", "sticker", "notice"]
    assert len({kind.table for kind in KINDS.values()}) == len(KINDS)
    uncounted = {kind.name for kind in KINDS.values() if not kind.counters}
    assert uncounted == {"hot_word", "emoji", "sticker"}


def test_fields_are_plain_values() -> None:
    values = to_fields(POST)
    assert list(values) == [part.name for part in fields(POST)]
    assert values["create_time"] == datetime(2024, 2, 3, 8, 1, 27, tzinfo=UTC)
    assert values["video"]["bit_rate"][1]["play_addr"]["data_size"] == 1_234_567
    assert values["hashtags"][0]["hashtag_name"] == "海边"
    assert type(values["author"]) is dict


def test_fields_may_hold_what_stores_cannot() -> None:
    value = changed(samples.post(), "desc", "\ud83d\0")
    post = parse_post(changed(value, "statistics.digg_count", 2**70))
    assert post is not None
    values = to_fields(post)
    assert values["desc"] == "\ud83d\0"
    assert values["digg_count"] == 2**70


def test_what_changes_in_every_answer_can_be_left_out() -> None:
    first = samples.post()
    text = json.dumps(first).replace("x-expires=1", "x-expires=2")
    second = json.loads(text.replace("dy_q=1", "dy_q=2").replace("did=secret", "did=x"))
    second["video"]["cdn_url_expired"] += 60
    second["images"][0]["download_url_list"] = []
    posts = [parse_post(first), parse_post(second)]
    assert posts[0] != posts[1]
    bare = [without_perishable(to_fields(post)) for post in posts if post]
    assert bare[0] == bare[1]
    assert "url_list" not in str(bare)
    assert "x-expires" not in str(bare)
    assert bare[0]["images"][0]["uri"] == "tos/one"


def test_items_work_with_itemadapter() -> None:
    adapter = ItemAdapter(POST)
    assert adapter["aweme_id"] == samples.AWEME_ID
    values = adapter.asdict()
    assert values["video"]["cover"]["uri"] == "tos/cover"
    assert values == to_fields(POST)

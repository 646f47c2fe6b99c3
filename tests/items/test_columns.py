"""Which fields of an answer feed which columns."""

from __future__ import annotations

from datetime import datetime

from douyin_crawler.items.columns import RECORDS, columns
from douyin_crawler.items.kinds import KINDS

POST = "aweme_list[]"


def test_parts_lists_and_places() -> None:
    fed = columns("aweme_post", ())
    assert [str(c) for c in fed[f"{POST}.statistics.digg_count"]] == [
        "posts.digg_count"
    ]
    assert sorted(str(c) for c in fed[f"{POST}.author.nickname"]) == [
        "posts.author.nickname",
        "users.nickname",
    ]
    (moment,) = fed[f"{POST}.create_time"]
    assert (moment.type, moment.is_list) == (datetime, False)
    (address,) = fed[f"{POST}.video.bit_rate[].play_addr.url_list"]
    assert str(address) == "posts.video.bit_rate[].play_addr.url_list"
    assert (address.type, address.is_list) == (str, True)
    assert [str(c) for c in fed[f"{POST}.text_extra[].start"]] == [
        "posts.hashtags[].start",
        "posts.mentions[].start",
    ]


def test_of_several_places_the_better_ones_that_are_answered() -> None:
    paths = (f"{POST}.music.id_str", f"{POST}.music.id")
    fed = columns("aweme_post", paths)
    assert {c.better for c in fed[paths[0]]} == {()}
    assert {c.better for c in fed[paths[1]]} == {(paths[0],)}
    assert {c.better for c in columns("aweme_post", ())[paths[1]]} == {()}


def test_what_stands_beside_the_records() -> None:
    assert [str(c) for c in columns("hot_search_list", ())["data.active_time"]] == [
        "hot_words.active_time"
    ]

    fed = columns("user_profile_self", ())
    counts = "user_collect_count.collect_count_list"
    assert [str(c) for c in fed[counts]] == ["users.collect_count_list"]
    assert [str(c) for c in fed[f"{counts}[].item_type"]] == [
        "users.collect_count_list[].item_type"
    ]


def test_every_kind_is_fed() -> None:
    fed = {kind for records in RECORDS.values() for kind, _ in records}
    assert fed == set(KINDS)

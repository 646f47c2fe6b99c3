from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.post import Post, parse_post
from tests.items import captured
from tests.items.mapping import PATHS, differences
from tests.items.places import changed, paths
from tests.items.strategies import ODD
from tests.items.typed import wrong_types
from tests.support import samples
from tests.support.shared import needs_shared

SAMPLE = samples.post()
PLACES = paths(SAMPLE)


def parsed(value: Any) -> Post:
    """Return the post of *value*, which must be one."""
    post = parse_post(value)
    assert post is not None
    return post


def test_every_typed_field_is_read_from_its_place() -> None:
    assert differences(parsed(SAMPLE), SAMPLE) == []


def test_the_sample_has_a_value_for_every_field() -> None:
    post = parsed(SAMPLE)
    assert [f.name for f in fields(post) if getattr(post, f.name) in (None, [])] == []
    for kind, places in PATHS.items():
        assert places.keys() <= {part.name for part in fields(kind)}


@needs_shared
def test_captured_posts_value_by_value() -> None:
    for value in captured.posts():
        post = parsed(value)
        assert differences(post, value) == []
        assert wrong_types(post) == []


@needs_shared
def test_a_captured_post_in_words() -> None:
    post = parsed(captured.load("aweme_post/page_2024-03.json")["aweme_list"][0])
    assert post.aweme_id == "7331282357997579691"
    assert post.create_time == datetime(2024, 2, 3, 8, 1, 27, tzinfo=UTC)
    assert (post.digg_count, post.comment_count) == (53_304, 595)
    assert post.url == "https://www.douyin.com/video/7331282357997579691"
    assert post.hashtags is not None
    assert post.hashtags[0].hashtag_name == "新春吃喝玩乐节"
    assert post.video is not None
    assert post.video.bit_rate is not None
    assert len(post.video.bit_rate) == 11
    assert post.video.bit_rate[0].HDR_type is None


@given(st.sampled_from(PLACES), ODD)
def test_any_value_anywhere_leaves_a_post_of_the_right_types(
    place: str, value: Any
) -> None:
    post = parse_post(changed(SAMPLE, place, value))
    if place != "aweme_id":
        assert post is not None
    if post is not None:
        assert wrong_types(post) == []


@given(ODD)
def test_anything_is_a_post_or_none(value: Any) -> None:
    post = parse_post(value)
    assert post is None or wrong_types(post) == []


@given(st.dictionaries(st.sampled_from(sorted(SAMPLE)), ODD))
def test_any_members_leave_a_post_of_the_right_types(members: Any) -> None:
    post = parse_post({**members, "aweme_id": samples.AWEME_ID})
    assert post is not None
    assert wrong_types(post) == []


@pytest.mark.parametrize(
    "value", [None, "", 0, "0", -5, "-5", True, [], {}, 7e18, "a b"]
)
def test_a_post_without_a_usable_id_is_none(value: Any) -> None:
    assert parse_post(changed(SAMPLE, "aweme_id", value)) is None


def test_an_id_may_be_a_number() -> None:
    value = changed(SAMPLE, "aweme_id", int(samples.AWEME_ID))
    assert parsed(value).aweme_id == samples.AWEME_ID


def test_ids_that_lose_digits_are_read_from_their_twins() -> None:
    value = changed(SAMPLE, "music.id", 7_300_000_000_000_000_000)
    value = changed(value, "author_user_id", 1)
    post = parsed(value)
    assert post.music is not None
    assert post.music_id == post.music.id == "7300000000000000123"
    assert post.author_user_id == "62700000001"
    del value["music"]["id_str"], value["music"]["mid"], value["author"]
    post = parsed(value)
    assert post.music_id == "7300000000000000000"
    assert post.author_user_id == "1"
    assert post.sec_uid is None


def test_a_post_is_pictures_where_it_has_any() -> None:
    assert parsed(SAMPLE).url == f"https://www.douyin.com/note/{samples.AWEME_ID}"
    nothing: list[Any] = [None, [], [None, {}], {}]
    for images in nothing:
        post = parsed(changed(SAMPLE, "images", images))
        assert post.url == f"https://www.douyin.com/video/{samples.AWEME_ID}"


def test_what_a_share_link_says_about_who_asked_is_left_out() -> None:
    assert "secret" not in str(parsed(SAMPLE))


def test_no_private_field_is_typed() -> None:
    text = json.dumps(SAMPLE, ensure_ascii=False)
    post = str(parsed(SAMPLE))
    for private in ("1990-01-01", "138****0000", "某大学"):
        assert private in text
        assert private not in post


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("is_top", "1", True),
        ("is_top", 0, False),
        ("is_top", 7, None),
        ("create_time", "1706947287", datetime(2024, 2, 3, 8, 1, 27, tzinfo=UTC)),
        ("create_time", 0, None),
        ("create_time", 1_706_947_287_000, None),
        ("desc", "", ""),
        ("desc", None, None),
        ("region", "", None),
        ("region", 86, "86"),
        ("duration", "7801", 7_801),
        ("duration", 7801.0, 7_801),
        ("duration", 7801.5, None),
        ("duration", float("nan"), None),
        ("cha_list", {}, None),
        ("cha_list", [], []),
        ("cha_list", {"cid": 5}, [{"cid": "5"}]),
        ("video", [], None),
        ("text_extra", {}, None),
    ],
)
def test_values_of_other_types(field: str, value: Any, expected: Any) -> None:
    post = parsed(changed(SAMPLE, field, value))
    typed = getattr(post, "hashtags" if field == "text_extra" else field)
    if isinstance(expected, list) and expected:
        assert [{"cid": part.cid} for part in typed] == expected
    else:
        assert typed == expected
        assert type(typed) is type(expected)

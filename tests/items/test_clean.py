from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items import clean
from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.hot_word import HotWord
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.user import parse_user
from tests.items import captured
from tests.items.places import changed, paths
from tests.items.strategies import ODD_NUMBERS, ODD_TEXTS, TEXTS
from tests.items.typed import wrong_types
from tests.support import samples
from tests.support.shared import needs_shared

SAMPLE = samples.post()
PLACES = paths(SAMPLE)


def leaves(item: Any) -> list[Any]:
    """Return every value in *item* that holds no others."""
    if is_dataclass(item):
        parts = [getattr(item, part.name) for part in fields(item)]
    elif isinstance(item, list):
        parts = item
    else:
        return [item]
    return [leaf for part in parts for leaf in leaves(part)]


def post_with(place: str, value: Any) -> Post:
    """Return the sample post with *value* at *place*."""
    post = parse_post(changed(SAMPLE, place, value))
    assert post is not None
    return post


def test_a_clean_item_is_given_back_itself() -> None:
    post = post_with("desc", 'quotes " and \\, "digg_count":12345')
    assert clean_item(post) == (post, Counter())
    assert clean_item(post)[0] is post


@needs_shared
def test_captured_items_are_clean() -> None:
    items = [parse_post(value) for value in captured.posts()]
    for item in [*items, *(parse_user(value) for value in captured.users())]:
        assert item is not None
        assert clean_item(item)[1] == Counter()


@pytest.mark.parametrize(
    ("place", "value", "expected", "reason"),
    [
        ("statistics.digg_count", 2**63, None, "big_integer"),
        ("statistics.digg_count", -(2**63) - 1, None, "big_integer"),
        ("statistics.digg_count", str(2**64), None, "big_integer"),
        ("statistics.digg_count", 10**100, None, "big_integer"),
        ("statistics.digg_count", 2**63 - 1, 2**63 - 1, None),
        ("statistics.digg_count", -(2**63), -(2**63), None),
        ("desc", "a\0b\0", "ab", "nul"),
        ("desc", "\0", "", "nul"),
        ("desc", "海\ud83d", "海\ufffd", "half_surrogate"),
        ("desc", "\ude00\ud83d", "\ufffd\ufffd", "half_surrogate"),
        ("desc", "😀", "😀", None),
    ],
)
def test_repairs(place: str, value: Any, expected: Any, reason: str | None) -> None:
    post, counts = clean_item(post_with(place, value))
    assert getattr(post, place.rpartition(".")[2]) == expected
    assert counts == Counter({reason: 1} if reason else {})


@pytest.mark.parametrize("numbers", [[2**63], [1, -(2**70), 5], [-1, 2**64]])
def test_integers_in_lists(numbers: Any) -> None:
    word = HotWord(
        id="a",
        board="main",
        list="ranked",
        word="a",
        observed_at=datetime(2026, 1, 5, tzinfo=UTC),
        word_sub_board=numbers,
    )
    after, counts = clean_item(word)
    assert counts == {"big_integer": 1}
    assert after.word_sub_board == [n for n in numbers if abs(n) < 2**63]


def test_repairs_in_depth_are_counted_one_for_each_value() -> None:
    value = changed(SAMPLE, "video.bit_rate.1.play_addr.data_size", 2**70)
    value = changed(value, "author.nickname", "\ud83d\0")
    value = changed(value, "images.1.url_list.0", "https://a/\0")
    before = parse_post(value)
    assert before is not None
    after, counts = clean_item(before)
    assert counts == {"big_integer": 1, "nul": 2, "half_surrogate": 1}
    assert after.video is not None
    assert after.video.bit_rate is not None
    assert after.video.bit_rate[1].play_addr is not None
    assert after.video.bit_rate[1].play_addr.data_size is None
    assert after.author is not None
    assert after.author.nickname == "\ufffd"
    assert before.author is not None
    assert before.author.nickname == "\ud83d\0"


@given(st.sampled_from(PLACES), TEXTS | ODD_TEXTS | ODD_NUMBERS | st.integers())
def test_the_quick_look_misses_nothing(place: str, value: Any) -> None:
    post = parse_post(changed(SAMPLE, place, value))
    if post is None:
        return
    counts: Counter[str] = Counter()
    assert clean_item(post) == (clean._repaired(post, counts), counts)
    cleaned = clean_item(post)[0]
    assert wrong_types(cleaned) == []
    for leaf in leaves(cleaned):
        if isinstance(leaf, str):
            assert "\0" not in leaf
            leaf.encode()
        elif isinstance(leaf, int):
            assert -(2**63) <= leaf < 2**63

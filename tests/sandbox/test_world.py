from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douyin_crawler.sandbox.world import (
    BIG,
    EPOCH,
    GONE,
    MANY,
    NONE,
    ONE,
    PRIVATE,
    SELF,
    World,
)
from douyin_crawler.sandbox.world_counters import post_counters, user_counters
from douyin_crawler.sandbox.world_ids import Ids
from douyin_crawler.sandbox.world_text import describe, nickname

WORLD = World(seed=7, users=2000, day=40)


def test_a_seed_and_a_day_give_the_same_world() -> None:
    again = World(seed=7, users=2000, day=40)
    for index in (0, 5, 77, 1999):
        assert again.user(index) == WORLD.user(index)
        assert again.listed(index) == WORLD.listed(index)
        assert user_counters(again, index) == user_counters(WORLD, index)


def test_another_seed_gives_another_world() -> None:
    other = World(seed=8, users=2000, day=40)
    assert other.user(3).sec_uid != WORLD.user(3).sec_uid
    assert other.user_of(WORLD.user(3).sec_uid) is None


@given(st.integers(0, 200_000), st.integers(0, 2**32))
@settings(max_examples=60)
def test_ids_of_users_lead_back(index: int, seed: int) -> None:
    ids = Ids(seed)
    sec_uid = ids.sec_uid(index)
    assert sec_uid.startswith("MS4wLjABAAAA")
    assert len(sec_uid) in {55, 76}
    assert ids.user_of_sec_uid(sec_uid) == index
    assert ids.user_of_sec_uid(sec_uid[:-1] + "!") is None
    assert ids.user_of_handle(ids.handle(index)) in {index, None}
    assert ids.user_of_handle(ids.short_id(index)) == index


@given(st.integers(0, 200_000), st.integers(0, 16_000), st.integers(0, 10**8))
@settings(max_examples=60)
def test_ids_of_posts_lead_back(user: int, post: int, age: int) -> None:
    ids = Ids(1)
    aweme_id = ids.aweme_id(user, post, EPOCH - age)
    assert len(aweme_id) == 19
    assert int(aweme_id) >> 32 == EPOCH - age
    assert ids.post_of_aweme_id(aweme_id) == (user, post, EPOCH - age)
    assert ids.target_of_code(ids.short_code("post", user, post)) == (
        "post",
        (user, post, 0),
    )


@given(st.text(max_size=90))
def test_ids_never_given_out_lead_nowhere(text: str) -> None:
    assert WORLD.user_of(text) is None
    assert WORLD.user_of(f"MS4wLjABAAAA{text}") is None
    assert WORLD.post_of(text) is None
    assert WORLD.user_of_handle(text) is None
    assert WORLD.ids.target_of_code(text) is None


def test_both_lengths_of_sec_uid_occur() -> None:
    lengths = {len(WORLD.user(index).sec_uid) for index in range(50)}
    assert lengths == {55, 76}


def test_posts_stand_in_the_order_of_their_times() -> None:
    for index in range(0, 400, 7):
        user = WORLD.user(index)
        times = [WORLD.created(user, i) for i in range(WORLD.size(index))]
        assert times == sorted(set(times))
        assert all(time < WORLD.now for time in times)


def test_a_post_is_found_by_its_id_alone() -> None:
    post = WORLD.listed(MANY)[3]
    assert WORLD.post_of(post.id) == post
    assert WORLD.post_of(str(int(post.id) + 1)) is None


def test_the_named_users_are_of_their_kinds() -> None:
    assert 270 <= len(WORLD.listed(MANY)) <= 290
    assert len(WORLD.listed(ONE)) == 1
    assert WORLD.listed(NONE) == []
    assert WORLD.user(PRIVATE).private
    assert WORLD.listed_count(PRIVATE) > 0
    assert WORLD.listed(PRIVATE) == []
    assert WORLD.user_of(WORLD.user(GONE).sec_uid) is None
    assert len(WORLD.listed(BIG)) > 1000
    assert len(WORLD.listed(SELF)) > 10


def test_counters_move_from_day_to_day_and_both_ways() -> None:
    post = next(p for p in WORLD.listed(BIG)[200:] if not p.dead)
    days = [
        post_counters(World(seed=7, users=2000, day=day), post)["digg_count"]
        for day in range(40, 60)
    ]
    steps = [after - before for before, after in pairwise(days)]
    assert any(step > 0 for step in steps)
    assert any(step < 0 for step in steps)


def test_a_later_day_has_more_posts_and_loses_none() -> None:
    later = World(seed=7, users=2000, day=140)
    grown = 0
    for index in range(60):
        before = [post.id for post in WORLD.listed(index)]
        after = [post.id for post in later.listed(index)]
        assert after[len(after) - len(before) :] == before
        grown += len(after) > len(before)
    assert grown > 5


def test_tags_and_mentions_stand_where_the_text_says() -> None:
    kinds = set()
    for index in range(300):
        described = describe(WORLD, MANY, index)
        units = described.text.encode("utf-16-le")
        for entry in described.extra:
            part = units[entry["start"] * 2 : entry["end"] * 2].decode("utf-16-le")
            kinds.add(entry["type"])
            if entry["type"] == 1:
                assert part == f"#{entry['hashtag_name']}"
            else:
                user = WORLD.user_of(entry["sec_uid"])
                assert user is not None
                assert part == f"@{nickname(WORLD, user.index)}"
    assert kinds == {0, 1}


@pytest.mark.parametrize("cursor", [1, 10**12, 10**13, 2**63])
def test_any_cursor_is_understood(cursor: int) -> None:
    older = WORLD.older_than(MANY, cursor)
    user = WORLD.user(MANY)
    times = [WORLD.created(user, i) * 1000 for i in range(WORLD.size(MANY))]
    assert older == sum(time < cursor for time in times)

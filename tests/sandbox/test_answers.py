from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from douyin_crawler.sandbox.answers import WorldAnswers
from douyin_crawler.sandbox.ask import Ask
from douyin_crawler.sandbox.world import (
    BIG,
    GAPPED,
    GONE,
    MANY,
    NONE,
    ONE,
    PRIVATE,
    SELF,
    World,
)
from douyin_crawler.sandbox.world_counters import post_counters

WORLD = World(seed=3, users=200, day=12)
ANSWERS = WorldAnswers(WORLD)
NOW = 1_790_000_000.0


def ask(logged_in: bool = True, **params: object) -> Ask:
    texts = {name: str(value) for name, value in params.items()}
    return Ask(texts, logged_in, NOW, "20260101000000AB")


def page(user: int, *, logged_in: bool = True, **params: object) -> dict[str, Any]:
    sec_user_id = WORLD.user(user).sec_uid
    body = ANSWERS.posts(ask(logged_in, sec_user_id=sec_user_id, **params))
    decoded: dict[str, Any] = json.loads(body)
    return decoded


def walk(user: int, count: int = 18) -> list[dict[str, Any]]:
    pages = [page(user, max_cursor=0, count=count)]
    while pages[-1]["has_more"]:
        cursor = pages[-1]["max_cursor"]
        pages.append(page(user, max_cursor=cursor, count=count))
    return pages


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [post["aweme_id"] for shown in pages for post in shown["aweme_list"]]


@pytest.mark.parametrize("user", [MANY, ONE, NONE, GAPPED, SELF, 8, 9, 30, 64])
@pytest.mark.parametrize("count", [18, 50])
def test_a_walk_ends_with_exactly_the_truth(user: int, count: int) -> None:
    seen = ids(walk(user, count))
    truth = [post.id for post in WORLD.listed(user)]
    assert list(dict.fromkeys(sorted(seen))) == sorted(truth)
    repeated = {post for post, times in Counter(seen).items() if times > 1}
    assert repeated == {post.id for post in WORLD.pinned(user)}


def test_cursors_move_backwards_in_time() -> None:
    cursors = [shown["max_cursor"] for shown in walk(BIG)]
    assert cursors == sorted(set(cursors), reverse=True)


def test_pinned_posts_stand_first_beyond_the_page_size() -> None:
    first = walk(MANY)[0]
    tops = [post for post in first["aweme_list"] if post["is_top"]]
    assert len(tops) == 3
    assert first["aweme_list"][:3] == tops
    rest = [post["create_time"] for post in first["aweme_list"][3:]]
    assert rest == sorted(rest, reverse=True)
    assert any(post["create_time"] < rest[-1] for post in tops)


def test_pages_are_short_and_empty_in_the_middle() -> None:
    sizes = [len(shown["aweme_list"]) for shown in walk(GAPPED)]
    assert 0 in sizes[1:-1]
    assert any(0 < size < 18 for size in sizes[1:-1])


def test_large_counts_are_cut_to_fifty() -> None:
    assert 40 <= len(page(BIG, max_cursor=0, count=500)["aweme_list"]) <= 53


def test_the_envelope_is_the_captured_one() -> None:
    first = page(MANY, max_cursor=0, count=18)
    assert first["min_cursor"] >= first["max_cursor"]
    assert first["max_cursor"] == first["aweme_list"][-1]["create_time"] * 1000
    assert first["status_code"] == 0
    assert first["time_list"] is None
    assert first["log_pb"] == {"impr_id": "20260101000000AB"}
    assert "not_login_module" not in first


def test_a_visitor_meets_the_wall_on_page_two() -> None:
    first = page(MANY, logged_in=False, max_cursor=0, count=18)
    assert first["has_more"] == 1
    assert first["not_login_module"]["guide_login_tip_exist"] is True
    params = {"sec_user_id": WORLD.user(MANY).sec_uid, "count": 18}
    second = ask(False, max_cursor=first["max_cursor"], **params)
    assert ANSWERS.posts(second) == b'{"status_code":0}'


def test_a_private_account_shows_nothing_but_its_count() -> None:
    shown = page(PRIVATE, max_cursor=0, count=18)
    assert (shown["aweme_list"], shown["has_more"]) == ([], 0)
    sec_user_id = WORLD.user(PRIVATE).sec_uid
    user = json.loads(ANSWERS.profile(ask(sec_user_id=sec_user_id)))["user"]
    assert (user["secret"], user["special_state_info"]["special_state"]) == (1, 4)
    assert user["aweme_count"] > 0


@pytest.mark.parametrize("params", [{"max_cursor": "x"}, {"count": "-1"}])
def test_wrong_parameters_are_named(params: dict[str, str]) -> None:
    own = {"sec_user_id": WORLD.user(MANY).sec_uid, **params}
    assert json.loads(ANSWERS.posts(ask(True, **own)))["status_code"] == 5


def test_profiles_agree_with_the_list() -> None:
    for index in (MANY, ONE, NONE, 20):
        sec_user_id = WORLD.user(index).sec_uid
        user = json.loads(ANSWERS.profile(ask(sec_user_id=sec_user_id)))["user"]
        assert user["sec_uid"] == sec_user_id
        assert user["aweme_count"] == len(WORLD.listed(index))


def test_an_unknown_user_has_no_profile() -> None:
    for sec_user_id in (WORLD.user(GONE).sec_uid, "MS4wLjABAAAAnobody", ""):
        answer = json.loads(ANSWERS.profile(ask(sec_user_id=sec_user_id)))
        assert answer["status_code"] == 2
        assert "user" not in answer


def test_the_detail_of_a_post_is_the_listed_post() -> None:
    listed = page(MANY, max_cursor=0, count=18)["aweme_list"][5]
    found = json.loads(ANSWERS.detail(ask(aweme_id=listed["aweme_id"])))
    assert found["filter_detail"] is None
    for name in ("aweme_id", "desc", "author", "text_extra", "images"):
        assert found["aweme_detail"][name] == listed[name]
    for name in ("statistics", "video"):
        assert listed[name].items() <= found["aweme_detail"][name].items()


def test_posts_that_are_not_there_say_why() -> None:
    hidden = next(post for i in range(200) if (post := WORLD.post(MANY, i)).hidden)
    cases = {hidden.id: "status_self_see", "7331282357997579691": "core_dep"}
    for aweme_id, reason in cases.items():
        answer = json.loads(ANSWERS.detail(ask(aweme_id=aweme_id)))
        assert answer["aweme_detail"] is None
        assert answer["filter_detail"]["filter_reason"] == reason


def test_counters_are_those_of_the_day() -> None:
    for post in page(MANY, max_cursor=0, count=18)["aweme_list"]:
        known = WORLD.post_of(post["aweme_id"])
        assert known is not None
        assert post["statistics"] == post_counters(WORLD, known)


def test_every_kind_of_media_occurs() -> None:
    posts = [post for shown in walk(BIG, 50) for post in shown["aweme_list"]]
    galleries = [post for post in posts if post["images"]]
    assert {post["aweme_type"] for post in galleries} == {68}
    live = [image for post in galleries for image in post["images"] if "video" in image]
    assert all(image["live_photo_type"] == 1 for image in live)
    assert live
    assert any(len(post["video"]["bit_rate"] or []) > 2 for post in posts)
    assert any(post["status"]["is_delete"] for post in posts)
    assert {"ip_label" in post for post in posts} == {True, False}
    urls = [post["video"]["play_addr"]["url_list"] for post in posts]
    assert [] in urls


def test_mixes_and_songs_come_again() -> None:
    mixes, songs = Counter[str](), Counter[str]()
    for user in range(40):
        for post in page(user, max_cursor=0, count=50)["aweme_list"]:
            songs[post["music"]["mid"]] += 1
            mixes[post.get("mix_info", {}).get("mix_id", "")] += 1
    del mixes[""]
    assert max(mixes.values()) > 1
    assert max(songs.values()) > 1


def test_the_login_test_tells_members_from_visitors() -> None:
    visitor = json.loads(ANSWERS.own_profile(ask(False)))
    assert (visitor["status_code"], visitor["user"]) == (8, None)
    assert visitor["status_msg"] == "用户未登录"
    member = json.loads(ANSWERS.own_profile(ask()))
    assert member["user"]["uid"] == WORLD.user(SELF).uid

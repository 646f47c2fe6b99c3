from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from douyin_crawler.sandbox.answers import WorldAnswers
from douyin_crawler.sandbox.ask import Ask
from douyin_crawler.sandbox.world import World

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox
    from tests.sandbox.client import Client

WORLD = World(seed=3, users=100, day=12)
ANSWERS = WorldAnswers(WORLD, feed_posts=60)


def feed(turn: int | str, session: str = "a", answers: WorldAnswers = ANSWERS) -> Any:
    asked = Ask({"refresh_index": str(turn)}, True, 1_790_000_000.0, "x", session)
    return json.loads(answers.feed(asked))


def posts(answer: Any) -> list[dict[str, Any]]:
    cards = answer["aweme_list"]
    return [c for c in cards if c["aweme_type"] != 101 and not c["is_ads"]]


def stream(turns: int, session: str = "a") -> list[str]:
    answers = (feed(turn, session) for turn in range(1, turns + 1))
    return [post["aweme_id"] for answer in answers for post in posts(answer)]


def test_no_post_comes_twice_until_all_have_come() -> None:
    ids = stream(40)
    pool = {post.id for post in ANSWERS.feed_pool()}
    assert len(pool) == 60
    assert set(ids[:60]) == pool
    assert set(ids[60:]) <= pool
    assert len(ids) > 100


def test_a_session_sees_an_order_of_its_own_and_always_the_same() -> None:
    assert stream(5) == stream(5)
    assert stream(5) != stream(5, "b")
    again = WorldAnswers(World(seed=3, users=100, day=12), feed_posts=60)
    assert posts(feed(3, answers=again)) == posts(feed(3))


def test_answers_are_small_and_never_the_last() -> None:
    for turn in range(1, 40):
        answer = feed(turn)
        assert (answer["status_code"], answer["has_more"]) == (0, 1)
        assert 2 <= len(posts(answer)) <= 6
        assert "max_cursor" not in answer


def test_rooms_and_advertisements_stand_between() -> None:
    cards = [card for turn in range(1, 60) for card in feed(turn)["aweme_list"]]
    rooms = [card for card in cards if card["aweme_type"] == 101]
    assert rooms
    for room in rooms:
        assert room["video"] is None
        assert json.loads(room["cell_room"]["rawdata"])["id_str"] == room["aweme_id"]
    advertisements = [card for card in cards if card["is_ads"]]
    pool = {post.id for post in ANSWERS.feed_pool()}
    assert advertisements
    assert not pool & {card["aweme_id"] for card in advertisements + rooms}
    assert all(card["cell_room"] is None for card in cards if card not in rooms)


def test_authors_are_poorer_than_in_the_list() -> None:
    for post in posts(feed(1)):
        user = WORLD.user_of(post["author"]["sec_uid"])
        assert user is not None
        assert post["author"]["uid"] == user.uid
        for name in ("follower_count", "aweme_count"):
            assert post["author"][name] == 0
        assert post["author"]["signature"] == ""
        assert post["author"]["room_data"] == ""


def test_a_post_is_the_same_as_in_its_detail() -> None:
    for post in posts(feed(2)):
        asked = Ask({"aweme_id": post["aweme_id"]}, True, 1_790_000_000.0, "x")
        detail = json.loads(ANSWERS.detail(asked))["aweme_detail"]
        for name in ("desc", "create_time", "duration", "aweme_type"):
            assert post[name] == detail[name]
        for name in ("digg_count", "comment_count", "share_count"):
            assert post["statistics"][name] == detail["statistics"][name]
        assert post["statistics"]["admire_count"] is None


def test_a_wrong_index_is_a_wrong_parameter() -> None:
    assert feed("x")["status_code"] == 5


def test_an_empty_pool_is_an_empty_answer() -> None:
    empty = WorldAnswers(WORLD, feed_posts=0)
    assert all(posts(feed(turn, answers=empty)) == [] for turn in range(1, 9))


async def test_it_is_for_members(
    sandbox: Sandbox, member: Client, visitor: Client
) -> None:
    answer = await member.api("tab/feed/", refresh_index=1)
    assert answer.value["aweme_list"]
    refused = await visitor.api("tab/feed/", refresh_index=1)
    assert (refused.status, refused.body) == (200, b"")
    assert sandbox.log.entries()[-1]["refused"] == "login"
    visitor.cookies["sessionid"] = "0" * 32
    expired = await visitor.api("tab/feed/", refresh_index=1)
    assert expired.value["status_code"] == 8


async def test_the_truth_is_told(sandbox: Sandbox, member: Client) -> None:
    async def truth(query: str) -> Any:
        url = f"{sandbox.url}/_sandbox/truth?{query}"
        async with member._session.get(url) as answer:
            return await answer.json()

    assert len((await truth("feed"))["posts"]) == 300
    assert len((await truth("board=main"))["ranked"]) == 50
    aweme_id = sandbox.made_up.feed_pool()[0].id
    known = await truth(f"aweme_id={aweme_id}")
    page = await member.api("comment/list/", aweme_id=aweme_id, cursor=0, count=20)
    assert page.value["total"] == known["total"]
    assert "error" in await truth("aweme_id=1")

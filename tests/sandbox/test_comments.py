from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox import truth
from douyin_crawler.sandbox.answers import WorldAnswers
from douyin_crawler.sandbox.ask import Ask
from douyin_crawler.sandbox.world import BIG, PRIVATE, World
from douyin_crawler.sandbox.world_comments import comments_of
from douyin_crawler.sandbox.world_counters import comment_count, post_counters
from douyin_crawler.sandbox.world_names import COMMENTS, named_posts
from douyin_crawler.sandbox.world_text import nickname

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox
    from douyin_crawler.sandbox.world import Post
    from tests.sandbox.client import Client

WORLD = World(seed=3, users=200, day=12)
ANSWERS = WorldAnswers(WORLD)
POSTS = named_posts(WORLD)


def ask(**params: object) -> Ask:
    texts = {name: str(value) for name, value in params.items()}
    return Ask(texts, False, 1_790_000_000.0, "20260101000000AB")


def page(post: Post, **params: object) -> dict[str, Any]:
    body = ANSWERS.comments(ask(aweme_id=post.id, **params))
    decoded: dict[str, Any] = json.loads(body)
    return decoded


def walk(post: Post, count: int = 20) -> list[dict[str, Any]]:
    """As the site asks: five, and then more at a time."""
    pages = [page(post, cursor=0, count=5)]
    while pages[-1]["has_more"]:
        pages.append(page(post, cursor=pages[-1]["cursor"], count=count))
    return pages


def shown(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [comment for one in pages for comment in one["comments"] or []]


def replies(post: Post, cid: str, count: int = 20) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor, more = 0, 1
    while more:
        asked = ask(item_id=post.id, comment_id=cid, cursor=cursor, count=count)
        answer = json.loads(ANSWERS.replies(asked))
        found += answer["comments"] or []
        assert answer["cursor"] == cursor + count
        cursor, more = answer["cursor"], answer["has_more"]
    return found


@pytest.mark.parametrize("name", COMMENTS)
@pytest.mark.parametrize("count", [20, 50])
def test_a_walk_ends_with_exactly_the_truth(name: str, count: int) -> None:
    seen = {comment["cid"] for comment in shown(walk(POSTS[name], count))}
    assert seen == set(truth.of_post(WORLD, POSTS[name])["comments"])


@pytest.mark.parametrize("name", ["crowded", "ordinary", "few"])
def test_replies_end_with_exactly_the_truth(name: str) -> None:
    known = truth.of_post(WORLD, POSTS[name])["comments"]
    for cid, comment in list(known.items())[:40]:
        seen = [reply["cid"] for reply in replies(POSTS[name], cid, count=3)]
        assert seen == list(comment["replies"])
        assert len(seen) <= comment["reply_comment_total"]


def test_a_crowded_post_has_thousands_of_comments() -> None:
    of = comments_of(WORLD, POSTS["crowded"])
    assert of.total == sum(1 + size for size in of.sizes) == 3600
    known = truth.of_post(WORLD, POSTS["crowded"])["comments"]
    reached = sum(1 + len(comment["replies"]) for comment in known.values())
    assert 3000 < reached < of.total
    assert len(known) > 1000


def test_pages_overlap_and_are_short_and_null_in_the_middle() -> None:
    pages = walk(POSTS["crowded"])
    times = Counter(comment["cid"] for comment in shown(pages))
    assert 2 < sum(seen == 2 for seen in times.values()) < 40
    sizes = [len(one["comments"] or []) for one in pages[1:-1]]
    assert any(0 < size < 20 for size in sizes)
    assert any(one["comments"] is None for one in pages[1:-1])
    assert [one["cursor"] for one in pages[:3]] == [5, 25, 45]


def test_a_capped_post_ends_early() -> None:
    pages = walk(POSTS["capped"])
    assert 900 <= pages[-1]["cursor"] < 920
    assert pages[-1]["total"] == 4200
    assert len(comments_of(WORLD, POSTS["capped"]).sizes) > 1200


@pytest.mark.parametrize("name", ["silent", "closed"])
def test_no_comments_are_null(name: str) -> None:
    only = page(POSTS[name], cursor=0, count=5)
    assert (only["comments"], only["has_more"], only["total"]) == (None, 0, 0)


def test_closed_comments_show_in_the_post() -> None:
    for name in ("closed", "few"):
        answer = json.loads(ANSWERS.detail(ask(aweme_id=POSTS[name].id)))
        control = answer["aweme_detail"]["aweme_control"]
        assert control["can_comment"] is (name != "closed")
        assert control["can_share"] is True


def test_large_counts_are_cut_but_move_the_cursor() -> None:
    answer = page(POSTS["capped"], cursor=0, count=100)
    assert 40 < len(answer["comments"]) <= 50
    assert answer["cursor"] == 100


@pytest.mark.parametrize("params", [{"cursor": "x"}, {"count": "-1"}, {"count": "0"}])
def test_wrong_parameters_are_named(params: dict[str, str]) -> None:
    assert page(POSTS["few"], **params)["status_code"] == 5
    assert json.loads(ANSWERS.replies(ask(**params)))["status_code"] == 5


def test_posts_that_cannot_be_seen_have_no_comments() -> None:
    hidden = next(p for i in range(200) if (p := WORLD.post(BIG, i)).hidden)
    for aweme_id in (hidden.id, WORLD.post(PRIVATE, 3).id, "7331282357997579691"):
        answer = json.loads(ANSWERS.comments(ask(aweme_id=aweme_id)))
        assert answer["status_code"] == 2053


def test_a_comment_of_nobody_has_no_replies() -> None:
    for cid in ("x", "7331282357997579691", POSTS["few"].id):
        asked = ask(item_id=POSTS["few"].id, comment_id=cid)
        answer = json.loads(ANSWERS.replies(asked))
        assert (answer["comments"], answer["has_more"]) == (None, 0)


def test_first_replies_come_along_as_the_reply_list_shows_them() -> None:
    post = POSTS["crowded"]
    inline = [c for c in shown(walk(post)[:8]) if c["reply_comment"]]
    assert inline
    for comment in inline:
        brought = comment["reply_comment"]
        assert 1 <= len(brought) <= 3
        assert brought == replies(post, comment["cid"])[: len(brought)]
        assert {reply["reply_id"] for reply in brought} == {comment["cid"]}


def test_replies_say_whom_they_answer() -> None:
    post = POSTS["crowded"]
    first = comments_of(WORLD, post)
    found = replies(post, first.cid(first.top(0)))
    by_cid = {reply["cid"]: reply for reply in found}
    answering = [reply for reply in found if "reply_to_username" in reply]
    assert 20 < len(answering) < len(found)
    for reply in answering:
        to = by_cid.get(reply["reply_to_reply_id"])
        assert to is None or to["user"]["sec_uid"] == reply["reply_to_user_sec_id"]
    plain = {r["reply_to_reply_id"] for r in found if r not in answering}
    assert plain == {"0"}


def test_every_kind_of_content_occurs() -> None:
    comments = shown(walk(POSTS["crowded"], 50))
    stickers = [c for c in comments if "sticker" in c]
    assert {c["text"] for c in stickers} == {""}
    assert all(c["sticker"]["static_url"]["url_list"] for c in stickers)
    pictures = [c["image_list"] for c in comments if c["image_list"]]
    assert all(image["origin_url"]["url_list"] for each in pictures for image in each)
    assert {c["label_text"] for c in comments} == {"", "作者"}
    assert {c["is_author_digged"] for c in comments} == {True, False}
    assert any(not c["ip_label"] for c in comments)
    assert comments[0]["stick_position"] == 1


def test_mentions_stand_where_the_text_says() -> None:
    mentions = 0
    for comment in shown(walk(POSTS["crowded"], 50)):
        units = comment["text"].encode("utf-16-le")
        for entry in comment["text_extra"]:
            part = units[entry["start"] * 2 : entry["end"] * 2].decode("utf-16-le")
            user = WORLD.user_of(entry["sec_uid"])
            assert user is not None
            assert part == f"@{nickname(WORLD, user.index)}"
            mentions += 1
    assert mentions > 50


def test_ids_begin_with_the_time_and_are_unique() -> None:
    comments = shown(walk(POSTS["ordinary"]))
    found = [reply for c in comments for reply in replies(POSTS["ordinary"], c["cid"])]
    for comment in comments + found:
        assert int(comment["cid"]) >> 32 == comment["create_time"]
        assert comment["create_time"] > POSTS["ordinary"].created
    distinct = {c["cid"] for c in comments}
    assert len({r["cid"] for r in found} | distinct) == len(found) + len(distinct)


def test_the_copies_of_users_are_poor() -> None:
    for comment in shown(walk(POSTS["ordinary"])):
        user = WORLD.user_of(comment["user"]["sec_uid"])
        assert user is not None
        assert comment["user"]["uid"] == user.uid
        assert comment["user"]["follower_count"] == 0
        assert comment["user"]["signature"] == ""


def test_counts_agree_with_the_post_and_only_grow() -> None:
    later = World(seed=3, users=200, day=60)
    for post in WORLD.listed(BIG)[:60]:
        counted = post_counters(WORLD, post)["comment_count"]
        of = comments_of(WORLD, post)
        assert counted == of.total == sum(1 + size for size in of.sizes)
        assert comment_count(later, post) >= counted
        grown = comments_of(later, post)
        ids = [of.cid(of.top(i)) for i in range(min(len(of.sizes), 5))]
        assert [grown.cid(grown.top(i)) for i in range(len(ids))] == ids


async def test_visitors_see_comments_and_replies(
    sandbox: Sandbox, visitor: Client
) -> None:
    del visitor.cookies["UIFID_TEMP"]  # neither path asks for the third signature
    post = named_posts(sandbox.world)["crowded"]
    listed = await visitor.api("comment/list/", aweme_id=post.id, cursor=0, count=5)
    first = listed.value["comments"][0]
    asked = {"item_id": post.id, "comment_id": first["cid"], "cursor": 0, "count": 3}
    answer = await visitor.api("comment/list/reply/", **asked)
    assert answer.value["total"] == first["reply_comment_total"] > 100
    assert answer.value["comments"][0]["reply_id"] == first["cid"]
    del visitor.cookies["ttwid"]
    assert (await visitor.api("comment/list/", aweme_id=post.id)).body == b""

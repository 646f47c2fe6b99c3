"""The answers hold every field of the contract, nested as real answers nest them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.answers import WorldAnswers
from douyin_crawler.sandbox.ask import Ask
from douyin_crawler.sandbox.skeletons import template
from douyin_crawler.sandbox.world import MANY, PRIVATE, World
from douyin_crawler.sandbox.world_comments import comments_of
from douyin_crawler.sandbox.world_names import named_posts
from tests.support.shared import CAPTURES, ROOT, SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = SHARED / "api" / "contract.json"
PATHS = {
    "aweme_post": "aweme/post/",
    "user_profile_other": "user/profile/other/",
    "user_profile_self": "user/profile/self/",
    "comment_list": "comment/list/",
    "hot_search_list": "hot/search/list/",
    "tab_feed": "tab/feed/",
    "emoji_list": "emoji/list",
    "emoticon_trending": "im/resources/emoticon/trending",
    "im_user_info": "im/user/info/",
    "notice_detail": "notice/detail/",
}
NAMES = [*PATHS, "aweme_detail", "comment_list_reply"]
KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
}
# Null or a list: mostly or always null in contract and captures, or null at times.
VARYING = {"images", "interaction_stickers", "image_list", "reply_comment"}
VARYING |= {"word_sub_board", "mix_info", "cell_room", "similar_id_list_a"}
# Null of tags, not of people; null where nobody is mentioned.
OFTEN_NULL = {"sec_uid", "user_id", "text_extra"}
RARE = {"sticker", "room_count", "emo_label", "challenge_id", "position"}
RARE |= {"reply_to_user_sec_id", "reply_to_userid", "reply_to_username"}
RARE |= {"comment", "digg", "general_notice"}  # parts of a notice: one of them


def answer(name: str, user: int = MANY) -> Any:
    world = World(seed=1, users=20, day=1)
    answers = WorldAnswers(world)
    crowded = comments_of(world, named_posts(world)["crowded"])
    post = next(p for p in world.listed(MANY) if not p.dead)
    sec_user_id = world.user(user).sec_uid
    params = {"sec_user_id": sec_user_id, "aweme_id": post.id}
    keys = answers.notice_answers.notices.ids()[:40]
    pairs = [key.split(":") for key in keys]
    ids = [{"notice_id_str": nid, "type": int(kind)} for nid, kind in pairs]
    params |= {"id_list": json.dumps(ids), "sec_user_ids": json.dumps([sec_user_id])}
    params |= {"item_id": post.id, "comment_id": crowded.cid(crowded.top(0))}
    ask = {
        "aweme_post": answers.posts,
        "aweme_detail": answers.detail,
        "user_profile_other": answers.profile,
        "user_profile_self": answers.own_profile,
        "comment_list": answers.comments,
        "comment_list_reply": answers.replies,
        "hot_search_list": answers.hot_list,
        "tab_feed": answers.feed,
        "emoji_list": answers.emojis,
        "emoticon_trending": answers.stickers,
        "im_user_info": answers.user_infos,
        "notice_detail": answers.notice_details,
    }[name]
    count = "50" if name.startswith("comment") else "18"
    value = json.loads(ask(Ask({**params, "count": count}, True, 1.79e9, "x")))
    if name == "tab_feed":  # several answers of the stream in one
        for turn in range(2, 30):
            more = {"refresh_index": str(turn)}
            page = json.loads(answers.feed(Ask(more, True, 1.79e9, "x")))
            value["aweme_list"] += page["aweme_list"]
    return value


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every member, without the places in lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)


def strays(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """Where a value is not of its template's type, or a member is missing."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no object"
            return
        for name, inner in shape.items():
            if name not in value:
                yield from [] if name in RARE else [f"{path}.{name} is missing"]
            elif name not in VARYING and not (inner == "null" and name in OFTEN_NULL):
                yield from strays(inner, value[name], f"{path}.{name}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for inner in value:
            yield from strays(shape[0] if shape else "null", inner, f"{path}[]")
    elif not isinstance(value, KINDS[shape]) or (
        shape == "number" and isinstance(value, bool)
    ):
        yield f"{path}: {value!r} is no {shape}"


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_the_shape_is_there_in_its_type(name: str) -> None:
    value = answer(name)
    if name == "aweme_post":  # a dead post has no media: another test's matter
        value["aweme_list"] = [
            post for post in value["aweme_list"] if not post["status"]["is_delete"]
        ]
        assert len(value["aweme_list"]) > 10
    if name == "tab_feed":
        value["aweme_list"] = [p for p in value["aweme_list"] if p["cell_room"] is None]
    if name == "notice_detail":
        value["notice_list_v2"] = [
            n for n in value["notice_list_v2"] if n.get("digg", n).get("comment", n)
        ]
    assert list(strays(template(name), value)) == []


@needs_shared
@pytest.mark.parametrize("name", PATHS)
def test_every_field_of_the_contract_occurs(name: str) -> None:
    contract = json.loads(CONTRACT.read_text("utf-8"))
    entry = next(e for e in contract if e["path"].endswith(f"web/{PATHS[name]}"))
    fields = {top["name"] for top in entry["response"]} | {
        inner["name"] for top in entry["response"] for inner in top.get("inside", [])
    }
    occurring = {path[-1] for path in leaves(answer(name))}
    occurring |= {path[-1] for path in leaves(answer(name, PRIVATE))}
    assert fields - occurring == set()


@needs_shared
@pytest.mark.parametrize(
    "name", [n for n in NAMES if n not in {"user_profile_self", "tab_feed"}]
)
def test_nesting_agrees_with_the_captures(name: str) -> None:
    known = set(leaves(template(name)))
    for file in sorted((CAPTURES / name).glob("*.json")):
        assert set(leaves(json.loads(file.read_text("utf-8")))) - known == set()
    answered = set(leaves(answer(name))) | set(leaves(answer(name, PRIVATE)))
    if name == "comment_list_reply":  # stickers are rare
        answered |= {p for p in leaves(template(name)) if "sticker" in p}
    missing = {path for path in known - answered if not VARYING & set(path[:-1])}
    assert missing == set()


@needs_shared
def test_the_shapes_are_those_of_the_contract(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.delitem(sys.modules, "nest_contract", raising=False)
    import nest_contract

    made = nest_contract.shapes(json.loads(CONTRACT.read_text("utf-8")), CAPTURES)
    assert made == {name: template(name) for name in NAMES}

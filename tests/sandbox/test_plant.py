"""A planted person shows up in every place where a person can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from douyin_crawler.sandbox.world import MANY
from douyin_crawler.sandbox.world_names import named_posts
from tests.sandbox.client import sec_uid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.sandbox.server import Sandbox
    from tests.sandbox.client import Client

PERSON = {
    "sec_uid": "MS4wLjABAAAAplantedplantedplantedplantedplantedplantedp",
    "uid": "99887766554433",
    "nickname": "种下的人",
    "unique_id": "planted_person_1",
}


async def plant(client: Client, **changed: str) -> None:
    await client.control("plant", "POST", {**PERSON, **changed})


def holders(value: Any, path: str = "") -> Iterator[str]:
    """The paths, without places in lists, at which the person's ids or name stand."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from holders(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from holders(inner, path)
    elif isinstance(value, str) and any(v in value for v in PERSON.values()):
        yield path


async def test_they_have_a_profile_and_posts(member: Client) -> None:
    await plant(member)
    asked = {"sec_user_id": PERSON["sec_uid"]}
    user = (await member.api("user/profile/other/", **asked)).value["user"]
    assert {name: user[name] for name in PERSON} == PERSON
    page = (await member.api("aweme/post/", **asked)).value
    assert len(page["aweme_list"]) > 10
    assert {p["author"]["nickname"] for p in page["aweme_list"]} == {"种下的人"}
    first = page["aweme_list"][0]["aweme_id"]
    detail = (await member.api("aweme/detail/", aweme_id=first)).value
    assert detail["aweme_detail"]["author"]["uid"] == PERSON["uid"]
    form = {"sec_user_ids": json.dumps([PERSON["sec_uid"]])}
    assert (await member.form("im/user/info/", form)).value["data"][0] == {
        **(await member.form("im/user/info/", form)).value["data"][0],
        **PERSON,
    }


async def test_they_comment_reply_and_are_mentioned(
    sandbox: Sandbox, member: Client
) -> None:
    await plant(member)
    crowded = named_posts(sandbox.world)["crowded"].id
    found: set[str] = set()
    for cursor in range(0, 400, 50):
        asked = {"aweme_id": crowded, "cursor": cursor, "count": 50}
        page = (await member.api("comment/list/", **asked)).value
        found |= set(holders(page))
    replies = ".comments.reply_comment"
    assert found >= {
        ".comments.user.sec_uid",
        ".comments.user.uid",
        ".comments.user.nickname",
        ".comments.user.unique_id",
        ".comments.text",
        ".comments.text_extra.sec_uid",
        ".comments.text_extra.user_id",
        f"{replies}.user.sec_uid",
    }
    top = await member.api("comment/list/", aweme_id=crowded, count=1)
    asked = {"item_id": crowded, "comment_id": top.value["comments"][0]["cid"]}
    page = (await member.api("comment/list/reply/", **asked, count=50)).value
    assert ".comments.user.sec_uid" in set(holders(page))
    assert ".comments.reply_to_username" in set(holders(page))


async def test_they_are_in_posts_of_others_and_in_notices(
    sandbox: Sandbox, member: Client
) -> None:
    await plant(member)
    found: set[str] = set()
    cursor, more = 0, 1
    while more:
        asked = {"sec_user_id": sec_uid(sandbox, MANY), "max_cursor": cursor}
        page = (await member.api("aweme/post/", **asked, count=50)).value
        found |= set(holders(page))
        cursor, more = page["max_cursor"], page["has_more"]
    assert found >= {
        ".aweme_list.desc",
        ".aweme_list.text_extra.sec_uid",
        ".aweme_list.music.sec_uid",
        ".aweme_list.music.owner_nickname",
    }
    asked = {"notice_group": 700, "is_mark_read": 0, "count": 50}
    kinds: set[str] = set()
    moment, more = 0, 1
    while more:
        page = (await member.api("notice/", **asked, max_time=moment)).value
        kinds |= {path.split(".")[2] for path in holders(page)}
        moment, more = page["min_time"], page["has_more"]
    assert kinds == {"comment", "follow", "digg", "at"}


async def test_another_one_takes_their_place_and_they_leave(
    sandbox: Sandbox, member: Client
) -> None:
    await plant(member)
    await member.api("user/profile/other/", sec_user_id=PERSON["sec_uid"])
    await plant(member, sec_uid=PERSON["sec_uid"] + "2", nickname="另一个")
    gone = await member.api("user/profile/other/", sec_user_id=PERSON["sec_uid"])
    assert gone.value["status_code"] == 2
    await member.control("plant", "DELETE")
    assert sandbox.world.planted == -1
    crowded = named_posts(sandbox.world)["crowded"].id
    page = await member.api("comment/list/", aweme_id=crowded, count=50)
    assert set(holders(page.value)) == set()


async def test_a_person_needs_ids_and_a_name(member: Client) -> None:
    answer = await member.control("plant", "POST", {"sec_uid": "MS4w"})
    assert "uid" in answer["error"]

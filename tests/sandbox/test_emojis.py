from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from douyin_crawler.sandbox.emojis import emoji_names
from douyin_crawler.sandbox.world import GONE, MANY, PRIVATE
from tests.sandbox.client import Client, sec_uid

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox


async def test_emojis_need_no_cookie(sandbox: Sandbox) -> None:
    async with Client(sandbox.url) as client:
        few = (await client.api("emoji/list")).value
        every = (await client.api("emoji/list", need_all="true")).value
    assert (len(few["emoji_list"]), len(every["emoji_list"])) == (214, 371)
    pairs = [(e["origin_uri"], e["display_name"]) for e in every["emoji_list"]]
    assert pairs == emoji_names()
    assert len(set(pairs)) == len({name for _, name in pairs}) == 371


async def test_stickers_come_in_pages(sandbox: Sandbox, member: Client) -> None:
    found, cursor, more = [], 0, True
    while more:
        path = "im/resources/emoticon/trending"
        data = (await member.api(path, cursor=cursor, count=50)).value["emoticon_data"]
        found += [str(sticker["id"]) for sticker in data["stickers"]]
        cursor, more = data["next_cursor"], data["has_more"]
        assert isinstance(more, bool)
    truth = await member.control("truth?stickers=")
    assert found == truth["stickers"]
    assert len(found) == 137


async def test_users_come_several_at_once(sandbox: Sandbox, member: Client) -> None:
    wanted = [sec_uid(sandbox, index) for index in (PRIVATE, GONE, MANY, 30)]
    ids = json.dumps([*wanted, "MS4wLjABAAAAnobody"])
    answer = await member.form("im/user/info/", {"sec_user_ids": ids})
    found = [user["sec_uid"] for user in answer.value["data"]]
    assert found == [wanted[0], wanted[2], wanted[3]]


async def test_the_signature_covers_the_form(sandbox: Sandbox, member: Client) -> None:
    path = "/aweme/v1/web/im/user/info/"
    query = member.query(path, {}, b"sec_user_ids=%5B%5D")
    cookie = "; ".join(f"{k}={v}" for k, v in member.cookies.items())
    headers = {"User-Agent": member.agent, "Cookie": cookie}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    url = URL(f"{sandbox.url}{path}?{query}", encoded=True)
    asked = member._session.post(url, data=b"sec_user_ids=%5B", headers=headers)
    async with asked as answer:
        assert await answer.read() == b""
    assert (sandbox.log.entries()[-1]["refused"] or "").startswith("signature")


@pytest.mark.parametrize("ids", ["", "MS4w", "{}", "[1]"])
async def test_ids_are_a_list_of_texts(member: Client, ids: str) -> None:
    answer = await member.form("im/user/info/", {"sec_user_ids": ids})
    assert answer.value["status_code"] == 5


async def test_a_visitor_is_told_to_log_in(visitor: Client) -> None:
    for answer in (
        await visitor.form("im/user/info/", {"sec_user_ids": "[]"}),
        await visitor.api("im/resources/emoticon/trending"),
    ):
        assert answer.value == {"status_code": 8, "status_msg": "用户未登录"}
    assert (await visitor.api("user/profile/self/")).value["user"] is None


async def test_the_own_profile_counts_what_was_collected(member: Client) -> None:
    value = (await member.api("user/profile/self/")).value
    counts = value["user_collect_count"]["collect_count_list"]
    assert [count["item_type"] for count in counts] == [2, 5, 9]
    assert any(count["collect_count"] for count in counts)

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.world import SELF
from douyin_crawler.sandbox.world_notices import (
    COMMENTED,
    DIGGED,
    FOLLOWED,
    GROUPS,
    MENTIONED,
    ODD,
)

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox
    from tests.sandbox.client import Client


async def walk(client: Client, group: int, **params: object) -> list[dict[str, Any]]:
    """All notices of a group, page by page."""
    found: list[dict[str, Any]] = []
    moment = 0
    while True:
        own = {"notice_group": group, "count": 20, "is_mark_read": 0, **params}
        page = (await client.api("notice/", max_time=moment, **own)).value
        found += page["notice_list_v2"]
        if not page["has_more"]:
            return found
        assert page["min_time"] < page["max_time"]
        moment = page["min_time"]


@pytest.mark.parametrize("group", GROUPS)
async def test_a_group_is_walked_by_time(
    sandbox: Sandbox, member: Client, group: int
) -> None:
    found = await walk(member, group)
    notices = sandbox.made_up.notice_answers.notices
    types = GROUPS[group]
    wanted = [k for k in notices.ids() if not types or int(k[20:]) in types]
    wanted = [] if group == 520 else wanted
    assert [f"{n['nid_str']}:{n['type']}" for n in found] == wanted
    assert all(n["nid"] == int(n["nid_str"]) > 2**53 for n in found)


async def test_looking_marks_nothing_as_read_when_told_so(
    sandbox: Sandbox, member: Client
) -> None:
    first = await walk(member, 700)
    assert [n["has_read"] for n in first] == [False] * 20 + [True] * 140
    assert (await member.control("truth?notices="))["marked_read"] == []
    await member.api("notice/", notice_group=700, is_mark_read=1, count=5)
    await member.api("notice/", notice_group=401, count=1)
    marked = (await member.control("truth?notices="))["marked_read"]
    assert marked[:5] == [0, 1, 2, 3, 4]
    again = await walk(member, 700)
    assert [i for i, n in enumerate(again[:20]) if n["has_read"]] == marked


async def detail(client: Client, *keys: str) -> Any:
    pairs = [key.split(":") for key in keys]
    ids = [{"notice_id_str": nid, "type": int(kind)} for nid, kind in pairs]
    answer = await client.api("notice/detail/", id_list=json.dumps(ids))
    return answer.value["notice_list_v2"]


async def test_each_kind_has_its_part(sandbox: Sandbox, member: Client) -> None:
    truth = (await member.control("truth?notices="))["notices"]
    seen = set()
    keys = list(truth)
    pages = [await detail(member, *keys[at : at + 20]) for at in range(0, 160, 20)]
    for notice in itertools.chain(*pages):
        known = truth[f"{notice['nid_str']}:{notice['type']}"]
        own = sandbox.world.user(SELF).uid
        assert notice["user_id"] == int(own)
        match notice["type"]:
            case 31:
                part = notice["comment"]
                people = [part["comment"]["user"]]
                assert part["comment"]["cid"] == known["cid"]
                assert part["aweme"]["aweme_id"] == known["aweme_id"]
            case 33:
                people = [notice["follow"]["from_user"]]
            case 41:
                people = notice["digg"]["from_user"]
                assert notice["digg"]["real_cid"] == (known["cid"] or "")
                assert notice["digg"]["aweme"]["aweme_id"] == known["aweme_id"]
            case 45:
                people = [notice["at"]["user_info"]]
                tail = f"?cid={known['cid']}" if known["cid"] else ""
                url = f"aweme://aweme/detail/{known['aweme_id']}{tail}"
                assert notice["at"]["schema_url"] == url
            case _:
                people = []
                assert notice["general_notice"]["title"]
        assert [person["sec_uid"] for person in people] == known["people"]
        seen.add((notice["type"], known["cid"] is not None))
    both = {(t, b) for t in (DIGGED, MENTIONED) for b in (True, False)}
    assert seen >= both | {(COMMENTED, True), (FOLLOWED, False), (ODD, False)}


async def test_what_a_notice_is_about_can_be_asked_for(
    sandbox: Sandbox, member: Client
) -> None:
    truth = (await member.control("truth?notices="))["notices"]
    found = next(n for n in truth.values() if n["type"] == COMMENTED)
    comments = await member.control(f"truth?aweme_id={found['aweme_id']}")
    assert found["cid"] in comments["comments"]
    post = await member.api("aweme/detail/", aweme_id=found["aweme_id"])
    assert post.value["aweme_detail"]["aweme_id"] == found["aweme_id"]


async def test_unknown_ids_get_no_list(sandbox: Sandbox, member: Client) -> None:
    assert await detail(member, "7600000000000000001:31") is None
    first, second = sandbox.made_up.notice_answers.notices.ids()[:2]
    shown = await detail(member, first, "7600000000000000001:31", second)
    assert [n["nid_str"] for n in shown] == [first[:19], second[:19]]


@pytest.mark.parametrize("ids", ["", "7600000000000000001", '["a"]', "[{}]"])
async def test_a_wrong_list_of_ids_is_a_wrong_parameter(
    member: Client, ids: str
) -> None:
    answer = await member.api("notice/detail/", id_list=ids)
    assert answer.value["status_code"] == 5


async def test_a_wrong_group_is_a_wrong_parameter(member: Client) -> None:
    answer = await member.api("notice/", notice_group=9)
    assert answer.value["status_code"] == 5


@pytest.mark.parametrize("path", ["notice/", "notice/detail/"])
async def test_a_visitor_is_told_to_log_in(visitor: Client, path: str) -> None:
    answer = await visitor.api(path, notice_group=700)
    assert answer.value == {"status_code": 8, "status_msg": "用户未登录"}

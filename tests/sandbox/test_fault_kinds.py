"""Each kind of failure by its name: headers, body, length."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientError

from douyin_crawler.sandbox.config import SandboxError
from douyin_crawler.sandbox.fault_kinds import (
    AROUND,
    BREAKS,
    CHANGES,
    KINDS,
    STANDS_IN,
    base_of,
    described,
)
from douyin_crawler.sandbox.faults import Fault, parsed
from douyin_crawler.sandbox.world import BIG, MANY
from douyin_crawler.sandbox.world_names import named_posts
from tests.sandbox.client import sec_uid

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox
    from tests.sandbox.client import Answer, Client

SAMPLES = {"code": "code:2154", "filter": "filter:core_dep", "shape": "shape:list"}


async def plan(client: Client, *faults: dict[str, Any]) -> None:
    assert "faults" in await client.control("faults", "POST", list(faults))


async def in_turn(client: Client, *kinds: str) -> None:
    """Plan one failure after the other."""
    await plan(client, *({"kind": k, "nth": n} for n, k in enumerate(kinds, 1)))


async def posts(client: Client, sandbox: Sandbox, cursor: int = 0) -> Answer:
    asked = {"sec_user_id": sec_uid(sandbox, MANY), "max_cursor": cursor}
    return await client.api("aweme/post/", **asked, count=18)


def test_every_kind_has_a_line() -> None:
    assert STANDS_IN.keys() | BREAKS.keys() | CHANGES.keys() | AROUND.keys() == {*KINDS}
    lines = described().splitlines()
    assert all(any(kind in line for line in lines) for kind in KINDS)
    assert all(len(line) <= 100 for line in lines)
    assert all(base_of(SAMPLES.get(kind, kind)) for kind in KINDS)


@pytest.mark.parametrize("kind", ["flood", "code", "code:x", "shape:round", "9", "700"])
def test_what_is_no_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=f"no fault is called {kind}"):
        Fault(kind=kind)


def test_a_fault_is_taken_from_the_command_line() -> None:
    fault = parsed("429:7,path=aweme/post/,nth=3,times=-1,seconds=0.5")
    assert (fault.kind, fault.path, fault.nth) == ("429:7", "aweme/post/", 3)
    assert (fault.times, fault.seconds) == (-1, 0.5)
    for wrong in ("flood", "empty,often", "empty,nth=x", "empty,colour=red"):
        with pytest.raises(SandboxError, match="--fault"):
            parsed(wrong)


@pytest.mark.parametrize(
    ("kind", "status", "part", "size"),
    [
        ("argus:uifid_not_found", 403, "ArgusSecurityPlugin Uifid Not Found", 46),
        ("argus:signature_not_found", 403, "Plugin Signature Not Found", 50),
        ("argus:validate_error", 403, "Plugin Validate Error", 45),
        ("argus:sign_invalid", 403, "Plugin Sign Invalid", 43),
        ("412", 412, "", 0),
        ("444", 444, "", 0),
        ("503", 503, "", 0),
        ("408", 408, "", 0),
        ("blocked_text", 200, "blocked", 7),
        ("challenge", 200, "_$jsvmprt", 72_000),
        ("waf", 200, "_wafchallengeid", 2_500),
        ("captcha_page", 200, "验证码中间页", 6_000),
        ("no_payload", 200, '{"status_code":0}', 17),
        ("not_json", 200, "aweme_id", 41),
    ],
)
async def test_refusals_look_like_the_real_ones(
    sandbox: Sandbox, member: Client, kind: str, status: int, part: str, size: int
) -> None:
    await plan(member, {"kind": kind})
    answer = await posts(member, sandbox)
    assert answer.status == status
    assert part in answer.body.decode()
    assert len(answer.body) == size
    assert sandbox.log.entries()[-1]["fault"] == kind


async def test_headers_name_a_cause(sandbox: Sandbox, member: Client) -> None:
    demands = ("captcha_header", "identity_check", "throughput")
    await in_turn(member, "argus:sign_invalid", *demands, "429:7", "challenge")
    found = [await posts(member, sandbox) for _ in range(6)]
    assert found[0].headers["argus_security_code"] == "web_id_sign_invalid"
    told = base64.b64decode(found[1].headers["X-Vc-Bdturing-Parameters"])
    assert json.loads(told)["subtype"] == "slide"
    assert "X-Tt-Verify-Passport-Decision" in found[2].headers
    assert "x-whale-throughput-abort-data" in found[3].headers
    assert [answer.body for answer in found[1:4]] == [b""] * 3
    assert (found[4].status, found[4].headers["Retry-After"]) == (429, "7")
    assert found[5].headers["Set-Cookie"].startswith("__ac_nonce=")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("code:8", {"status_code": 8, "status_msg": "用户未登录", "user": None}),
        ("code:2154", {"status_code": 2154, "status_msg": ""}),
        ("code:5", {"status_code": 5, "status_msg": "参数不合法"}),
        ("verify_ticket", {"status_code": 0, "verify_ticket": "sandbox-ticket"}),
        ("detail_null", {"status_code": 0, "aweme_detail": None}),
    ],
)
async def test_json_refuses(
    sandbox: Sandbox, member: Client, kind: str, expected: dict[str, Any]
) -> None:
    await plan(member, {"kind": kind})
    assert (await posts(member, sandbox)).value == expected


async def test_a_reason_is_given(sandbox: Sandbox, member: Client) -> None:
    await in_turn(member, "filter:status_audit", "verify_center")
    why = (await posts(member, sandbox)).value["filter_detail"]
    assert (why["filter_reason"], why["notice"]) == ("status_audit", "作品审核中")
    private = (await posts(member, sandbox)).value
    assert "verify_center_decision_conf" in private


async def test_redirects_lead_in_a_circle(sandbox: Sandbox, member: Client) -> None:
    await in_turn(member, "redirect_loop", "redirect")
    answer = await posts(member, sandbox)
    wire = sandbox.log.entries()[-1]
    assert answer.status == 302
    assert answer.headers["Location"] == f"{wire['path']}?{wire['query']}"
    assert (await posts(member, sandbox)).headers["Location"].endswith(".com/")


@pytest.mark.parametrize("kind", ["gzip_garbage", "truncate"])
async def test_bodies_arrive_broken(
    sandbox: Sandbox, member: Client, kind: str
) -> None:
    await plan(member, {"kind": kind})
    with pytest.raises(ClientError):
        await posts(member, sandbox)


async def test_half_a_body_can_pass_for_the_whole(
    sandbox: Sandbox, member: Client
) -> None:
    await plan(member, {"kind": "cut"})
    answer = await posts(member, sandbox)
    assert int(answer.headers["Content-Length"]) == len(answer.body) > 10_000
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)
    await plan(member, {"kind": "short_length"})
    with contextlib.suppress(ClientError):  # whether it looks at the rest, is chance
        answer = await posts(member, sandbox)
        assert int(answer.headers["Content-Length"]) == len(answer.body) > 10_000
    assert (await posts(member, sandbox)).value["aweme_list"]


async def test_a_stall_passes(sandbox: Sandbox, member: Client) -> None:
    await plan(
        member,
        {"kind": "stall", "seconds": 0.1},
        {"kind": "stall_body", "seconds": 0.1},
    )
    found = [(await posts(member, sandbox)).value["aweme_list"] for _ in range(3)]
    assert len(found[0]) == len(found[1]) == len(found[2])


async def test_latency_and_clock_join_other_faults(
    sandbox: Sandbox, member: Client
) -> None:
    everywhere = {"times": -1, "seconds": 0.01}
    await plan(
        member,
        {"kind": "latency", **everywhere},
        {"kind": "date_back", "times": -1},
        {"kind": "empty"},
    )
    sandbox.clock = lambda: 1_790_000_000.0
    member.clock = sandbox.clock
    assert (await posts(member, sandbox)).body == b""
    assert sandbox.log.entries()[-1]["fault"] == "latency+date_back+empty"
    answer = await posts(member, sandbox)
    assert answer.headers["Date"] == "Mon, 21 Sep 2026 13:13:20 GMT"
    assert answer.value["aweme_list"]


async def test_faults_come_in_bursts_and_at_random(
    sandbox: Sandbox, member: Client
) -> None:
    await plan(member, {"kind": "empty", "times": 2, "every": 5, "after": 1})
    seen = [(await posts(member, sandbox)).body == b"" for _ in range(12)]
    assert seen == [False, *([True] * 2 + [False] * 3) * 2, True]
    await member.control("faults", "DELETE")
    await plan(member, {"kind": "empty", "times": -1, "percent": 40})
    seen = [(await posts(member, sandbox)).body == b"" for _ in range(30)]
    assert 5 < sum(seen) < 20
    assert (await member.control("faults"))[0]["met"] == sum(seen)


async def test_cursors_go_wrong(sandbox: Sandbox, member: Client) -> None:
    first = (await posts(member, sandbox)).value["max_cursor"]
    second = (await posts(member, sandbox, first)).value["max_cursor"]
    await plan(member, {"kind": "cursor_still"}, {"kind": "cursor_back", "after": 1})
    assert (await posts(member, sandbox, second)).value["max_cursor"] == second
    assert (await posts(member, sandbox, second)).value["max_cursor"] == first
    assert (await posts(member, sandbox, second)).value["max_cursor"] < second


async def test_ends_are_false(sandbox: Sandbox, member: Client) -> None:
    await plan(member, {"kind": "false_end", "path": "post/"})
    assert (await posts(member, sandbox)).value["has_more"] == 0
    path = "im/resources/emoticon/trending"
    await plan(member, {"kind": "false_end", "path": path})
    assert (await member.api(path)).value["emoticon_data"]["has_more"] is False
    await plan(member, {"kind": "false_more", "path": path})
    data = (await member.api(path, cursor=100)).value["emoticon_data"]
    assert data["has_more"] is True


async def test_entries_repeat_across_pages_and_targets(
    sandbox: Sandbox, member: Client
) -> None:
    await plan(member, {"kind": "duplicates", "path": "post/", "times": -1})
    page = (await posts(member, sandbox)).value
    again = (await posts(member, sandbox, page["max_cursor"])).value
    last = [post["aweme_id"] for post in page["aweme_list"][-4:]]
    assert [post["aweme_id"] for post in again["aweme_list"][:4]] == last
    await member.control("faults", "DELETE")
    await plan(member, {"kind": "strangers", "path": "post/", "times": -1})
    await posts(member, sandbox)
    asked = {"sec_user_id": sec_uid(sandbox, BIG), "max_cursor": 0}
    other = (await member.api("aweme/post/", **asked)).value["aweme_list"]
    assert [post["aweme_id"] for post in other[:4]] == last
    assert {p["author"]["sec_uid"] for p in other[4:]} == {sec_uid(sandbox, BIG)}


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("list", {"0": None}),
        ("text", "[]"),
        ("entries", ["a", 1, None, [], {}]),
        ("null", None),
    ],
)
async def test_a_list_is_something_else(
    sandbox: Sandbox, member: Client, how: str, expected: object
) -> None:
    await plan(member, {"kind": f"shape:{how}"})
    page = (await posts(member, sandbox)).value
    assert page["aweme_list"] == expected
    assert page["max_cursor"]


async def test_the_rest_can_have_the_wrong_shape(
    sandbox: Sandbox, member: Client
) -> None:
    kinds = ("shape:missing", "shape:cursor", "shape:root", "shape:list")
    await in_turn(member, *kinds)
    found = [(await posts(member, sandbox)).value for _ in kinds[:3]]
    assert "aweme_list" not in found[0]
    assert found[1]["max_cursor"] == "no number"
    assert isinstance(found[2], list)
    asked = {"sec_user_id": sec_uid(sandbox, MANY)}
    user = (await member.api("user/profile/other/", **asked)).value["user"]
    assert isinstance(user, list)


async def test_counters_move_and_are_told(sandbox: Sandbox, member: Client) -> None:
    await member.control("moving", "POST")
    crowded = named_posts(sandbox.world)["crowded"].id
    seen = [(await posts(member, sandbox)).value["aweme_list"] for _ in range(3)]
    likes = [page[0]["statistics"]["digg_count"] for page in seen]
    assert len(set(likes)) == 3
    first = seen[2][0]["aweme_id"]
    served = await member.control(f"served?kind=post&id={first}")
    assert served["counters"]["digg_count"] == likes[2]
    assert served["endpoint"] == "aweme/post/"
    page = (await member.api("comment/list/", aweme_id=crowded)).value["comments"]
    served = await member.control(f"served?kind=comment&id={page[0]['cid']}")
    assert served["counters"]["digg_count"] == page[0]["digg_count"]
    assert served["counters"]["reply_comment_total"] == 130
    own = sec_uid(sandbox, MANY)
    user = (await member.api("user/profile/other/", sec_user_id=own)).value["user"]
    served = await member.control(f"served?kind=user&id={own}")
    assert served["counters"]["follower_count"] == user["follower_count"]
    assert {"aweme/post/", "user/profile/other/"} <= served["by_endpoint"].keys()
    await member.control("moving", "DELETE")
    assert (await posts(member, sandbox)).value["aweme_list"][0] != seen[2][0]
    assert "error" in await member.control("served?kind=post&id=1")


async def test_a_fault_can_move_counters(sandbox: Sandbox, member: Client) -> None:
    before = (await posts(member, sandbox)).value["aweme_list"][0]["statistics"]
    await plan(member, {"kind": "moved", "by": 5, "times": 2})
    found = [(await posts(member, sandbox)).value["aweme_list"][0] for _ in range(3)]
    moved = [p["statistics"]["digg_count"] - before["digg_count"] for p in found]
    assert moved == [5, 10, 0]
    assert found[0]["statistics"]["comment_count"] == before["comment_count"]


async def test_what_never_arrived_was_not_served(
    sandbox: Sandbox, member: Client
) -> None:
    await member.control("moving", "POST")
    page = (await posts(member, sandbox)).value["aweme_list"]
    await plan(member, {"kind": "truncate"})
    with pytest.raises(ClientError):
        await asyncio.wait_for(posts(member, sandbox), 5)
    served = await member.control(f"served?kind=post&id={page[0]['aweme_id']}")
    counters = page[0]["statistics"]
    assert served["counters"]["digg_count"] == counters["digg_count"]

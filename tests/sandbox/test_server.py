"""Requests over the wire: who is let in, and what the others see."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from douyin_crawler.sandbox.config import SandboxConfig, SandboxError
from douyin_crawler.sandbox.server import Sandbox
from douyin_crawler.sandbox.world import BIG, MANY, SELF
from tests.sandbox.client import AGENT, API, Answer, Client, sec_uid

if TYPE_CHECKING:
    from collections.abc import Callable

POSTS = API + "aweme/post/"


async def posts(client: Client, sandbox: Sandbox, **params: object) -> Answer:
    return await client.api(
        "aweme/post/",
        **{
            "sec_user_id": sec_uid(sandbox, MANY),
            "max_cursor": 0,
            "count": 18,
            **params,
        },
    )


@pytest.mark.parametrize("signer", ["a_bogus", "x_bogus"])
async def test_a_signed_request_is_answered(sandbox: Sandbox, signer: str) -> None:
    async with Client(
        sandbox.url, sandbox.mint.login_cookie(), signer=signer
    ) as client:
        answer = await posts(client, sandbox)
    assert (answer.status, len(answer.value["aweme_list"]) > 10) == (200, True)
    wire = sandbox.log.entries()[-1]
    assert wire["signer"] == signer
    assert -0.1 < wire["signature_age"] < 2
    assert (wire["status"], wire["length"]) == (200, len(answer.body))


async def test_every_answer_brings_tokens_and_marks(
    sandbox: Sandbox, visitor: Client
) -> None:
    answer = await posts(visitor, sandbox)
    assert len(answer.headers["X-Tt-Logid"]) == 34
    assert answer.value["log_pb"]["impr_id"] == answer.headers["X-Tt-Logid"]
    token = answer.headers["x-ms-token"]
    assert answer.headers["Set-Cookie"].startswith(f"msToken={token};")
    webid = answer.headers["cookie_ttwidinfo_webid"]
    assert webid == sandbox.mint.webid(visitor.cookies["ttwid"])
    date = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert abs(date - time.time()) < 5
    again = await posts(visitor, sandbox, msToken=token, webid=webid)
    assert again.value["aweme_list"]


async def test_a_walk_over_the_wire_ends_with_the_truth(
    sandbox: Sandbox, member: Client
) -> None:
    seen, cursor, more = set(), 0, True
    while more:
        page = (await posts(member, sandbox, max_cursor=cursor)).value
        seen |= {post["aweme_id"] for post in page["aweme_list"]}
        cursor, more = page["max_cursor"], page["has_more"]
    assert seen == {post.id for post in sandbox.world.listed(MANY)}


async def test_a_visitor_gets_one_page(sandbox: Sandbox, visitor: Client) -> None:
    first = (await posts(visitor, sandbox)).value
    assert first["not_login_module"]["guide_login_tip_exist"] is True
    second = await posts(visitor, sandbox, max_cursor=first["max_cursor"])
    assert second.body == b'{"status_code":0}'


async def test_an_expired_login_is_told_so(sandbox: Sandbox, visitor: Client) -> None:
    visitor.cookies["sessionid"] = "0" * 32
    expected = {"status_code": 8, "status_msg": "用户未登录"}
    assert (await posts(visitor, sandbox)).value == expected
    answer = await visitor.api("user/profile/self/")
    assert answer.value.items() >= expected.items()
    sec_user_id = sec_uid(sandbox, MANY)
    other = await visitor.api("user/profile/other/", sec_user_id=sec_user_id)
    assert other.value["user"]["sec_uid"] == sec_user_id


async def test_the_login_is_somebody(sandbox: Sandbox, member: Client) -> None:
    answer = await member.api("user/profile/self/")
    assert answer.value["user"]["sec_uid"] == sec_uid(sandbox, SELF)


async def test_first_visits_set_tokens_once(sandbox: Sandbox) -> None:
    async with Client(sandbox.url) as client:
        await client.visit()
        first = dict(client.cookies)
        await client.visit()
        assert client.cookies == first
    assert sandbox.mint.knows_ttwid(first["ttwid"])
    assert len(first["UIFID_TEMP"]) == 192


async def test_a_uifid_is_not_issued_to_who_has_one(sandbox: Sandbox) -> None:
    async with Client(sandbox.url, "UIFID=made-up") as client:
        await client.visit()
        assert client.cookies.keys() == {"UIFID", "ttwid"}


def _no_ttwid(client: Client) -> None:
    del client.cookies["ttwid"]


def _made_up_ttwid(client: Client) -> None:
    client.cookies["ttwid"] = "1%7Cabc%7C1790000000%7C00"


def _other_agent(client: Client) -> None:
    client.agent = AGENT.replace("139", "138")


def _old(client: Client) -> None:
    client.clock = lambda: time.time() - 100


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_no_ttwid, "ttwid"),
        (_made_up_ttwid, "ttwid"),
        (_other_agent, "signature: agent"),
        (_old, "signature: clock"),
    ],
)
async def test_a_bad_session_or_signature_gets_an_empty_body(
    sandbox: Sandbox, member: Client, spoil: Callable[[Client], None], reason: str
) -> None:
    spoil(member)
    answer = await posts(member, sandbox)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["X-Tt-Logid"]
    assert sandbox.log.entries()[-1]["refused"] == reason


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"webid": "7123456789012345678"}, "webid"),
        ({"msToken": "short"}, "msToken"),
        ({"msToken": None}, "msToken"),
    ],
)
async def test_a_wrong_token_gets_an_empty_body(
    sandbox: Sandbox, member: Client, params: dict[str, str], reason: str
) -> None:
    answer = await posts(member, sandbox, **params)
    assert (answer.status, answer.body) == (200, b"")
    assert sandbox.log.entries()[-1]["refused"] == reason


async def test_an_unsigned_request_gets_an_empty_body(sandbox: Sandbox) -> None:
    cookie = sandbox.mint.login_cookie()
    async with Client(sandbox.url, cookie, sign=False) as client:
        sec_user_id = sec_uid(sandbox, MANY)
        answer = await client.api("user/profile/other/", sec_user_id=sec_user_id)
    assert (answer.status, answer.body) == (200, b"")
    assert sandbox.log.entries()[-1]["refused"] == "signature: missing"


async def test_a_changed_query_gets_an_empty_body(
    sandbox: Sandbox, member: Client
) -> None:
    path = API + "user/profile/other/"
    query = member.query(path, {"sec_user_id": sec_uid(sandbox, MANY)})
    signed = query.partition("&uifid=")[0]
    answer = await member.send(path, signed.replace("sec_user_id", "sec_user_ie"))
    assert answer.body == b""
    assert sandbox.log.entries()[-1]["refused"] == "signature: query"


async def test_the_gateway_names_what_it_misses(
    sandbox: Sandbox, member: Client
) -> None:
    query = member.query(POSTS, {"sec_user_id": sec_uid(sandbox, MANY)})
    plain, _, tail = query.partition("&uifid=")
    uifid = tail.partition("&")[0]
    wrong = query[:-1] + ("0" if query[-1] != "0" else "1")
    made_up = query.replace(uifid, "0" * len(uifid))
    for sent, words in (
        (plain, "Uifid Not Found"),
        (f"{plain}&uifid={uifid}", "Signature Not Found"),
        (made_up, "Validate Error"),
        (wrong, "Sign Invalid"),
    ):
        answer = await member.send(POSTS, sent)
        assert answer.status == 403
        assert answer.body.decode() == f"Blocked by ArgusSecurityPlugin {words}"
    assert answer.headers["argus_security_code"] == "web_id_sign_invalid"


async def test_profiles_need_no_third_signature(
    sandbox: Sandbox, member: Client
) -> None:
    del member.cookies["UIFID"]
    sec_user_id = sec_uid(sandbox, MANY)
    answer = await member.api("user/profile/other/", sec_user_id=sec_user_id)
    assert answer.value["status_code"] == 0
    assert (await posts(member, sandbox)).status == 403


async def test_a_foreign_origin_is_forbidden(sandbox: Sandbox, member: Client) -> None:
    for origin, status in (
        ("https://example.org", 403),
        ("https://www.douyin.com", 200),
        (sandbox.url, 200),
    ):
        member.headers = {"Origin": origin}
        assert (await posts(member, sandbox)).status == status


async def test_unknown_paths_answer_404(member: Client) -> None:
    answer = await member.api("no/such/path/")
    assert (answer.status, answer.value["status_code"]) == (404, 404)


async def test_short_links_lead_to_their_targets(sandbox: Sandbox) -> None:
    ids, post = sandbox.world.ids, sandbox.world.listed(BIG)[0]
    user = sec_uid(sandbox, BIG)
    async with Client(sandbox.url) as client:

        async def location(code: str) -> str:
            headers = {"X-Forwarded-Host": "v.douyin.com"}
            answer = await client.send(f"/{code}/", **headers)
            assert (answer.status, answer.body) == (302, b"")
            return answer.headers["Location"]

        to_user = await location(ids.short_code("user", BIG))
        to_post = await location(ids.short_code("post", BIG, post.index))
        assert await location("nonsense") == "https://www.douyin.com"
        assert await location("%E4%B8%AD") == "https://www.douyin.com"
    assert to_user.startswith("https://www.iesdouyin.com/share/user/")
    assert f"?sec_uid={user}&u_code=" in to_user
    assert f"/{post.id}/?" in to_post


async def test_handles_are_looked_up_without_a_signature(sandbox: Sandbox) -> None:
    user = sandbox.world.user(MANY)
    path = "/web/api/v2/user/info/"
    async with Client(sandbox.url) as client:
        found = await client.send(path, f"unique_id={user.handle}")
        missing = await client.send(path, "unique_id=nobody")
    assert found.value["user_info"]["sec_uid"] == user.sec_uid
    assert missing.value["status_code"] == 5


async def test_it_can_be_asked_as_a_proxy(sandbox: Sandbox, member: Client) -> None:
    path = API + "user/profile/self/"
    url = URL(f"http://douyin.test{path}?{member.query(path, {})}", encoded=True)
    cookie = "; ".join(f"{name}={value}" for name, value in member.cookies.items())
    headers = {"User-Agent": member.agent, "Cookie": cookie}
    asked = member._session.get(url, proxy=sandbox.url, headers=headers)
    async with asked as answer:
        assert (await answer.json())["status_code"] == 0
    wire = sandbox.log.entries()[-1]
    assert (wire["path"], wire["proxied"]) == (path, True)


async def test_a_taken_port_is_named(sandbox: Sandbox) -> None:
    second = Sandbox(SandboxConfig(port=sandbox.port))
    with pytest.raises(SandboxError, match=f"port {sandbox.port}.*--port 0"):
        await second.start()


async def test_answers_take_the_latency_that_was_asked_for() -> None:
    slow = Sandbox(SandboxConfig(port=0, latency=0.2, users=10))
    await slow.start()
    async with Client(slow.url) as client:
        started = time.monotonic()
        await asyncio.gather(*(client.visit() for _ in range(5)))
        assert 0.2 <= time.monotonic() - started < 0.8
    await slow.stop()


async def test_the_clock_is_injected(member: Client) -> None:
    old = Sandbox(SandboxConfig(port=0, users=10), clock=lambda: 1_800_000_000.0)
    assert old.world.day == (1_800_000_000 - 1_767_196_800) // 86_400

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from aiohttp import ClientError, ClientPayloadError, ServerDisconnectedError

from douyin_crawler.sandbox.faults import FaultPlan
from douyin_crawler.sandbox.wire import Wire
from douyin_crawler.sandbox.world import MANY
from douyin_crawler.sandbox.world_counters import post_counters
from tests.sandbox.client import sec_uid

if TYPE_CHECKING:
    from douyin_crawler.sandbox.server import Sandbox
    from tests.sandbox.client import Answer, Client


def hits(fault: dict[str, Any], paths: list[str]) -> list[int]:
    plan = FaultPlan()
    plan.add(msgspec.json.encode([{"kind": "empty", **fault}]))
    wires = (Wire("GET", path, "user=a", [], 0.0) for path in paths)
    return [number for number, wire in enumerate(wires, 1) if plan.take(wire)]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({}, [1]),
        ({"nth": 3}, [3]),
        ({"nth": 2, "times": 2}, [2, 3]),
        ({"nth": 4, "times": -1}, [4, 5]),
        ({"after": 1}, [2]),
        ({"after": 3, "times": -1}, [4, 5]),
        ({"path": "other/"}, []),
        ({"contains": "user=b"}, []),
        ({"path": "post/", "contains": "user=a", "times": -1}, [1, 2, 3, 4, 5]),
    ],
)
def test_faults_meet_the_requests_they_are_for(
    fault: dict[str, Any], expected: list[int]
) -> None:
    assert hits(fault, ["/aweme/post/"] * 5) == expected


async def plan(client: Client, *faults: dict[str, Any]) -> None:
    body = msgspec.json.encode(list(faults))
    url = f"{client._url}/_sandbox/faults"
    async with client._session.post(url, data=body) as answer:
        assert answer.status == 200


async def profile(client: Client, sandbox: Sandbox) -> Answer:
    sec_user_id = sec_uid(sandbox, MANY)
    return await client.api("user/profile/other/", sec_user_id=sec_user_id)


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"kind": "empty"}, 200, b""),
        ({"kind": "403"}, 403, b"Forbidden"),
        ({"kind": "429", "body": "slow"}, 429, b"slow"),
        ({"kind": "status", "status": 502, "body": "bad"}, 502, b"bad"),
        ({"kind": "json", "body": {"status_code": 5}}, 200, b'{"status_code":5}'),
    ],
)
async def test_an_answer_stands_in_for_the_real_one(
    sandbox: Sandbox, member: Client, fault: dict[str, Any], status: int, body: bytes
) -> None:
    await plan(member, {**fault, "path": "profile/other/"})
    answer = await profile(member, sandbox)
    assert (answer.status, answer.body) == (status, body)
    assert sandbox.log.entries()[-1]["fault"] == fault["kind"]
    assert (await profile(member, sandbox)).value["user"]


async def test_headers_can_be_given(sandbox: Sandbox, member: Client) -> None:
    header = {"X-Vc-Bdturing-Parameters": "e30="}
    await plan(member, {"kind": "empty", "headers": header})
    answer = await profile(member, sandbox)
    assert answer.headers["X-Vc-Bdturing-Parameters"] == "e30="


async def test_a_challenge_page_can_be_served(sandbox: Sandbox, member: Client) -> None:
    await plan(member, {"kind": "html"})
    answer = await profile(member, sandbox)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"_$jsvmprt" in answer.body
    assert len(answer.body) > 70_000


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("truncate", ClientPayloadError),
        ("reset", (ServerDisconnectedError, ClientError, ConnectionResetError)),
        ("gzip", (ClientError, zlib.error)),
    ],
)
async def test_connections_break_as_planned(
    sandbox: Sandbox, member: Client, kind: str, error: Any
) -> None:
    # Twice: the client asks again by itself where a kept connection was reset.
    await plan(member, {"kind": kind, "times": 2 if kind == "reset" else 1})
    with pytest.raises(error):
        await profile(member, sandbox)
    assert (await profile(member, sandbox)).value["user"]


async def test_an_answer_can_stall(sandbox: Sandbox, member: Client) -> None:
    await plan(member, {"kind": "stall"})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(profile(member, sandbox), 0.3)


async def test_faults_can_be_taken_back(sandbox: Sandbox, member: Client) -> None:
    await plan(member, {"kind": "empty", "times": -1})
    assert (await profile(member, sandbox)).body == b""
    async with member._session.delete(f"{sandbox.url}/_sandbox/faults") as answer:
        assert answer.status == 200
    assert (await profile(member, sandbox)).value["user"]


async def test_a_wrong_fault_is_refused(sandbox: Sandbox, member: Client) -> None:
    url = f"{sandbox.url}/_sandbox/faults"
    async with member._session.post(url, data=b'[{"kind":"flood"}]') as answer:
        assert answer.status == 400
        assert "flood" in (await answer.json())["error"]


async def test_the_wire_log_shows_requests_as_received(
    sandbox: Sandbox, member: Client
) -> None:
    await profile(member, sandbox)
    async with member._session.get(f"{sandbox.url}/_sandbox/requests") as answer:
        wire = (await answer.json())[-1]
    assert wire["path"] == "/aweme/v1/web/user/profile/other/"
    assert wire["query"].startswith("msToken=")
    assert ["User-Agent", member.agent] in wire["headers"]
    assert wire["fingerprint"]
    async with member._session.delete(f"{sandbox.url}/_sandbox/requests"):
        assert sandbox.log.entries() == []


async def test_the_truth_is_told(sandbox: Sandbox, member: Client) -> None:
    url = f"{sandbox.url}/_sandbox/truth?sec_user_id={sec_uid(sandbox, MANY)}"
    async with member._session.get(url) as answer:
        truth = await answer.json()
    listed = sandbox.world.listed(MANY)
    assert truth["posts"] == {p.id: post_counters(sandbox.world, p) for p in listed}
    assert truth["counters"]["aweme_count"] == len(listed)
    async with member._session.get(f"{sandbox.url}/_sandbox/truth") as answer:
        assert answer.status == 404

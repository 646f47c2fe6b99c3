"""`scrapy crawl user_info`: many users a request, each with its verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from douyin_crawler.sandbox.world import GONE, MANY, ONE, SELF
from douyin_crawler.sandbox.world_ids import Ids
from tests.support.crawling import rows
from tests.support.served import collect
from tests.support.stored import endings, payload, records

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

INFO = "im/user/info/"
IDS = Ids(1)
USERS = [IDS.sec_uid(index) for index in range(10, 130)]
NOBODY = IDS.sec_uid(1_999_000)


async def test_batches_and_who_is_left_out(
    sandbox: SandboxProcess, url: str, tmp_path: Path
) -> None:
    file = tmp_path / "users.txt"
    gone = sandbox.users[GONE]
    file.write_text("\n".join([*USERS[:3], gone, *USERS[3:], USERS[0], NOBODY]))
    ran = collect(sandbox, "user_info", url, user=f"@{file}")
    assert ran.status == 0, ran.err
    sent = sandbox.requests(INFO)
    batches = [json.loads(parse_qs(one["body"])["sec_user_ids"][0]) for one in sent]
    assert [len(batch) for batch in batches] == [50, 50, 22]
    assert {one["method"] for one in sent} == {"POST"}
    assert not any(one["refused"] for one in sent), "the body is signed too"
    found = await records(url, "user")
    assert sorted(found) == sorted(USERS)
    assert all(found[user]["nickname"] for user in USERS)
    ended = await endings(url)
    assert {k for k, e in ended.items() if e.verdict == "gone"} == {gone, NOBODY}
    assert {k for k, e in ended.items() if e.verdict == "complete"} == set(USERS)
    assert gone in ran.err
    assert NOBODY in ran.err
    assert (await payload(url, "page", f"user_info:{USERS[0]}:0"))["data"] == []


async def test_it_takes_nothing_away_from_a_profile(
    sandbox: SandboxProcess, url: str
) -> None:
    user = sandbox.users[MANY]
    assert collect(sandbox, "user_profile", url, user=user).status == 0
    before = (await records(url, "user"))[user]
    ran = collect(sandbox, "user_info", url, user=f"{user},{sandbox.handles[ONE]},self")
    assert ran.status == 0, ran.err
    found = await records(url, "user")
    assert {name: found[user][name] for name in before} == before
    assert sorted(found) == sorted(sandbox.users[i] for i in (MANY, ONE, SELF))


def test_an_answer_without_anyone_is_no_end(
    sandbox: SandboxProcess, store: Path
) -> None:
    """Whatever shape nobody has: one verdict, after one more attempt."""
    for shape in ([], None, {}):
        sandbox.control("faults", "DELETE")
        sandbox.control("requests", "DELETE")
        answer = {"status_code": 0, "data": shape}
        sandbox.add_faults({"path": INFO, "kind": "json", "body": answer, "times": -1})
        ran = collect(sandbox, "user_info", store, user=",".join(USERS[:2]))
        assert ran.status == 3, ran.err
        found = rows(store, "SELECT id, verdict FROM targets")
        assert {r["id"]: r["verdict"] for r in found} == dict.fromkeys(
            USERS[:2], "restricted"
        )
        assert len(sandbox.requests(INFO)) == 2
        assert "names nobody" in ran.err


def test_a_batch_that_fails_ends_each_of_its_users(
    sandbox: SandboxProcess, store: Path
) -> None:
    refused = {"status_code": 5, "status_msg": "参数不合法"}
    sandbox.add_faults({"path": INFO, "kind": "json", "body": refused})
    ran = collect(sandbox, "user_info", store, user=",".join(USERS[:60]))
    assert ran.status == 3, ran.err
    found = rows(store, "SELECT verdict, count(*) AS n FROM targets GROUP BY 1")
    assert {r["verdict"]: r["n"] for r in found} == {"failed": 50, "complete": 10}

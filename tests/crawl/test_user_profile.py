"""`scrapy crawl user_profile`: whole profiles, and who is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import GONE, MANY, ONE, PRIVATE
from tests.crawl.test_captures import without_private
from tests.support.crawling import rows
from tests.support.served import collect
from tests.support.shared import CAPTURES, needs_shared
from tests.support.stored import endings, payload, records

if TYPE_CHECKING:
    from pathlib import Path

PROFILE = "user/profile/other/"


async def test_each_user_and_who_is_gone(sandbox: SandboxProcess, url: str) -> None:
    known = [sandbox.users[MANY], sandbox.users[PRIVATE], sandbox.users[ONE]]
    gone = sandbox.users[GONE]
    named = [known[0], gone, known[1], sandbox.handles[ONE]]
    ran = collect(sandbox, "user_profile", url, login=False, user=",".join(named))
    assert ran.status == 0, ran.err
    assert "there is no such user" in ran.err
    found = await records(url, "user")
    assert sorted(found) == sorted(known)
    for user in known:
        counters = sandbox.truth(user)["counters"]
        assert {k: found[user][k] for k in counters} == counters
    assert found[sandbox.users[PRIVATE]]["secret"] is True
    ended = await endings(url)
    assert {k: str(e.verdict) for k, e in ended.items()} == {
        gone: "gone"
    } | dict.fromkeys(known, "complete")
    page = await payload(url, "page", f"profile:{known[0]}:0")
    assert page["user"] == {}
    assert page["extra"]["logid"]


def test_a_profile_that_can_t_be_read_is_kept(
    sandbox: SandboxProcess, store: Path
) -> None:
    bodies = [{"status_code": 0, "user": {"nickname": "?"}}, {"status_code": 0}]
    for turn, body in enumerate(bodies):
        fault = {"path": PROFILE, "nth": turn + 1, "kind": "json", "body": body}
        sandbox.add_faults(fault)
    users = [sandbox.users[index] for index in (MANY, ONE, PRIVATE)]
    ran = collect(sandbox, "user_profile", store, user=",".join(users))
    assert ran.status == 3, ran.err
    found = rows(store, "SELECT id, verdict FROM targets")
    assert {r["id"]: r["verdict"] for r in found} == dict(
        zip(users, ("failed", "restricted", "complete"), strict=True)
    )
    (page,) = rows(
        store, "SELECT 1 FROM payloads WHERE id = ?", f"profile:{users[0]}:0"
    )
    assert page


@needs_shared
async def test_real_profiles(url: str) -> None:
    with SandboxProcess("--captures", str(CAPTURES)) as captures:
        for path in sorted((CAPTURES / "user_profile_other").iterdir()):
            user = json.loads(path.read_text("utf-8"))["user"]
            ran = collect(captures, "user_profile", url, user=user["sec_uid"])
            assert ran.status == 0, ran.err
            stored = (await records(url, "user"))[user["sec_uid"]]
            assert stored["follower_count"] == user["follower_count"]
            assert await payload(url, "user", user["sec_uid"]) == without_private(user)

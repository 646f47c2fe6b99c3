"""`scrapy crawl self_profile`: whose session it is, and what is bookmarked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.served import collect
from tests.support.stored import endings, payload, records

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


async def test_oneself_with_the_count_of_bookmarks(
    sandbox: SandboxProcess, url: str, tmp_path: Path
) -> None:
    feed = tmp_path / "me.jsonl"
    ran = collect(sandbox, "self_profile", url, "-O", str(feed))
    assert ran.status == 0, ran.err
    (me,) = (await records(url, "user")).values()
    assert me["sec_uid"] == sandbox.own
    assert me["aweme_count"] == sandbox.truth(sandbox.own)["counters"]["aweme_count"]
    (line,) = feed.read_text("utf-8").splitlines()
    assert json.loads(line)["sec_uid"] == sandbox.own
    ((session, ending),) = (await endings(url)).items()
    assert ending.verdict == "complete"
    assert session.startswith("login-"), "a store may hold several accounts"
    page = await payload(url, "page", f"self_profile:{session}:0")
    assert page["user"] == {}
    assert page["user_collect_count"]["collect_count_list"]

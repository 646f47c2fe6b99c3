"""`scrapy crawl emojis`: the whole set, with no cookie at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from douyin_crawler.sandbox.process import SandboxProcess
from tests.support.crawling import rows
from tests.support.served import collect
from tests.support.shared import CAPTURES, needs_shared
from tests.support.stored import endings, payload, records

if TYPE_CHECKING:
    from pathlib import Path

LIST = "emoji/list"


async def test_the_whole_set(sandbox: SandboxProcess, url: str) -> None:
    truth = sandbox.emoji_truth()
    assert len(truth) == 371
    ran = collect(sandbox, "emojis", url, login=False)
    assert ran.status == 0, ran.err
    assert len(sandbox.requests()) == 1, "no first visit either"
    found = await records(url, "emoji")
    assert {k: fields["display_name"] for k, fields in found.items()} == truth
    assert {k: str(e.verdict) for k, e in (await endings(url)).items()} == {
        "all": "complete"
    }
    page = await payload(url, "page", "emojis:all:0")
    assert page["emoji_list"] == []
    assert page["version"]


def test_an_empty_set_is_no_end(sandbox: SandboxProcess, store: Path) -> None:
    answer = {"status_code": 0, "emoji_list": None}
    sandbox.add_faults({"path": LIST, "kind": "json", "body": answer})
    ran = collect(sandbox, "emojis", store, login=False)
    assert ran.status == 3, ran.err
    (target,) = rows(store, "SELECT verdict FROM targets")
    assert target["verdict"] == "restricted"


@needs_shared
async def test_real_emojis(url: str) -> None:
    """The captured answer has no ``status_code``."""
    (path,) = sorted((CAPTURES / "emoji_list").iterdir())
    emojis = json.loads(path.read_text("utf-8"))["emoji_list"]
    with SandboxProcess("--captures", str(CAPTURES)) as captures:
        ran = collect(captures, "emojis", url, login=False)
    assert ran.status == 0, ran.err
    found = await records(url, "emoji")
    assert sorted(found) == sorted(e["origin_uri"] for e in emojis)
    for emoji in emojis[:5]:
        assert await payload(url, "emoji", emoji["origin_uri"]) == emoji

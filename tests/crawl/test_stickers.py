"""`scrapy crawl stickers`: every page of a list that lies inside an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.crawling import rows
from tests.support.served import collect, ids
from tests.support.stored import endings, payload, records

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

TRENDING = "emoticon/trending"


async def test_every_page(sandbox: SandboxProcess, url: str) -> None:
    truth = sandbox.sticker_truth()
    ran = collect(sandbox, "stickers", url)
    assert ran.status == 0, ran.err
    assert sorted(await records(url, "sticker")) == sorted(truth)
    cursors = [one["query"] for one in sandbox.requests(TRENDING)]
    assert ["cursor=0&" in c for c in cursors] == [True, False, False]
    (ending,) = (await endings(url)).values()
    assert ending.verdict == "complete"
    assert ending.got == len(truth)
    page = await payload(url, "page", "stickers:trending:0")
    assert page["emoticon_data"]["stickers"] == []
    assert page["emoticon_data"]["has_more"] is True


def test_so_many_and_no_more(sandbox: SandboxProcess, store: Path) -> None:
    ran = collect(sandbox, "stickers", store, limit="60")
    assert ran.status == 0, ran.err
    assert len(ids(store, "stickers", "id")) == 60
    assert len(sandbox.requests(TRENDING)) == 2


def test_it_goes_on_where_it_stopped(sandbox: SandboxProcess, store: Path) -> None:
    truth = sandbox.sticker_truth()
    fault = {"path": TRENDING, "nth": 3, "times": -1, "kind": "status", "status": 404}
    sandbox.add_faults(fault)
    assert collect(sandbox, "stickers", store).status == 3
    assert len(ids(store, "stickers", "id")) == 100
    sandbox.control("faults", "DELETE")
    ran = collect(sandbox, "stickers", store)
    assert ran.status == 0, ran.err
    assert sorted(ids(store, "stickers", "id")) == sorted(truth)
    (target,) = rows(store, "SELECT verdict, got FROM targets")
    assert (target["verdict"], target["got"]) == ("complete", len(truth))


def test_a_refusal_is_no_end(sandbox: SandboxProcess, store: Path) -> None:
    for body, verdict in (
        ({"status_code": 0, "emoticon_data": None}, "restricted"),
        ({"status_code": 0, "emoticon_data": {"has_more": True}}, "restricted"),
        (
            {"emoticon_data": {"stickers": [], "has_more": True, "next_cursor": 0}},
            "stalled",
        ),
    ):
        fault = {"path": TRENDING, "times": -1, "kind": "json", "body": body}
        sandbox.control("faults", "DELETE")
        sandbox.add_faults(fault)
        ran = collect(sandbox, "stickers", store)
        assert ran.status == 3, ran.err
        (target,) = rows(store, "SELECT verdict FROM targets")
        assert target["verdict"] == verdict

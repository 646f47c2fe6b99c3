"""`scrapy crawl notices`: by id, or all of a group, none marked as read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from douyin_crawler.api.notice_targets import GROUPS
from douyin_crawler.sandbox.process import SandboxProcess
from tests.support.crawling import rows
from tests.support.served import collect
from tests.support.shared import CAPTURES, needs_shared
from tests.support.stored import endings, payload, records

if TYPE_CHECKING:
    from pathlib import Path

LIST, DETAIL = "web/notice/", "notice/detail/"
UNKNOWN = "7000000000000000001"


def asked(sandbox: SandboxProcess) -> list[list[dict[str, Any]]]:
    """Return the ids of each request for details."""
    sent = sandbox.requests(DETAIL)
    return [json.loads(parse_qs(one["query"])["id_list"][0]) for one in sent]


async def test_by_id(sandbox: SandboxProcess, url: str, tmp_path: Path) -> None:
    truth = sandbox.notice_truth()["notices"]
    named = list(truth)[:25]
    file = tmp_path / "notices.txt"
    file.write_text("\n".join(["# mine", *named, f"{UNKNOWN}:31"]))
    ran = collect(sandbox, "notices", url, notice=f"@{file}")
    assert ran.status == 0, ran.err
    assert [len(ids) for ids in asked(sandbox)] == [20, 6]
    assert asked(sandbox)[0][0] == {
        "notice_id_str": named[0].split(":")[0],
        "type": int(named[0].split(":")[1]),
    }
    found = await records(url, "notice")
    assert sorted(found) == sorted(name.split(":")[0] for name in named)
    posts, comments = await records(url, "post"), await records(url, "comment")
    for name in named:
        notice, true = found[name.split(":")[0]], truth[name]
        assert notice["type"] == true["type"]
        assert true["aweme_id"] is None or true["aweme_id"] in posts
        assert true["cid"] is None or true["type"] == 45 or true["cid"] in comments
    ended = await endings(url)
    assert {k for k, e in ended.items() if e.verdict == "gone"} == {UNKNOWN}
    assert {str(e.verdict) for e in ended.values()} == {"gone", "complete"}
    assert UNKNOWN in ran.err


async def test_a_whole_group_is_not_marked_as_read(
    sandbox: SandboxProcess, url: str
) -> None:
    truth = sandbox.notice_truth()
    ran = collect(sandbox, "notices", url, group="all")
    assert ran.status == 0, ran.err
    found = await records(url, "notice")
    assert sorted(found) == sorted(k.split(":")[0] for k in truth["notices"])
    assert sandbox.notice_truth()["marked_read"] == truth["marked_read"] == []
    lists = [one["query"] for one in sandbox.requests(LIST)]
    assert all("is_mark_read=0&notice_group=700&" in query for query in lists)
    assert len(lists) == len(asked(sandbox)), "the details of each page"
    ((walk, ending),) = (await endings(url)).items()
    assert (ending.verdict, ending.got) == ("complete", len(found))
    assert walk.endswith("-700")


@pytest.mark.parametrize("group", ["follow", "mention", "comment", "like"])
def test_a_group_by_its_name(sandbox: SandboxProcess, store: Path, group: str) -> None:
    ran = collect(sandbox, "notices", store, group=group, limit="25")
    assert ran.status == 0, ran.err
    query = sandbox.requests(LIST)[0]["query"]
    assert f"notice_group={GROUPS[group]}&" in query
    (target,) = rows(store, "SELECT verdict, got FROM targets")
    kept = rows(store, "SELECT DISTINCT type FROM notices")
    assert len(kept) == 1, "one kind"
    assert target["verdict"] == "complete"
    assert 0 < target["got"] <= 25


def test_details_that_are_refused_leave_the_list_s_copies(
    sandbox: SandboxProcess, store: Path
) -> None:
    refused = {"status_code": 5, "status_msg": "参数不合法"}
    fault = {"path": DETAIL, "nth": 2, "kind": "json", "body": refused}
    sandbox.add_faults(fault)
    ran = collect(sandbox, "notices", store, group="700")
    assert ran.status == 3, ran.err
    (row,) = rows(store, "SELECT count(*) AS n FROM notices")
    assert row["n"] == 40
    (target,) = rows(store, "SELECT verdict FROM targets")
    assert target["verdict"] == "failed"
    sources = "SELECT count(*) AS n FROM payloads WHERE kind = 'notice' AND source = ?"
    assert [rows(store, sources, s)[0]["n"] for s in ("own", "list")] == [20, 40]

    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "notices", store, group="700")
    assert ran.status == 0, ran.err
    truth = sandbox.notice_truth()["notices"]
    assert [rows(store, sources, s)[0]["n"] for s in ("own", "list")] == [160, 160]
    (target,) = rows(store, "SELECT verdict, got FROM targets")
    assert (target["verdict"], target["got"]) == ("complete", len(truth))
    assert len(sandbox.requests(LIST)) == 8, "the head, and what was left"


def test_named_ones_that_failed_are_asked_for_again(
    sandbox: SandboxProcess, store: Path
) -> None:
    refused = {"status_code": 5, "status_msg": "参数不合法"}
    sandbox.add_faults({"path": DETAIL, "kind": "json", "body": refused})
    named = ",".join(sandbox.notices[:3])
    for status, verdict, requests in ((3, "failed", 1), (0, "complete", 2)):
        ran = collect(sandbox, "notices", store, notice=named)
        assert ran.status == status, ran.err
        found = rows(store, "SELECT verdict FROM targets")
        assert [row["verdict"] for row in found] == [verdict] * 3
        assert len(asked(sandbox)) == requests


def test_times_that_stand_still_end_as_stalled(
    sandbox: SandboxProcess, store: Path
) -> None:
    page = {"status_code": 0, "notice_list_v2": [], "has_more": 1}
    body = page | {"max_time": 1790000000, "min_time": 1780000000}
    fault = {"path": LIST, "times": -1, "kind": "json", "body": body}
    sandbox.add_faults(fault)
    ran = collect(sandbox, "notices", store, group="all")
    assert ran.status == 3, ran.err
    (target,) = rows(store, "SELECT verdict FROM targets")
    assert target["verdict"] == "stalled"
    second = sandbox.requests(LIST)[1]["query"]
    assert "max_time=1780000000" in second, "the smaller of the two"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "one of both"),
        ({"notice": "1:31", "group": "all"}, "one of both"),
        ({"notice": "abc"}, "write ID:TYPE"),
        ({"notice": "1:31:2"}, "write ID:TYPE"),
        ({"group": "likes"}, "all, follow, mention, comment, like"),
        ({"notice": "1:31", "limit": "3"}, "for a group"),
        ({"group": "all", "limit": "0"}, "from 1"),
    ],
)
def test_a_mistake_is_one_line(
    sandbox: SandboxProcess, store: Path, arguments: dict[str, Any], words: str
) -> None:
    ran = collect(sandbox, "notices", store, **arguments)
    assert ran.status == 2, ran.err
    (line,) = ran.err.strip().splitlines()
    assert words in line
    assert not store.exists()


@needs_shared
async def test_a_real_notice(url: str) -> None:
    (path,) = sorted((CAPTURES / "notice_detail").iterdir())
    (notice,) = json.loads(path.read_text("utf-8"))["notice_list_v2"]
    nid = str(notice["nid"])
    with SandboxProcess("--captures", str(CAPTURES)) as captures:
        ran = collect(captures, "notices", url, notice=f"{nid}:31")
    assert ran.status == 0, ran.err
    assert (await records(url, "notice"))[nid]["type"] == 31
    assert await payload(url, "notice", nid) == notice
    about = notice["comment"]
    assert list(await records(url, "comment")) == [about["comment"]["cid"]]
    assert list(await records(url, "post")) == [about["aweme"]["aweme_id"]]

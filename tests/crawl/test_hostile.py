"""One hostile entry on a page, and pages that say odd things of themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile.texts import DEPTHS, NAMES, NUMBERS, OBJECTS, TEXTS, deep
from tests.support.crawling import rows
from tests.support.mongod import client
from tests.support.served import collect, ids, verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POSTS = "/aweme/post/"
COMMENTS = "/comment/list/"
WORDS = "/hot/search/list/"
USER = "MS4wLjABAAAA" + "hostile_user-00" * 3
AWEME_ID = "7300000000000000001"
GOOD = [f"73000000000000001{n:02}" for n in range(4)]
BAD = "7300000000000000999"


def fault(path: str, body: bytes, **more: Any) -> dict[str, Any]:
    """Return a fault that answers with *body*, whatever its bytes are."""
    text = body.decode("utf-8", "replace")
    return {"path": path, "kind": "status", "status": 200, "body": text, **more}


def named(members: bytes) -> bytes:
    """Return an entry with a good id and *members*."""
    return b'{"aweme_id":"%s","cid":"%s","word":"%s",%s}' % (
        *(BAD.encode(),) * 3,
        members,
    )


def odd(texts: tuple[bytes, ...]) -> bytes:
    """Return an entry in which each of *texts* stands where a field is read."""
    names = ("desc", "text", "create_time", "digg_count", "statistics", "video", "user")
    members = (
        b'"%s":%s,"z%d":%s' % (names[n % 7].encode(), text, n, text)
        for n, text in enumerate(texts)
    )
    return named(b",".join(members))


ENTRIES: dict[str, tuple[bytes, bool]] = {
    "numbers": (odd(NUMBERS), True),
    "texts": (odd(TEXTS), True),
    "objects": (odd(OBJECTS), True),
    "names": (named(b",".join(b'"x%s":1,"%s":{}' % (n, n) for n in NAMES[:13])), True),
    "twice": (named(b'"desc":"a","desc":{},"cid":"%s"' % BAD.encode()), True),
    "depth 150": (named(b'"zz":' + deep(150)), True),
    "depth 2000": (named(b'"zz":' + deep(DEPTHS[4])), False),
    "no object": (b'["%s"]' % BAD.encode(), False),
    "no id": (b'{"aweme_id":{"$gt":""},"cid":[],"word":null}', False),
    "id of two": (b'{"aweme_id":"a b","cid":"\\u0000","word":" "}', False),
    "large": (named(b'"desc":"%s"' % (b"x" * 16_000_000)), False),
}
"""By class: an entry, and whether it is stored; else it is counted."""


def good(id: str) -> bytes:
    author = {"sec_uid": USER, "nickname": "小"}
    value = {"aweme_id": id, "cid": id, "word": id, "create_time": 1_700_000_000}
    return json.dumps({**value, "author": author, "user": author}).encode()


def page(list_key: str, entry: bytes) -> bytes:
    entries = b",".join([*map(good, GOOD[:2]), entry, *map(good, GOOD[2:])])
    return b'{"status_code":0,"%s":[%s],"has_more":0,"cursor":1}' % (
        list_key.encode(),
        entries,
    )


def counts(store: Path | str) -> dict[str, int]:
    """Return what the last run counted."""
    if isinstance(store, str):
        with client(store) as asking:
            (run,) = asking.get_default_database().runs.find()
            return dict(run["counts"])
    found = rows(store, "SELECT counts FROM runs ORDER BY started_at, rowid")
    return dict(json.loads(found[-1]["counts"]))


def kept(store: Path | str) -> list[str]:
    """Return the ids of the posts that are stored."""
    if not isinstance(store, str):
        return ids(store, "posts", "aweme_id")
    with client(store) as asking:
        return sorted(asking.get_default_database().posts.distinct("_id"))


@pytest.mark.parametrize("name", ENTRIES)
def test_a_post(sandbox: SandboxProcess, store: Path, name: str) -> None:
    entry, stored = ENTRIES[name]
    sandbox.add_faults(fault(POSTS, page("aweme_list", entry), times=-1))
    ran = collect(sandbox, "user_posts", store, user=USER)
    check(ran, store, stored=stored)
    assert kept(store) == [*GOOD, BAD][: 5 if stored else 4]
    assert verdicts(store) == {USER: "complete"}


def check(ran: Any, store: Path | str, *, stored: bool) -> None:
    """Hold that the run ended well, and that what was not stored was counted once."""
    assert ran.status == 0, ran.err
    assert "Traceback" not in ran.err
    assert "log_count/ERROR" not in ran.err
    found = counts(store)
    refused = {n for n in found if n.startswith("dropped/")} - {"dropped/repeat"}
    assert sum(found[name] for name in refused) == (0 if stored else 1), found


@pytest.mark.parametrize("name", ["texts", "depth 2000", "large"])
def test_a_post_for_mongodb(
    sandbox: SandboxProcess, mongodb_url: str, name: str
) -> None:
    entry, stored = ENTRIES[name]
    sandbox.add_faults(fault(POSTS, page("aweme_list", entry), times=-1))
    ran = collect(sandbox, "user_posts", mongodb_url, user=USER)
    check(ran, mongodb_url, stored=stored)
    assert kept(mongodb_url) == [*GOOD, BAD][: 5 if stored else 4]


@pytest.mark.parametrize("name", ["objects", "depth 2000", "no id"])
def test_a_comment_and_a_word(sandbox: SandboxProcess, store: Path, name: str) -> None:
    entry, stored = ENTRIES[name]
    board = b'{"status_code":0,"data":%s}' % page("word_list", entry)
    sandbox.add_faults(
        fault(COMMENTS, page("comments", entry), times=-1),
        fault(WORDS, board, times=-1),
    )
    expected = [*GOOD, BAD][: 5 if stored else 4]
    check(collect(sandbox, "comments", store, post=AWEME_ID), store, stored=stored)
    assert ids(store, "comments", "cid") == expected
    check(collect(sandbox, "hot_list", store), store, stored=stored)
    assert ids(store, "hot_words", "word") == expected


VALUES = (
    *(b"null", b"true", b"0", b"1", b"-1", b"1.5", b"1e400", b"NaN", b'""', b'"1"'),
    *(
        b'"x y"',
        rb'"\ud83d"',
        b"9" * 400,
        b"[]",
        b"[1]",
        b"{}",
        b'{"a":1}',
        deep(2_000),
    ),
)
PLACES = ("aweme_list", "max_cursor", "has_more", "status_code")
MAY = {"complete", "restricted", "truncated", "stalled", "failed", "gone", "private"}


def test_pages_of_any_shape(sandbox: SandboxProcess, store: Path) -> None:
    entries = b"[%s]" % good(GOOD[0])
    plain = {"aweme_list": entries, "max_cursor": b"1700000000000", "has_more": b"1"}
    users, first = {}, len(plain)
    for place in PLACES[:first]:
        for number, text in enumerate(VALUES):
            user = f"MS4wLjABAAAA{place}{number:02}".ljust(55, "0")
            members = {**plain, place: text}
            body = b",".join(b'"%s":%s' % (n.encode(), t) for n, t in members.items())
            users[user] = fault(POSTS, b"{%s}" % body, contains=user, times=-1)
    sandbox.add_faults(*users.values())
    environment = {"DOUYIN_RETRY_TIMES": "0"}
    ran = collect(
        sandbox, "user_posts", store, user=",".join(users), environment=environment
    )
    assert "Traceback" not in ran.err
    assert ran.status in {0, 3}, ran.err
    found = verdicts(store)
    assert found.keys() == users.keys()
    assert {*found.values()} <= MAY
    assert ids(store, "posts", "aweme_id") == GOOD[:1]
    ended = rows(store, "SELECT finished_at, exit_status FROM runs")
    assert [row["exit_status"] for row in ended] == [ran.status]

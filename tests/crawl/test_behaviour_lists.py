"""How lists go on and end: each oddity of the service's paging, in whole crawls.

The scripts are in ``tests/support/lists.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.world import GONE, NONE, PRIVATE, SELF
from tests.support.behaviour import RETRIES
from tests.support.crawling import rows
from tests.support.lists import (
    COMMENT_LISTS,
    COMMENTS,
    POST,
    POST_LISTS,
    POSTS,
    USER,
    faults,
)
from tests.support.served import collect

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


@pytest.mark.parametrize("of_posts", [True, False], ids=["posts", "comments"])
def test_how_lists_end(sandbox: SandboxProcess, store: Path, of_posts: bool) -> None:
    scripts = POST_LISTS if of_posts else COMMENT_LISTS
    form, path = (USER, POSTS) if of_posts else (POST, COMMENTS)
    targets = {form.format(turn): script for turn, script in enumerate(scripts)}
    for turn, (target, script) in enumerate(targets.items()):
        sandbox.add_faults(*faults(script, target, turn, of_posts))
    spider, argument = ("user_posts", "user") if of_posts else ("comments", "post")
    ran = collect(
        sandbox,
        spider,
        store,
        settings={"CONCURRENT_REQUESTS_PER_DOMAIN": "8"},
        environment=RETRIES,
        **{argument: ",".join(targets)},  # type: ignore[arg-type]
    )
    assert ran.status == 3, ran.err
    assert "Traceback" not in ran.err
    ended = {row["id"]: row for row in rows(store, "SELECT * FROM targets")}
    table, key = ("posts", "sec_uid") if of_posts else ("comments", "aweme_id")
    stored = [row[key] for row in rows(store, f"SELECT {key} FROM {table}")]
    asked = [request["query"] for request in sandbox.requests(path)]
    for target, script in targets.items():
        end = ended[target]
        seen = script.what, end["verdict"], stored.count(target)
        assert seen == (script.what, script.verdict, script.kept)
        assert script.words in (end["reason"] or "")
        assert end["final"] == (script.verdict in ("complete", "private"))
        assert end["verdict"] == "complete" or end["reason"] in ran.err
        sent = script.what, sum(target in query for query in asked)
        assert sent == (script.what, script.asked or len(script.pages))


def test_who_has_no_posts_to_show(sandbox: SandboxProcess, store: Path) -> None:
    """The service gives the same empty list; the profile tells the cases apart."""
    users = {
        sandbox.users[NONE]: ("complete", "no posts"),
        sandbox.users[PRIVATE]: ("private", "the account is private"),
        sandbox.users[GONE]: ("gone", "there is no such user"),
    }
    ran = collect(sandbox, "user_posts", store, user=",".join(users))
    assert ran.status == 0, ran.err
    for row in rows(store, "SELECT * FROM targets"):
        verdict, words = users[row["id"]]
        assert row["verdict"] == verdict
        assert words in row["reason"]
        assert row["final"]


def test_closed_comments_are_an_end(sandbox: SandboxProcess, store: Path) -> None:
    posts = [sandbox.posts[name] for name in ("closed", "silent")]
    ran = collect(sandbox, "comments", store, post=",".join(posts))
    assert ran.status == 0, ran.err
    assert len(sandbox.requests(COMMENTS)) == 2
    ended = rows(store, "SELECT verdict, got FROM targets")
    assert [(row["verdict"], row["got"]) for row in ended] == [("complete", 0)] * 2


def test_a_visitor_s_wall_is_no_end(sandbox: SandboxProcess, store: Path) -> None:
    """Page one is kept, and a login goes on behind it."""
    user = sandbox.users[SELF]
    ran = collect(sandbox, "user_posts", store, login=False, user=user)
    assert ran.status == 3, ran.err
    (ended,) = rows(store, "SELECT * FROM targets")
    assert (ended["verdict"], ended["final"], ended["pages"]) == ("restricted", 0, 1)
    assert "HTTP 200, 17 bytes, no aweme_list" in ran.err
    assert "cookies of a logged-in browser" in ran.err
    assert len(sandbox.requests(POSTS)) == 2, "not tried again"
    kept = len(rows(store, "SELECT aweme_id FROM posts"))
    assert 0 < kept < len(sandbox.truth(user)["posts"])
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "user_posts", store, user=user)
    assert ran.status == 0, ran.err
    asked = [request["params"]["max_cursor"] for request in sandbox.requests(POSTS)]
    assert asked == ["0", ended["cursor"]], "what is new, and from page two on"
    found = [row["aweme_id"] for row in rows(store, "SELECT aweme_id FROM posts")]
    assert sorted(found) == sorted(sandbox.truth(user)["posts"])

"""Later runs over the same targets: what is new, what is refreshed, what settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import BIG, MANY
from tests.support.crawling import rows
from tests.support.served import collect, ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POSTS = "/aweme/post/"
COMMENTS = "/comment/list/"
BUSY = 20
"""A user who goes on posting, every fifth day."""


@pytest.fixture(scope="module")
def _later() -> Iterator[SandboxProcess]:
    with SandboxProcess("--day", "450") as sandbox:
        yield sandbox


@pytest.fixture
def later(_later: SandboxProcess) -> SandboxProcess:
    """The same world five months later, without faults."""
    _later.control("faults", "DELETE")
    _later.control("requests", "DELETE")
    return _later


def stored(store: Path) -> list[str]:
    return ids(store, "posts", "aweme_id")


def target(store: Path, walk: str = "posts") -> tuple[str, int]:
    [row] = rows(store, "SELECT verdict, final FROM targets WHERE walk = ?", walk)
    return row["verdict"], row["final"]


def test_what_came_meanwhile_and_then_nothing(
    sandbox: SandboxProcess, later: SandboxProcess, store: Path
) -> None:
    [user] = sandbox.all_users(1, BUSY)
    before, after = (sorted(s.truth(user)["posts"]) for s in (sandbox, later))
    assert before != after
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    assert stored(store) == before
    ran = collect(later, "user_posts", store, user=user)
    assert ran.status == 0, ran.err
    assert stored(store) == after
    pages = len(later.requests(POSTS))
    assert pages <= (len(after) - len(before)) // 15 + 2
    later.control("requests", "DELETE")
    assert collect(later, "user_posts", store, user=user).status == 0
    assert len(later.requests(POSTS)) == 1


def test_a_page_that_failed_leaves_no_hole(
    sandbox: SandboxProcess, later: SandboxProcess, store: Path
) -> None:
    [user] = sandbox.all_users(1, BUSY)
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    later.add_faults(
        {"kind": "status", "status": 200, "body": "[]", "path": POSTS, "after": 1}
        | {"times": -1}
    )
    assert collect(later, "user_posts", store, user=user).status == 3
    assert target(store) == ("failed", 0)
    later.control("faults", "DELETE")
    ran = collect(later, "user_posts", store, user=user, mode="new")
    assert ran.status == 0, ran.err
    assert stored(store) == sorted(later.truth(user)["posts"])


def test_a_post_stored_by_another_way_is_not_known(
    sandbox: SandboxProcess, later: SandboxProcess, store: Path
) -> None:
    [user] = sandbox.all_users(1, BUSY)
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    truth = later.truth(user)["posts"]
    newest = sorted(truth, reverse=True)[:5]
    ran = collect(later, "posts", store, post=",".join(newest))
    assert ran.status == 0, ran.err
    limited = collect(later, "user_posts", store, user=user, limit="10")
    assert limited.status == 0, limited.err
    assert collect(later, "user_posts", store, user=user).status == 0
    assert stored(store) == sorted(truth)


def test_the_wall_lets_what_is_new_at_the_head_through(
    sandbox: SandboxProcess, later: SandboxProcess, store: Path
) -> None:
    [user] = sandbox.all_users(1, BUSY)
    assert collect(sandbox, "user_posts", store, login=False, user=user).status == 3
    assert target(store) == ("restricted", 0)
    first = set(stored(store))
    ran = collect(later, "user_posts", store, login=False, user=user)
    assert ran.status == 3, ran.err
    assert target(store) == ("restricted", 0)
    assert set(stored(store)) > first
    ran = collect(later, "user_posts", store, user=user)
    assert ran.status == 0, ran.err
    assert stored(store) == sorted(later.truth(user)["posts"])


def test_a_list_that_ends_short_alike_twice_is_accepted(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[MANY]
    short = {"kind": "false_end", "path": POSTS, "after": 2, "times": -1}
    sandbox.add_faults(short)
    assert collect(sandbox, "user_posts", store, user=user).status == 3
    assert target(store) == ("truncated", 0)
    sandbox.control("faults", "DELETE")
    sandbox.add_faults(short)
    again = collect(sandbox, "user_posts", store, user=user)
    assert again.status == 0, again.err
    assert target(store) == ("truncated", 1)
    assert "accepted" in again.err
    sandbox.control("faults", "DELETE")
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    assert stored(store) == sorted(sandbox.truth(user)["posts"])
    assert target(store) == ("complete", 1)


def test_counters_of_the_last_days_are_read_again(
    sandbox: SandboxProcess, later: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[BIG]
    assert collect(sandbox, "user_posts", store, user=user).status == 0
    later.control("requests", "DELETE")
    refreshed = collect(later, "user_posts", store, user=user, mode="refresh")
    assert refreshed.status == 0, refreshed.err
    pages = len(later.requests(POSTS))
    assert pages < len(stored(store)) / 18
    named = {row["range"] for row in rows(store, "SELECT range FROM targets")}
    assert named == {"", "days=30"}


def test_comments_are_read_where_their_number_changed(
    sandbox: SandboxProcess, later: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[BIG]
    given = {"user": user, "limit": "2", "comments": "true", "profile": "true"}
    ran = collect(sandbox, "user_posts", store, **given)
    assert ran.status == 0, ran.err
    walked = rows(store, "SELECT id, announced FROM targets WHERE walk = 'comments'")
    assert walked
    assert all(row["announced"] for row in walked)
    assert {
        row["aweme_id"] for row in rows(store, "SELECT aweme_id FROM comments")
    } == {row["id"] for row in walked}
    assert sandbox.requests("/user/profile/other/")
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "user_posts", store, **given)
    assert ran.status == 0, ran.err
    assert not sandbox.requests(COMMENTS)


def test_comments_whose_number_is_known_cost_one_page(
    sandbox: SandboxProcess, store: Path
) -> None:
    post = sandbox.posts["ordinary"]
    given = {"post": post, "mode": "new", "replies": "true"}
    for _ in range(2):  # some are hidden: alike twice, so that is all there is
        assert collect(sandbox, "comments", store, **given).status == 0
    known = ids(store, "comments", "cid")
    sandbox.control("requests", "DELETE")
    ran = collect(sandbox, "comments", store, **given)
    assert ran.status == 0, ran.err
    assert len(sandbox.requests(COMMENTS)) == 1
    assert not sandbox.requests("/reply/")
    assert ids(store, "comments", "cid") == known

"""`scrapy crawl user_posts` as a user runs it: what is in the store and how it ends."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.world import (
    BIG,
    GAPPED,
    GONE,
    MANY,
    NONE,
    ONE,
    PRIVATE,
    SELF,
)
from tests.support.crawling import Ran, crawl, rows

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


def walk(
    sandbox: SandboxProcess,
    store: Path,
    user: str,
    *more: str,
    login: bool = True,
    settings: dict[str, str] | None = None,
    **arguments: str,
) -> Ran:
    """Crawl the posts of *user*."""
    cookie = {"DOUYIN_COOKIE": sandbox.login_cookie} if login else {}
    return crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": user, **arguments},
        settings=settings,
        environment=cookie,
        more=more,
    )


def ids(store: Path) -> list[str]:
    return [row["aweme_id"] for row in rows(store, "SELECT aweme_id FROM posts")]


def verdicts(store: Path) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in rows(store, "SELECT * FROM targets")}


def test_every_post_is_stored_once_and_again_without_a_double(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[MANY]
    first = walk(sandbox, store, user)
    assert first.status == 0, first.err
    truth = sandbox.truth(user)["posts"]
    assert sorted(ids(store)) == sorted(truth)
    likes = rows(store, "SELECT aweme_id, digg_count, sec_uid FROM posts")
    assert {r["aweme_id"]: r["digg_count"] for r in likes} == {
        key: counters["digg_count"] for key, counters in truth.items()
    }
    assert {r["sec_uid"] for r in likes} == {user}
    assert [r["sec_uid"] for r in rows(store, "SELECT sec_uid FROM users")] == [user]

    second = walk(sandbox, store, user)
    assert second.status == 0, second.err
    assert sorted(ids(store)) == sorted(truth)
    assert verdicts(store) == {user: "complete"}
    counts = [json.loads(r["counts"]) for r in rows(store, "SELECT counts FROM runs")]
    assert counts[0]["posts/new"] == len(truth)
    assert counts[1].get("posts/new", 0) == 0
    metrics = rows(store, "SELECT id FROM metrics WHERE kind = 'post'")
    assert len(metrics) == len(truth), "unchanged counters are written once"


def test_users_of_all_kinds_in_one_run(sandbox: SandboxProcess, store: Path) -> None:
    kinds = (ONE, NONE, GAPPED, SELF)
    users = [sandbox.users[kind] for kind in kinds]
    ran = walk(sandbox, store, ",".join(users))
    assert ran.status == 0, ran.err
    expected = {key for user in users for key in sandbox.truth(user)["posts"]}
    assert set(ids(store)) == expected
    assert set(verdicts(store).values()) == {"complete"}


def test_a_visitor_meets_the_wall_and_is_told(
    sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[MANY]
    ran = walk(sandbox, store, user, login=False)
    assert ran.status == 3
    assert verdicts(store) == {user: "restricted"}
    assert 0 < len(ids(store)) < len(sandbox.truth(user)["posts"])
    assert "DOUYIN_COOKIE" in ran.err or "cookies" in ran.err
    sent = sandbox.requests("/aweme/post/")
    assert len(sent) == 2, "the wall is not worth a retry"
    assert all(s["signer"] == "a_bogus" and s["status"] == 200 for s in sent)


def test_a_user_that_is_gone_or_private_does_not_stop_the_others(
    sandbox: SandboxProcess, store: Path
) -> None:
    kinds = (GONE, PRIVATE, ONE)
    users = [sandbox.users[kind] for kind in kinds]
    ran = walk(sandbox, store, ",".join(users))
    found = verdicts(store)
    assert set(found) == set(users), ran.err
    assert found == dict(zip(users, ("gone", "private", "complete"), strict=True))
    assert ran.status == 0
    assert len(ids(store)) == 1


@pytest.mark.parametrize("limit", [1, 18, 25])
def test_a_limit_is_kept_exactly(
    sandbox: SandboxProcess, store: Path, limit: int
) -> None:
    ran = walk(sandbox, store, sandbox.users[MANY], limit=str(limit))
    assert ran.status == 0, ran.err
    assert len(ids(store)) == limit


def test_a_range_is_read_and_no_more(sandbox: SandboxProcess, store: Path) -> None:
    user = sandbox.users[BIG]
    assert walk(sandbox, store, user, limit="400").status == 0
    times = [
        row["create_time"]
        for row in rows(store, "SELECT create_time FROM posts ORDER BY 1 DESC")
    ]
    until, since = times[100], times[300]
    store.unlink()
    sandbox.control("requests", "DELETE")
    ran = walk(sandbox, store, user, since=since, until=until)
    assert ran.status == 0, ran.err
    found = rows(store, "SELECT create_time FROM posts ORDER BY 1 DESC")
    assert [r["create_time"] for r in found] == [t for t in times if since <= t < until]
    assert len(sandbox.requests("/aweme/post/")) < 25, "older pages are not read"


def test_feeds_hold_the_posts_and_nothing_else(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    user = sandbox.users[SELF]
    truth = sandbox.truth(user)["posts"]
    for turn in range(2):
        lines, table = tmp_path / f"{turn}.jsonl", tmp_path / f"{turn}.csv"
        assert walk(sandbox, store, user, "-O", str(lines), mode="full").status == 0
        assert walk(sandbox, store, user, "-O", str(table), mode="full").status == 0
        posts = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
        assert sorted(p["aweme_id"] for p in posts) == sorted(truth)
        assert all(p["create_time"].endswith("Z") for p in posts)
        with table.open(encoding="utf-8", newline="") as file:
            cells = list(csv.DictReader(file))
        assert sorted(cell["aweme_id"] for cell in cells) == sorted(truth)
        assert {c["digg_count"] for c in cells} == {
            str(counters["digg_count"]) for counters in truth.values()
        }


def test_a_handle_a_short_link_and_a_file_of_addresses(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    users = tmp_path / "users.txt"
    users.write_text(
        "# who is to be read\n"
        f"https://www.douyin.com/user/{sandbox.users[ONE]}?from_tab_name=main\n\n"
        f"{sandbox.handles[SELF]}\n"
        f"8.7 复制打开抖音 https://v.douyin.com/{sandbox.short_links[0]}/ 看看\n"
        "https://www.douyin.com/user/self\n",
        "utf-8",
    )
    ran = walk(sandbox, store, f"@{users}")
    assert ran.status == 0, ran.err
    assert sandbox.users[ONE] in verdicts(store)
    assert sandbox.users[SELF] in verdicts(store)
    lookups = sandbox.requests("/web/api/v2/user/info/")
    assert [s["signer"] for s in lookups] in ([None], [""])


def test_a_handle_that_nobody_has(sandbox: SandboxProcess, store: Path) -> None:
    ran = walk(sandbox, store, "nobody_has_this_1")
    assert ran.status == 0, ran.err
    [row] = rows(store, "SELECT id, verdict FROM verdicts")
    assert (row["id"], row["verdict"]) == ("nobody_has_this_1", "gone")
    assert verdicts(store) == {}, "what has no id can't be taken up by it"
    assert "no user has this handle" in ran.err

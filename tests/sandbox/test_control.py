"""The control paths that tell what was asked, and of whom there is how much."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.config import SandboxConfig, SandboxError
from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.server import Sandbox
from douyin_crawler.sandbox.wire import Wire, WireLog
from douyin_crawler.sandbox.world import GONE, MANY, SELF, World
from douyin_crawler.sandbox.world_comments import comments_of
from douyin_crawler.sandbox.world_names import named_posts
from tests.sandbox.client import Client, sec_uid

if TYPE_CHECKING:
    from pathlib import Path


def test_the_log_is_bounded() -> None:
    log = WireLog(100)
    for number in range(100_000):
        log.add(Wire("GET", "/a/", "", [], float(number), fault="empty"))
    counts = log.counts()
    assert (counts["total"], counts["logged"]) == (100_000, 100)
    assert len(counts["by_second"]) == 7200
    assert counts["by_fault"] == {"empty": 100}
    assert len(log.entries("/a/", 7)) == 7
    log.clear()
    assert log.counts()["total"] == 0


async def test_requests_are_counted(sandbox: Sandbox, member: Client) -> None:
    for _ in range(3):
        await member.api("user/profile/other/", sec_user_id=sec_uid(sandbox, MANY))
    await member.api("emoji/list")
    counts = await member.control("counts")
    assert counts["total"] == sum(counts["by_second"].values()) == 4
    assert counts["by_status"] == {"200": 4}
    profiles = await member.control("requests?path=profile/other/&last=2")
    assert Counter(wire["path"] for wire in profiles).total() == 2


async def test_users_are_told_in_slices(sandbox: Sandbox, member: Client) -> None:
    told = await member.control("users?first=2&count=5")
    expected = [sec_uid(sandbox, index) for index in range(2, 7) if index != GONE]
    assert told == {"users": expected, "of": 50}
    assert len((await member.control("users?first=40&count=x"))["users"]) == 10
    person = await member.control(f"truth?person={expected[0]}")
    assert person["sec_uid"] == expected[0]
    assert person["counters"]["aweme_count"] == 0
    assert "error" in await member.control("truth?person=nobody")
    assert "error" in await member.control("nonsense")


def test_a_world_can_be_wide_and_deep() -> None:
    world = World(1, 100_000, 1, most_posts=5, vast=200_000)
    vast = comments_of(world, named_posts(world)["vast"])
    assert len(vast.sizes) + sum(vast.sizes) == vast.total == 200_000
    assert max(vast.sizes) == 60
    assert all(world.user(index).size <= 5 for index in range(8, 500))
    assert world.user(MANY).size == 290
    assert "vast" not in named_posts(World(1, 50, 1))


async def test_vast_comments_are_walked_like_all_others() -> None:
    sandbox = Sandbox(SandboxConfig(port=0, day=1, users=50, comments_of_big=2000))
    await sandbox.start()
    async with Client(sandbox.url, sandbox.mint.login_cookie()) as client:
        post = named_posts(sandbox.world)["vast"].id
        truth = await client.control(f"truth?aweme_id={post}")
        found: set[str] = set()
        cursor, more = 0, 1
        while more:
            asked = {"aweme_id": post, "cursor": cursor, "count": 50}
            page = (await client.api("comment/list/", **asked)).value
            found |= {comment["cid"] for comment in page["comments"] or []}
            cursor, more = page["cursor"], page["has_more"]
    await sandbox.stop()
    assert found == truth["comments"].keys()
    assert sum(len(c["replies"]) for c in truth["comments"].values()) > 600


@pytest.mark.parametrize(
    "options", [{"most_posts": 0}, {"comments_of_big": -1}, {"log": 0}, {"notices": -1}]
)
def test_sizes_have_bounds(options: dict[str, int]) -> None:
    name = next(iter(options)).replace("_", "-")
    with pytest.raises(SandboxError, match=f"--{name}"):
        SandboxConfig(**options)  # type: ignore[arg-type]


def test_a_process_takes_the_options_and_tells_the_truth(tmp_path: Path) -> None:
    options = ["--users", "30", "--day", "3", "--notices", "12", "--moving"]
    with SandboxProcess(*options, "--fault", "empty,path=list,times=2") as sandbox:
        assert len(sandbox.notices) == 12
        assert list(sandbox.notice_truth()["notices"]) == sandbox.notices
        assert sandbox.own == sandbox.users[SELF]
        assert len(sandbox.sticker_truth()) == 137
        assert len(sandbox.emoji_truth()) == 371
        assert len(sandbox.all_users(100)) == 29
        assert sandbox.control("faults")[0]["times"] == 2
        sandbox.plant(sec_uid="MS4wA", uid="1", nickname="名", unique_id="n")
        assert sandbox.control("truth?person=MS4wA")["nickname"] == "名"
        assert sandbox.counts()["total"] == 0
        with pytest.raises(SandboxError, match="nothing of that id"):
            sandbox.served("post", "1")


def test_a_wrong_fault_keeps_it_from_starting() -> None:
    with pytest.raises(SandboxError, match="no fault is called flood"):
        SandboxProcess("--fault", "flood").start()

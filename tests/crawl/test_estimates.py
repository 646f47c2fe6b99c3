"""What a dry run counts: as a run would ask for it, and no more than it says."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from douyin_crawler.items.observe import observe_post
from douyin_crawler.items.page import Entry
from douyin_crawler.sandbox.world import ONE
from douyin_crawler.stores import open_store
from tests.crawl.test_politeness import dry
from tests.support import samples

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess


def test_a_spider_says_itself_what_it_is_asked_for(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    cookie = {"DOUYIN_COOKIE": sandbox.login_cookie}
    file = tmp_path / "named.txt"
    notices = sandbox.notices[:21]
    file.write_text("\n".join(notices * 5))
    lines = dry(store, "notices", "-a", f"notice=@{file}", **cookie)
    assert lines[1].startswith(f"Targets: {len(set(notices))} (")
    assert "at least: 2 (2 for pages)" in lines[2]
    lines = dry(store, "notices", "-a", "group=all", **cookie)
    assert lines[1] == "Targets: 1 (group all)"
    file.write_text(f"{sandbox.users[ONE]}\n" * 100)
    lines = dry(store, "user_posts", "-a", f"user=@{file}", **cookie)
    assert lines[1] == f"Targets: 1 ({sandbox.users[ONE]})"
    assert "at least: 1 (1 for pages)" in lines[2]


def test_comments_that_cannot_be_had_are_not_counted(store: Path) -> None:
    """``comment_count`` counts replies, and the service ends its lists before that."""
    asyncio.run(keep(f"sqlite:///{store}", comments=4_200))
    cookie = {"DOUYIN_COOKIE": "sessionid=0123456789abcdef0123456789abcdef"}
    lines = dry(store, "comments", "-a", f"post={samples.AWEME_ID}", **cookie)
    assert "Requests, about: 46 (45 for pages, the first visit" in lines[2]
    assert "900 records are left of 1 target" in lines[2]
    assert lines[3].endswith("about 57.5 s")


async def keep(url: str, *, comments: int) -> None:
    """Store a post of so many comments."""
    post = samples.post()
    post["statistics"]["comment_count"] = comments
    text = json.dumps(post).encode()
    now = datetime(2026, 1, 5, tzinfo=UTC)
    store = open_store(url)
    await store.open()
    await store.write(observe_post(Entry(text=text), "list", now))
    await store.close()

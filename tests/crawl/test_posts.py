"""`scrapy crawl posts`: the present state of each post, or why it is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import MANY
from tests.crawl.test_captures import without_private
from tests.support.crawling import rows
from tests.support.served import collect
from tests.support.shared import CAPTURES, needs_shared
from tests.support.stored import endings, payload, records

if TYPE_CHECKING:
    from pathlib import Path

DETAIL = "aweme/detail/"
UNKNOWN = "7331282357997579691"


def filtered(reason: str, words: str = "") -> dict[str, Any]:
    """Return the answer about a post that is not shown."""
    why = {"filter_reason": reason, "detail_msg": words, "notice": words}
    return {"status_code": 0, "aweme_detail": None, "filter_detail": why}


async def test_the_present_state(sandbox: SandboxProcess, url: str) -> None:
    user = sandbox.users[MANY]
    truth = sandbox.truth(user)["posts"]
    post = next(iter(truth))
    asked = f"https://www.douyin.com/video/{post}?previous_page=x,{UNKNOWN}"
    ran = collect(sandbox, "posts", url, login=False, aweme_id=asked)
    assert ran.status == 0, ran.err
    found = await records(url, "post")
    assert list(found) == [post]
    assert {k: found[post][k] for k in truth[post]} == truth[post]
    assert list(await records(url, "user")) == [user], "the author is kept too"
    ended = await endings(url)
    assert {k: str(e.verdict) for k, e in ended.items()} == {
        post: "complete",
        UNKNOWN: "gone",
    }
    assert "there is no such post" in ended[UNKNOWN].reason
    page = await payload(url, "page", f"post:{post}:0")
    assert page["aweme_detail"] == {}
    assert page["log_pb"]["impr_id"]


@pytest.mark.parametrize("whole", [False, True])
def test_each_reason_of_a_post_that_is_gone(
    sandbox: SandboxProcess, store: Path, whole: bool
) -> None:
    """The service says so in place of the post, or with it."""
    posts = [str(int(UNKNOWN) + n) for n in range(5)]
    states = {
        "deleted": {"is_delete": True},
        "taken down": {"is_prohibited": True},
        "in review": {"in_reviewing": True},
        "only the author": {"private_status": 1},
        "nothing of it": {},
    }
    reasons = ["status_deleted", "music_deleted_video", "status_audit"]
    reasons += ["status_self_see", ""]
    answers = [filtered(reason, "说明") for reason in reasons]
    if whole:
        answers = [
            {"status_code": 0, "aweme_detail": {"aweme_id": post, "status": state}}
            for post, state in zip(posts, states.values(), strict=True)
        ]
    sandbox.add_faults(
        *(
            {"path": DETAIL, "contains": post, "times": -1, "kind": "json", "body": b}
            for post, b in zip(posts, answers, strict=True)
        )
    )
    ran = collect(sandbox, "posts", store, post=",".join(posts))
    found = rows(store, "SELECT id, verdict, reason FROM targets ORDER BY id")
    last = "complete" if whole else "restricted"
    assert [r["verdict"] for r in found] == ["gone"] * 3 + ["private", last]
    assert ran.status == (0 if whole else 3), ran.err
    assert "deleted" in found[0]["reason"]
    assert "in review" in found[2]["reason"]
    assert "its author" in found[3]["reason"]
    kept = rows(store, "SELECT aweme_id FROM posts")
    assert len(kept) == (5 if whole else 0), "what is answered is kept"


@needs_shared
async def test_a_real_post(url: str) -> None:
    (path,) = sorted((CAPTURES / "aweme_detail").iterdir())
    post = json.loads(path.read_text("utf-8"))["aweme_detail"]
    with SandboxProcess("--captures", str(CAPTURES)) as captures:
        ran = collect(captures, "posts", url, post=post["aweme_id"])
    assert ran.status == 0, ran.err
    stored = (await records(url, "post"))[post["aweme_id"]]
    assert stored["digg_count"] == post["statistics"]["digg_count"]
    assert await payload(url, "post", post["aweme_id"]) == without_private(post)

"""Which crawl asks for the answers of which endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.sandbox.world import MANY
from tests.support.crawling import Ran, crawl

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

SPIDERS = {
    "aweme_post": "user_posts",
    "comment_list": "comments",
    "hot_search_list": "hot_list",
    "tab_feed": "feed",
    "user_profile_other": "user_profile",
    "user_profile_self": "self_profile",
    "im_user_info": "user_info",
    "notice_detail": "notices",
    "emoji_list": "emojis",
    "emoticon_trending": "stickers",
}
DIGG = ":41"
"""What the id of a notice of likes ends with."""


def arguments(sandbox: SandboxProcess, endpoint: str) -> dict[str, str]:
    """Return what the endpoint's spider is asked for."""
    user = sandbox.users[MANY]
    liked = [notice for notice in sandbox.notices if notice.endswith(DIGG)]
    given: dict[str, dict[str, str]] = {
        "aweme_post": {"user": user, "limit": "20"},
        "comment_list": {"post": sandbox.posts["crowded"], "limit": "20"},
        "hot_search_list": {"board": "main"},
        "tab_feed": {"count": "10"},
        "user_profile_other": {"user": user},
        "im_user_info": {"user": user},
        "notice_detail": {"notice": ",".join(liked[:1])},
        "emoticon_trending": {"limit": "10"},
    }
    return given.get(endpoint, {})


def run(
    sandbox: SandboxProcess, spider: str, store: Path | str, asked: dict[str, str]
) -> Ran:
    """Run a spider that keeps everything."""
    return crawl(
        spider,
        base_url=sandbox.url,
        store=store,
        arguments=asked,
        environment={
            "DOUYIN_STORE_PRIVATE": "true",
            "DOUYIN_COOKIE": sandbox.login_cookie,
        },
    )


def ask_for(sandbox: SandboxProcess, endpoint: str, store: Path | str) -> None:
    """Ask for answers of an endpoint."""
    ran = run(sandbox, SPIDERS[endpoint], store, arguments(sandbox, endpoint))
    assert ran.status == 0, ran.err

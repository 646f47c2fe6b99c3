"""Posts as targets: ids, addresses, short links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.api.targets import PostTarget, parse_post
from douyin_crawler.spiders.arguments import Arguments
from douyin_crawler.spiders.targets import Target, TargetSpider

if TYPE_CHECKING:
    from scrapy import Request

    from douyin_crawler.spiders.walk import Walk


class PostArguments(Arguments, frozen=True, kw_only=True):
    """Arguments of a spider whose targets are posts."""

    post: str
    """aweme_ids or addresses of posts, comma-separated, or @file."""


class PostTargets(TargetSpider):
    """Finds the aweme_id of each post."""

    target_argument = "post"
    target_class = PostTarget
    parse_target = staticmethod(parse_post)

    def look_up(self, target: Target, walk: Walk) -> Request | None:
        """Return None: a post's id stands in its address."""
        return None

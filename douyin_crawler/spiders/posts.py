"""Posts as targets (ids, addresses, short links), and the posts themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from douyin_crawler.api.targets import PostTarget, parse_post
from douyin_crawler.items.observe import observe_post
from douyin_crawler.items.page import (
    Entry,
    MalformedPage,
    replace_member,
    split_member,
)
from douyin_crawler.items.post import Post
from douyin_crawler.spiders.single import Answer, SingleSpider
from douyin_crawler.spiders.targets import Target, TargetArguments, TargetSpider
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy import Request


class PostArguments(TargetArguments, frozen=True, kw_only=True):
    """Arguments of a spider whose targets are posts."""

    post: str = ""
    """aweme_ids or addresses of posts, comma-separated, or @file."""


class PostTargets(TargetSpider):
    """Finds the aweme_id of each post."""

    target_argument = "post"
    target_class = PostTarget
    parse_target = staticmethod(parse_post)

    def look_up(self, target: Target, walk: Walk) -> Request | None:
        """Return None: a post's id stands in its address."""
        return None


class PostsArguments(PostArguments, frozen=True, kw_only=True):
    """``scrapy crawl posts -a post=...``."""


class PostsSpider(PostTargets, SingleSpider):
    """Reads the present state of each post, or the reason why it is gone."""

    name = "posts"
    arguments_class = PostsArguments
    item_class = Post
    walk_kind = "post"
    endpoints: ClassVar[dict[str, str]] = {"post": "aweme_detail"}

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the post *target*."""
        return Walk(kind=self.walk_kind, id=target)

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Name the post."""
        return {"aweme_id": walk.id}

    def read(self, walk: Walk, body: bytes, observed_at: datetime) -> Answer:
        """Return the post and its author."""
        text = split_member(body, "aweme_detail") or b"null"
        observed = observe_post(Entry(text=text), "own", observed_at)
        if not observed:
            raise MalformedPage("the answer has no post with an aweme_id")
        post = observed[0].item
        assert isinstance(post, Post)
        verdict, reason = _state(post)
        rest = replace_member(body, "aweme_detail", b"{}")
        return Answer(rest=rest, observations=observed, verdict=verdict, reason=reason)


def _state(post: Post) -> tuple[Verdict, str]:
    """Return what the post's own status says; a dead one may still be answered."""
    if post.is_delete:
        return Verdict.GONE, "the post is deleted"
    if post.is_prohibited:
        return Verdict.GONE, "the service has taken the post down"
    if post.in_reviewing:
        return Verdict.GONE, "the post is in review by the service"
    if post.private_status or post.part_see:
        return Verdict.PRIVATE, "the post is shown to its author, or to some people"
    return Verdict.COMPLETE, ""

"""The posts of users."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.observe import observe_post, skip_reason
from douyin_crawler.items.page import decode, split_member
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.user import User, parse_user
from douyin_crawler.spiders.arguments import Arguments, Range
from douyin_crawler.spiders.paged import PagedSpider
from douyin_crawler.spiders.users import UserArguments, UserTargets
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from douyin_crawler.items.page import Entry, Page


class UserPostsArguments(UserArguments, frozen=True, kw_only=True):
    """``scrapy crawl user_posts -a user=... [-a since=] [-a until=] [-a limit=]``."""

    since: str = ""
    """First moment of the range: a date (00:00 in Asia/Shanghai) or an ISO time."""
    until: str = ""
    """First moment behind the range."""
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Posts to keep of each user."""


class UserPostsSpider(UserTargets, PagedSpider):
    """Walks the posts of users, newest first, paged by ``max_cursor``.

    Pinned posts stand first and are older than what follows: they never end a
    range, and come again at their place in time.
    """

    name = "user_posts"
    arguments_class = UserPostsArguments
    item_class = Post
    walk_kind = "posts"
    endpoint_name: ClassVar[str] = "aweme_post"

    arguments: UserPostsArguments

    @classmethod
    def read_arguments(cls, given: dict[str, Any]) -> Arguments:
        """Check the range too."""
        arguments = super().read_arguments(given)
        assert isinstance(arguments, UserPostsArguments)
        Range.parse(arguments.since, arguments.until)
        return arguments

    @cached_property
    def range(self) -> Range:
        """The range asked for."""
        return Range.parse(self.arguments.since, self.arguments.until)

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the posts of the user *target*."""
        given = self.arguments
        written = f"{given.since}..{given.until}" if given.since or given.until else ""
        return Walk(kind=self.walk_kind, id=target, range=written, limit=given.limit)

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Name the user; the time list is asked for once, as the site does."""
        first = "1" if walk.cursor == "0" else "0"
        return {"sec_user_id": walk.id, "need_time_list": first}

    def observe(
        self, walk: Walk, entry: Entry, observed_at: datetime
    ) -> Iterator[Observation]:
        """Yield the post and its author, or count why not."""
        observations = observe_post(entry, "list", observed_at)
        post = next((o.item for o in observations if isinstance(o.item, Post)), None)
        if post is None:
            self.drop("no_id", f"an entry of {walk.kind} {walk.id}")
            return
        reason = skip_reason(post) or self._out_of_range(walk, post)
        if reason:
            self.drop(reason, f"post {post.aweme_id}")
            return
        walk.got.add(post.aweme_id)
        for observation in observations:
            if isinstance(observation.item, User) and observation.id == walk.id:
                walk.expected = observation.item.aweme_count or walk.expected
            yield observation

    def _out_of_range(self, walk: Walk, post: Post) -> str | None:
        if post.create_time and post.create_time not in self.range:
            return "out_of_range"
        if walk.full and post.aweme_id not in walk.got:
            return "beyond_limit"
        return None

    def past_range(self, walk: Walk, page: Page) -> bool:
        """Return whether the last post that is not pinned is older than the range."""
        if self.range.since is None:
            return False
        for entry in reversed(page.entries or []):
            post = parse_post(entry.value)
            if post and post.create_time and not post.is_top:
                return post.create_time < self.range.since
        return False

    async def end_of_list(self, walk: Walk) -> list[Any]:
        """Ask the profile before an empty list is taken for an end.

        The service gives the same empty list for a user without posts, for one
        that is gone and for one whose posts are private.
        """
        if walk.seen:
            return await super().end_of_list(walk)
        profile = ENDPOINTS["user_profile_other"]
        return [self.request(profile, walk, self.parse_profile, sec_user_id=walk.id)]

    def parse_profile(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Yield the user, then the verdict that the profile gives."""
        text = split_member(response.body, "user") or b""
        user = parse_user(decode(text)) if text else None
        if user is None:
            yield from self.finish(walk, Verdict.FAILED, "the profile has no user")
            return
        yield Observation(
            kind="user",
            id=user.sec_uid,
            item=user,
            payload=text,
            source="own",
            observed_at=self.run.observed_at(response),
        )
        walk.expected = user.aweme_count
        if not user.aweme_count:
            yield from self.finish(walk, Verdict.COMPLETE, "the user has no posts")
        elif user.secret:
            yield from self.finish(walk, Verdict.PRIVATE, "the account is private")
        else:
            reason = f"the profile says {user.aweme_count} posts, its list is empty"
            yield from self.finish(walk, Verdict.TRUNCATED, reason)

    async def expected(self, walk: Walk) -> int | None:
        """Return the number of posts by the stored profile, else by the walk."""
        await self.run.buffer.flush()
        stored = await self.run.store.load("user", [walk.id])
        if walk.id in stored:
            count = stored[walk.id].fields.get("aweme_count")
            return count or walk.expected
        return walk.expected

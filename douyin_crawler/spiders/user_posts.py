"""The posts of users."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.observe import skip_reason
from douyin_crawler.items.page import MalformedPage, decode_part, split_member
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.user import User, parse_user
from douyin_crawler.spiders.arguments import Arguments, Range
from douyin_crawler.spiders.post_list import PostListSpider
from douyin_crawler.spiders.users import UserArguments, UserTargets
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy.http import Response

    from douyin_crawler.items.page import Entry, Page

_WITNESSES = 3
"""Posts at a page's end that must all lie before the range."""


class UserPostsArguments(UserArguments, frozen=True, kw_only=True):
    """``scrapy crawl user_posts -a user=... [-a since=] [-a until=] [-a limit=]``."""

    since: str = ""
    """First moment of the range: a date (00:00 in Asia/Shanghai) or an ISO time."""
    until: str = ""
    """First moment behind the range."""
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Posts to keep of each user."""


class UserPostsSpider(UserTargets, PostListSpider):
    """Walks the posts of users, newest first, paged by ``max_cursor``.

    Pinned posts stand first and are older than what follows: they never end a
    range, and come again at their place in time.
    """

    name = "user_posts"
    arguments_class = UserPostsArguments
    walk_kind = "posts"
    endpoints: ClassVar[dict[str, str]] = {"posts": "aweme_post"}
    source = "list"

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

    def unwanted(self, walk: Walk, post: Post) -> str | None:
        """Leave out what is no post, or not in the range."""
        if post.create_time and post.create_time not in self.range:
            return "out_of_range"
        return super().unwanted(walk, post)

    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Note what the user's own copy says of the number of posts."""
        for observation in super().observe(walk, entry, observed_at):
            if isinstance(observation.item, User) and observation.id == walk.id:
                walk.expected = observation.item.aweme_count or walk.expected
            yield observation

    def past_range(self, walk: Walk, page: Page) -> bool:
        """Return whether the page's last posts are older than the range.

        Pinned posts, advertisements and live rooms stand anywhere in time; one post
        with an absurd time, among several, ends nothing either.
        """
        if self.range.since is None:
            return False
        times: list[datetime] = []
        for entry in reversed(page.entries or []):
            post = parse_post(entry.value)
            if post and post.create_time and not (post.is_top or skip_reason(post)):
                times.append(post.create_time)
            if len(times) == _WITNESSES:
                break
        return bool(times) and max(times) < self.range.since

    async def end_of_list(self, walk: Walk) -> list[Any]:
        """Ask the profile before an empty list is taken for an end.

        The service gives the same empty list for a user without posts, for one
        that is gone and for one whose posts are private.
        """
        if walk.seen:
            return await super().end_of_list(walk)
        profile = ENDPOINTS["user_profile_other"]
        user = {"sec_user_id": walk.id}
        return [self.request(profile, walk, self.parse_profile, user)]

    def parse_profile(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Yield the user, then the verdict that the profile gives."""
        try:
            text = split_member(response.body, "user") or b"null"
            value, text = decode_part(text)
        except MalformedPage:
            reason = "the profile is nested too deeply"
            yield from self.finish(walk, Verdict.FAILED, reason)
            return
        user = parse_user(value)
        if user is None:
            yield from self.finish(walk, Verdict.FAILED, "the profile has no user")
            return
        yield Observation(
            kind="user",
            id=user.sec_uid,
            item=user,
            payload=text,
            source="own",
            observed_at=self.run.clock.read(response),
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

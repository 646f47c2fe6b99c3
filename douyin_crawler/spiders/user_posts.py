"""The posts of users, with their comments and the profile where they are asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.observe import skip_reason
from douyin_crawler.items.page import MalformedPage, decode_part, split_member
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.user import User, parse_user
from douyin_crawler.spiders.arguments import ArgumentError, Arguments, Range
from douyin_crawler.spiders.comment_listing import CommentListing
from douyin_crawler.spiders.post_list import PostListSpider
from douyin_crawler.spiders.ranges import Bounds, range_text
from douyin_crawler.spiders.users import UserArguments, UserTargets
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.items.page import Entry, Page
    from douyin_crawler.progress import Progress, WalkKey
    from douyin_crawler.spiders.listing import Listing

_WITNESSES = 3
"""Posts at a page's end that must all lie before the range."""
_REFRESHED_DAYS = 30


class UserPostsArguments(UserArguments, frozen=True, kw_only=True):
    """``scrapy crawl user_posts -a user=... [-a since=] [-a until=] [-a limit=]``."""

    since: str = ""
    """First moment of the range: a date (00:00 in Asia/Shanghai) or an ISO time."""
    until: str = ""
    """First moment behind the range."""
    days: Annotated[int, msgspec.Meta(ge=1, le=36500)] | None = None
    """The range is the last so many days, from when the walk begins."""
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Posts to keep of each user."""
    mode: Literal["auto", "full", "new", "refresh"] = "auto"
    """full: all; new: down to what an earlier complete walk has; refresh: the last
    ``days`` again (30); auto: new where there was a complete walk, else full."""
    comments: bool = False
    """Whether the comments of each post are read too, where their number changed."""
    replies: bool = False
    """Whether the replies to those comments are read too."""
    profile: bool = False
    """Whether the profile of each user is read first."""


class UserPostsSpider(UserTargets, PostListSpider):
    """Walks the posts of users, newest first, paged by ``max_cursor``.

    Pinned posts stand first and are older than what follows: they never end a
    range or a walk for what is new, and come again at their place in time.
    """

    name = "user_posts"
    arguments_class = UserPostsArguments
    walk_kind = "posts"
    endpoints: ClassVar[dict[str, str]] = {
        "posts": "aweme_post",
        **CommentListing.endpoints,
    }
    source = "list"

    arguments: UserPostsArguments

    @classmethod
    def read_arguments(cls, given: dict[str, Any]) -> Arguments:
        """Check the range too, and what only goes together."""
        arguments = super().read_arguments(given)
        assert isinstance(arguments, UserPostsArguments)
        Range.parse(arguments.since, arguments.until)
        if arguments.days and (arguments.since or arguments.until):
            raise ArgumentError("-a days=... takes the place of since and until")
        if arguments.mode == "refresh" and (arguments.since or arguments.until):
            raise ArgumentError("-a mode=refresh goes with days=..., not with a range")
        if arguments.replies and not arguments.comments:
            raise ArgumentError("-a replies=true needs -a comments=true")
        return arguments

    @cached_property
    def _comments(self) -> CommentListing:
        return CommentListing(self, replies=self.arguments.replies)

    def listing(self, walk: Walk) -> Listing:
        """Return that of posts, which is the spider's own, or that of comments."""
        return self if walk.kind == self.walk_kind else self._comments

    # -- the walk ----------------------------------------------------------------

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the posts of the user *target*."""
        given = self.arguments
        refreshed = _REFRESHED_DAYS if given.mode == "refresh" else None
        written = range_text(
            since=given.since,
            until=given.until,
            days=given.days or refreshed,
            limit=given.limit,
        )
        bounds = Bounds.of_text(written)
        return Walk(
            kind=self.walk_kind,
            id=target,
            range=written,
            limit=given.limit,
            since=bounds.since,
            until=bounds.until,
        )

    async def restore(self, walk: Walk, progress: Progress) -> None:
        """Decide how far down a new walk reads."""
        await super().restore(walk, progress)
        if walk.kind != self.walk_kind:
            return
        if walk.resumed and self.arguments.mode == "full" and walk.mode == "new":
            walk.resumed = False
            walk.begin_anew()
        if not walk.resumed:
            walk.mode = "new" if self._follows(walk) else "full"

    def _follows(self, walk: Walk) -> bool:
        """Return whether a walk that begins may stop at what is known."""
        whole = walk.mark is not None and not walk.range
        return whole and self.arguments.mode in ("auto", "new")

    async def kept_before(self, walk: Walk) -> set[str]:
        """Return the posts of this user that the walk has seen so far."""
        return await self.seen_since(walk, "post", user=walk.id)

    def walk_request(self, walk: Walk, pause: float = 0.0) -> Request:
        """Return the next page's request; the profile's comes before the first."""
        fresh = walk.kind == self.walk_kind and not walk.pages and not walk.seen
        if self.arguments.profile and fresh and not walk.profile_read:
            walk.profile_read = True
            return self._profile_request(walk, self.parse_first_profile)
        return super().walk_request(walk, pause)

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Name the user; the time list is asked for once, as the site does."""
        first = "1" if walk.cursor == "0" else "0"
        return {"sec_user_id": walk.id, "need_time_list": first}

    # -- the entries -------------------------------------------------------------

    def unwanted(self, walk: Walk, post: Post) -> str | None:
        """Leave out what is no post, or not in the range."""
        if post.create_time and post.create_time not in Range(walk.since, walk.until):
            return "out_of_range"
        return super().unwanted(walk, post)

    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Note what the user's own copy says of the number of posts."""
        for observation in super().observe(walk, entry, observed_at):
            item = observation.item
            if isinstance(item, User) and observation.id == walk.id:
                walk.expected = item.aweme_count or walk.expected
            if isinstance(item, Post) and self.arguments.comments:
                self._want_comments(walk, item)
            yield observation

    def _want_comments(self, walk: Walk, post: Post) -> None:
        if not post.comment_count:
            return
        walk.opening.append(
            Walk(
                kind="comments",
                id=post.aweme_id,
                parent=walk,
                own_limit=True,
                announced=post.comment_count,
            )
        )

    async def wanted(self, child: Walk) -> bool:
        """Read comments again only where their number has changed since."""
        if child.kind == "comments":
            known = await self.run.store.progress(child.key)
            if known and known.final and known.announced == child.announced:
                self.run.count("comments_unchanged")
                return False
        return await super().wanted(child)

    # -- the end -----------------------------------------------------------------

    def past_range(self, walk: Walk, page: Page) -> bool:
        """Return whether the page's last posts are older than the range.

        Pinned posts, advertisements and live rooms stand anywhere in time; one post
        with an absurd time, among several, ends nothing either.
        """
        if walk.since is None:
            return False
        times: list[datetime] = []
        for entry in reversed(page.entries or []):
            post = parse_post(entry.value)
            if post and post.create_time and not (post.is_top or skip_reason(post)):
                times.append(post.create_time)
            if len(times) == _WITNESSES:
                break
        return bool(times) and max(times) < walk.since

    def check_empty(self, walk: Walk) -> Request:
        """Ask the profile before an empty list is taken for an end.

        The service gives the same empty list for a user without posts, for one
        that is gone and for one whose posts are private.
        """
        return self._profile_request(walk, self.parse_profile)

    async def expected(self, walk: Walk) -> int | None:
        """Return the number of posts by the stored profile, if that is not older."""
        await self.run.buffer.flush()
        stored = (await self.run.store.load("user", [walk.id])).get(walk.id)
        if stored is None or not (count := stored.fields.get("aweme_count")):
            return walk.expected
        seen_at = stored.stamps()["aweme_count"][1]
        older = walk.first is not None and seen_at < walk.first.timestamp()
        return walk.expected if older and walk.expected else count

    # -- the profile -------------------------------------------------------------

    def _profile_request(self, walk: Walk, callback: Any) -> Request:
        endpoint = ENDPOINTS["user_profile_other"]
        return self.request(endpoint, walk, callback, {"sec_user_id": walk.id})

    def _observe_profile(self, response: Response) -> Observation | None:
        """Return the user of a profile's answer.

        Raises:
            MalformedPage: it is nested too deeply.
        """
        text = split_member(response.body, "user") or b"null"
        value, text = decode_part(text)
        user = parse_user(value)
        if user is None:
            return None
        return Observation(
            kind="user",
            id=user.sec_uid,
            item=user,
            payload=text,
            source="own",
            observed_at=self.run.clock.read(response),
        )

    async def parse_first_profile(
        self, response: Response, walk: Walk
    ) -> AsyncIterator[Any]:
        """Yield the user, then go on with the posts."""
        try:
            observation = self._observe_profile(response)
        except MalformedPage:
            observation = None
        if observation is None:
            self.drop("no_id", f"the profile of {walk.id}")
        else:
            yield observation
        yield self.walk_request(walk)

    def parse_profile(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Yield the user, then the verdict that the profile gives."""
        try:
            observation = self._observe_profile(response)
        except MalformedPage:
            reason = "the profile is nested too deeply"
            yield from self.finish(walk, Verdict.FAILED, reason)
            return
        if observation is None:
            yield from self.finish(walk, Verdict.FAILED, "the profile has no user")
            return
        yield observation
        assert isinstance(observation.item, User)
        walk.expected = observation.item.aweme_count
        yield from self._judge_empty(walk, observation.item)

    def _judge_empty(self, walk: Walk, user: User) -> Iterator[Any]:
        if not user.aweme_count:
            yield from self.finish(walk, Verdict.COMPLETE, "the user has no posts")
        elif user.secret:
            yield from self.finish(walk, Verdict.PRIVATE, "the account is private")
        else:
            reason = f"the profile says {user.aweme_count} posts, its list is empty"
            yield from self.truncated(walk, user.aweme_count, reason)

    def child_walk(self, parent: Walk, key: WalkKey) -> Walk:
        """Return the walk that *parent* had opened in an earlier run."""
        walk = super().child_walk(parent, key)
        walk.own_limit = key.walk == "comments"
        return walk

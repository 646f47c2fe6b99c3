"""The lists of comments of a post, and of replies to a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.items.coerce import integer
from douyin_crawler.items.comment import Comment
from douyin_crawler.items.observe import observe_comment
from douyin_crawler.items.page import TooDeep
from douyin_crawler.spiders.listing import Listing
from douyin_crawler.spiders.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from douyin_crawler.items.observation import Observation
    from douyin_crawler.items.page import Entry, Page
    from douyin_crawler.spiders.paged import PagedSpider

_CAP = 400
"""Entries after which a list may have met the service's cap."""
_HIDDEN = 0.3
"""Share of the comments of a post that is hidden at the most, it is assumed."""
_FEW = 2
"""So many may be hidden of any list."""


class CommentListing(Listing):
    """Comments, and replies to them.

    The replies that stand inline with a comment are kept too. The service's number
    of comments counts replies, so what the entries say of theirs is held against it.
    """

    endpoints: ClassVar[dict[str, str]] = {
        "comments": "comment_list",
        "replies": "comment_list_reply",
    }

    def __init__(self, spider: PagedSpider, *, replies: bool) -> None:
        self._spider = spider
        self._replies = replies

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Name the post, and the comment whose replies are read."""
        if walk.kind == "replies":
            assert walk.opener is not None
            return {"item_id": walk.opener.id, "comment_id": walk.id}
        return {"aweme_id": walk.id}

    def note(self, walk: Walk, page: Page) -> None:
        """Note the service's number of comments."""
        if walk.kind == "comments":
            walk.expected = integer(page.envelope.get("total")) or walk.expected
            if walk.first_total is None:
                walk.first_total = walk.expected

    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Yield the comment, its inline replies and their authors."""
        try:
            observations = observe_comment(entry, "list", observed_at)
        except TooDeep:
            self._spider.drop("too_deep", f"an entry of {walk.kind} {walk.id}")
            return
        if not observations:
            self._spider.nameless(walk)
            return
        comment = observations[0].item
        assert isinstance(comment, Comment)
        walk.meet(comment.cid)
        first_sight = comment.cid not in walk.got
        yield from self._within_limit(walk, observations)
        if first_sight and comment.cid in walk.got:
            self._account(walk, comment)

    def _within_limit(
        self, walk: Walk, observations: list[Observation]
    ) -> Iterator[Observation]:
        """Yield comments up to the limit, and the authors of those."""
        admitted = True
        for observation in observations:
            if observation.kind == "comment":
                admitted = walk.admit(observation.id)
                if admitted:
                    walk.count(observation.id, entry=observations[0].id)
                else:
                    self._spider.drop("beyond_limit", f"comment {observation.id}")
            if admitted:
                yield observation

    def _account(self, walk: Walk, comment: Comment) -> None:
        """Count what the service counts, and open the walk over the replies."""
        announced = comment.reply_comment_total or 0
        walk.segment.accounted += 1 + announced
        if walk.kind == "replies" or not announced or walk.full:
            return
        if self._replies:
            walk.opening.append(
                Walk(
                    kind="replies",
                    id=comment.cid,
                    range=walk.range,
                    parent=walk,
                    expected=announced,
                    announced=announced,
                )
            )

    def stopped_short(self, walk: Walk, got: int, expected: int) -> bool:
        """Return whether the list was cut, not merely without its hidden comments.

        The service ends large lists at a cursor of about 500 or 900, whatever is
        left; of small ones some comments are hidden.
        """
        if walk.seen >= _CAP:
            return super().stopped_short(walk, got, expected)
        return not got or expected - got > max(_FEW, expected * _HIDDEN)

    async def kept_before(self, walk: Walk) -> set[str]:
        """Return the comments of this post that the walk has seen so far."""
        return await self._spider.seen_since(walk, "comment", post=walk.id)

    async def expected(self, walk: Walk) -> int | None:
        """Return the service's number, else that of the stored post."""
        if walk.expected is not None or walk.kind == "replies":
            return walk.expected or walk.announced
        run = self._spider.run
        await run.buffer.flush()
        stored = await run.store.load("post", [walk.id])
        return stored[walk.id].fields.get("comment_count") if stored else None

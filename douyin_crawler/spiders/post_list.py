"""Lists whose entries are posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.items.observe import observe_post, skip_reason
from douyin_crawler.items.page import TooDeep
from douyin_crawler.items.post import Post
from douyin_crawler.spiders.paged import ListSpider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from douyin_crawler.items.observation import Source
    from douyin_crawler.items.page import Entry
    from douyin_crawler.spiders.walk import Walk


class PostListSpider(ListSpider):
    """Yields posts and their authors; counts what stands among them and is none."""

    item_class = Post
    source: ClassVar[Source]
    """What kind of copy the list holds."""

    def unwanted(self, walk: Walk, post: Post) -> str | None:
        """Return why *post* is not asked for, if so."""
        return skip_reason(post)

    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Yield the post and its author, or count why not."""
        try:
            observations = observe_post(entry, self.source, observed_at, walk.met)
        except TooDeep:
            self.drop("too_deep", f"an entry of {walk.kind} {walk.id}")
            return
        post = observations[0].item if observations else None
        if not isinstance(post, Post):
            self.nameless(walk)
            return
        in_place = not (post.is_top or skip_reason(post))
        walk.meet(post.aweme_id, post.create_time, in_place=in_place)
        reason = self.unwanted(walk, post)
        if not reason and not walk.admit(post.aweme_id):
            reason = "beyond_limit"
        if reason:
            walk.pass_by(post.aweme_id)
            self.drop(reason, f"post {post.aweme_id}")
            return
        walk.count(post.aweme_id, post.create_time)
        yield from observations

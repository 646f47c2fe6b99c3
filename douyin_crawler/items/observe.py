"""From a page's entry to the records it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from douyin_crawler.items.observation import Observation
from douyin_crawler.items.page import MalformedPage, split_member
from douyin_crawler.items.parts import Author
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.projection import decoder
from douyin_crawler.items.user import User, parse_user

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.items.observation import Source
    from douyin_crawler.items.page import Entry

SkipReason: TypeAlias = Literal["ad", "live"]

_LIVE_CARD = 101
_decode = decoder(Post, {Author: User})


def observe_post(
    entry: Entry, source: Source, observed_at: datetime
) -> list[Observation]:
    """Return what *entry* shows: its post and then the post's author.

    The list is empty where the entry has no aweme_id; the author is left out where it
    has no sec_uid.
    """
    try:
        value = _decode(entry.text)
    except MalformedPage:
        return []
    post = parse_post(value)
    if post is None:
        return []
    shown = Observation(
        kind="post",
        id=post.aweme_id,
        item=post,
        payload=entry.text,
        source=source,
        observed_at=observed_at,
    )
    author = embedded_user(entry.text, value.get("author"), observed_at)
    return [shown] if author is None else [shown, author]


def embedded_user(
    text: bytes, author: Any, observed_at: datetime
) -> Observation | None:
    """Return the user that stands as ``author`` in *text*, if it has a sec_uid."""
    user = parse_user(author)
    payload = split_member(text, "author") if user else None
    if user is None or payload is None:
        return None
    return Observation(
        kind="user",
        id=user.sec_uid,
        item=user,
        payload=payload,
        source="embedded",
        observed_at=observed_at,
    )


def skip_reason(post: Post) -> SkipReason | None:
    """Return why a post is none that anybody asked for, or None where it is one."""
    if post.is_ads:
        return "ad"
    if post.aweme_type == _LIVE_CARD or (post.cell_room and not post.video):
        return "live"
    return None

"""From notices to what they tell, and of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.items.comment import Comment
from douyin_crawler.items.notice import parse_notice, subject_of
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.observe import observe_comment, observe_post
from douyin_crawler.items.observe_entries import observe_user
from douyin_crawler.items.page import (
    Entry,
    MalformedPage,
    TooDeep,
    decode,
    split_member,
    split_page,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from douyin_crawler.items.notice import Notice
    from douyin_crawler.items.observation import Source

_PEOPLE = ("from_user", "user_info")


def observe_notice(
    entry: Entry, observed_at: datetime, source: Source = "own"
) -> list[Observation]:
    """Return what *entry* shows: its notice, then as embedded copies whose doing it is,
    the post and the comment that it is about, each with who made it.

    The list is empty where the entry has no nid.

    Raises:
        TooDeep: the entry is nested too deeply to be read.
    """
    try:
        value = decode(entry.text)
    except TooDeep:
        raise
    except MalformedPage:
        return []
    notice = parse_notice(value)
    if notice is None:
        return []
    shown = Observation(
        kind="notice",
        id=notice.nid,
        item=notice,
        payload=entry.text,
        source=source,
        observed_at=observed_at,
    )
    name = subject_of(value)
    subject = split_member(entry.text, name) if name else None
    return [shown, *(_embedded(notice, subject, observed_at) if subject else ())]


def _embedded(
    notice: Notice, subject: bytes, observed_at: datetime
) -> Iterator[Observation]:
    for text in _people(subject):
        yield from observe_user(text, "embedded", observed_at)
    post = split_member(subject, "aweme")
    if post is not None:
        yield from observe_post(Entry(text=post), "embedded", observed_at)
    comment = split_member(subject, "comment")
    if comment is None:
        return
    for one in observe_comment(Entry(text=comment), "embedded", observed_at):
        if isinstance(one.item, Comment) and one.item.aweme_id is None:
            one.item.aweme_id = notice.aweme_id
        yield one


def _people(subject: bytes) -> Iterator[bytes]:
    """Yield the texts of those whose doing it is: one object, or a list of them."""
    for name in _PEOPLE:
        text = split_member(subject, name)
        if text is None or text == b"null":
            continue
        if text.startswith(b"["):
            page = split_page(subject, name)
            yield from (entry.text for entry in page.entries or ())
        else:
            yield text

"""From notices to what they tell, and of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.items.comment import Comment
from douyin_crawler.items.notice import SUBJECTS, parse_notice, subject_of
from douyin_crawler.items.notice_places import places
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
    split_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
    if not subject:
        return [shown]
    known = name in SUBJECTS
    parts = _parts(subject) if known else _found(subject, value[name])
    return [shown, *_embedded(notice, parts, observed_at)]


def _embedded(
    notice: Notice, parts: Iterable[tuple[str, bytes]], observed_at: datetime
) -> Iterator[Observation]:
    for name, text in parts:
        if name == "from_user":
            yield from observe_user(text, "embedded", observed_at)
        elif name == "aweme":
            yield from observe_post(Entry(text=text), "embedded", observed_at)
        else:
            yield from _comment(notice, text, observed_at)


def _comment(
    notice: Notice, text: bytes, observed_at: datetime
) -> Iterator[Observation]:
    for one in observe_comment(Entry(text=text), "embedded", observed_at):
        if isinstance(one.item, Comment) and one.item.aweme_id is None:
            one.item.aweme_id = notice.aweme_id
        yield one


def _parts(subject: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what the member of a known type tells of, and its text."""
    for text in _people(subject):
        yield "from_user", text
    for name in ("aweme", "comment"):
        part = split_member(subject, name)
        if part is not None:
            yield name, part


def _found(subject: bytes, value: Any) -> Iterator[tuple[str, bytes]]:
    """Yield the same of an unknown type, wherever it stands."""
    for name, path in places(value):
        text: bytes | None = subject
        for step in path:
            if isinstance(step, int):
                text = split_texts(text)[step] if text else None
            else:
                text = split_member(text, step) if text else None
        if text:
            yield name, text


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

"""A notice: what the service told the account that is logged in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  (read at run time)
from typing import Annotated, Any, ClassVar
from urllib.parse import unquote

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Image  # noqa: TC001  (read at run time)
from douyin_crawler.items.notice_places import at_path, places
from douyin_crawler.items.parts import Author  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import Id, Words, at, reader

KINDS_BY_TYPE = {31: "comment", 33: "follow", 41: "digg", 45: "at"}
"""Of each type of notice that is known, the member that says what it is about."""
GENERAL = "general_notice"
SUBJECTS = (*KINDS_BY_TYPE.values(), GENERAL)
_MARKS = frozenset({"from_user", "user_info", "aweme", "comment", "content"})
"""What the members of other types have, at least one of them."""
_cid = re.compile(r"[?&]cid=([^&#]+)").search
_aweme_id = re.compile(r"/detail/(\d+)|[?&]aweme_id=(\d+)").search


@dataclass(slots=True, kw_only=True)
class NoticePost:
    """The post that a notice is about, in short; it is a record of its own too."""

    aweme_id: Annotated[str, coerce.identifier]
    sec_uid: Id = at("author.sec_uid")
    """The author's, as are ``author_...``."""
    author_user_id: Id = at("author.uid", "author_user_id")
    author_nickname: str | None = at("author.nickname")
    aweme_type: int | None = None
    media_type: int | None = None
    create_time: datetime | None = None
    desc: Words = None
    is_delete: bool | None = at("status.is_delete")
    cover: Image | None = at("video.cover")


@dataclass(slots=True, kw_only=True)
class NoticeComment:
    """The comment that a notice is about, in short; it is a record of its own too."""

    cid: Annotated[str, coerce.identifier]
    aweme_id: Id = None
    text: Words = None
    create_time: datetime | None = None
    digg_count: int | None = None
    status: int | None = None
    """1: shown."""
    user: Author | None = None


@dataclass(slots=True, kw_only=True)
class Notice:
    """A notice. ``kind`` tells its sort, by ``type`` and by what it holds."""

    COUNTERS: ClassVar[tuple[str, ...]] = ("merge_count",)

    nid: Annotated[str, coerce.identifier] = field(
        metadata={"paths": ("nid_str", "nid")}
    )
    type: int | None = None
    """31 comment, 33 new follower, 41 like, 45 mention; others occur."""
    kind: str | None = None
    """``comment``, ``follow``, ``digg``, ``at`` or ``general_notice``; of types that
    are not known, the name of the member that tells of it."""
    user_id: Id = None
    """The uid of the account that was told."""
    create_time: datetime | None = None
    has_read: bool | None = None

    content: Words = at(
        "digg.content",
        "comment.content",
        "follow.content",
        "at.content",
        "general_notice.content",
    )
    """The service's own words: that somebody liked a post."""
    text: Words = None
    """What was said: a comment's words, else ``content``."""
    title: str | None = at("at.title", "general_notice.title")
    sender_name: str | None = at("general_notice.sender_name")
    schema_url: str | None = at(
        "digg.schema_url",
        "comment.schema_url",
        "follow.schema_url",
        "at.schema_url",
        "general_notice.schema_url",
    )
    """Where it leads to in the app."""
    schema_text: str | None = at("general_notice.schema_text")

    sec_uid: Id = None
    """Of the first of ``from_users``."""
    from_users: list[Author] | None = at(
        "digg.from_user",
        "comment.from_user",
        "follow.from_user",
        "at.from_user",
        "at.user_info",
    )
    """Whose doing it is; of a comment, who wrote it."""
    merge_count: int | None = at(
        "digg.merge_count", "comment.merge_count", "follow.merge_count"
    )
    """Doings that this notice tells of together."""

    aweme_id: Id = None
    """The post it is about."""
    aweme: NoticePost | None = at("digg.aweme", "comment.aweme", "at.aweme")
    cid: Id = at("digg.real_cid", "digg.cid")
    """The comment it is about."""
    comment: NoticeComment | None = at("digg.comment", "comment.comment", "at.comment")

    digg_type: int | None = at("digg.digg_type")
    """What was liked, as a number of the service's own."""
    has_digg_list: bool | None = at("digg.has_digg_list")
    """Whether the site can list who liked it."""
    forward_id: Id = at("digg.forward_id")
    comment_unvisible: bool | None = at("digg.comment_unvisible")
    """Whether the comment can't be seen any more."""
    label_text: str | None = at("digg.label_text", "comment.label_text")
    """The label beside the name."""
    label_type: int | None = at("digg.label_type", "comment.label_type")
    label_list: list[str] | None = at("digg.label_list", "comment.label_list")


_read = reader(Notice)


def subject_of(value: dict[str, Any]) -> str | None:
    """Return the name of the member that says what a notice is about.

    It is that of the notice's type where it has one, else the first there is.
    """
    of_type = KINDS_BY_TYPE.get(coerce.integer(value.get("type")) or 0)
    names = (of_type, *SUBJECTS) if of_type else SUBJECTS
    for name in names:
        if isinstance(value.get(name), dict) and value[name]:
            return name
    return next((name for name, part in value.items() if _tells(part)), None)


def _tells(part: object) -> bool:
    marked = isinstance(part, dict) and not _MARKS.isdisjoint(part)
    return marked or bool(places(part))


def _of_unknown(about: object) -> dict[str, Any]:
    """Return the member of an unknown type in the shape of a mention's."""
    found: dict[str, Any] = {}
    for name, path in places(about):
        part = at_path(about, path)
        if name == "from_user":
            found.setdefault(name, []).append(part)
        else:
            found.setdefault(name, part)
    if isinstance(about, list):
        about = next((one for one in about if isinstance(one, dict)), None)
    return {**(about if isinstance(about, dict) else {}), **found}


def parse_notice(value: object) -> Notice | None:
    """Return the notice of a decoded JSON value, or None where it has no nid.

    A notice of an unknown type is read as a mention is, from where it tells of it:
    users, post and comment wherever they stand there.
    """
    if not isinstance(value, dict):
        return None
    subject = subject_of(value)
    kind = subject or KINDS_BY_TYPE.get(coerce.integer(value.get("type")) or 0)
    about = value.get(subject) if subject else None
    told = {name: part for name, part in value.items() if name not in SUBJECTS}
    general = {GENERAL: value.get(GENERAL)}
    place = subject if subject in SUBJECTS else "at"
    if subject and subject not in SUBJECTS:
        about = _of_unknown(about)
    made = dict.fromkeys(("text", "sec_uid", "aweme_id"))
    notice = _read({**told, **general, place: about, **made, "kind": kind})
    return None if notice is None else _completed(notice)


def _completed(notice: Notice) -> Notice:
    """Fill the fields whose value stands in one place or another."""
    comment, where = notice.comment, unquote(notice.schema_url or "")
    if notice.kind == "comment" and not notice.from_users:
        user = comment.user if comment else None
        notice.from_users = [user] if user else notice.from_users
    notice.sec_uid = notice.from_users[0].sec_uid if notice.from_users else None
    said = comment.text if comment else None
    spoken = notice.kind in {"comment", "at"}
    notice.text = (said or notice.content) if spoken else (notice.content or said)
    notice.cid = notice.cid or (comment.cid if comment else _found(_cid(where)))
    notice.aweme_id = (
        (notice.aweme.aweme_id if notice.aweme else None)
        or (comment.aweme_id if comment else None)
        or _found(_aweme_id(where))
    )
    return notice


def _found(match: re.Match[str] | None) -> str | None:
    return coerce.identifier(match[match.lastindex or 0]) if match else None

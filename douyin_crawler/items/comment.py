"""A comment on a post, or a reply to one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (read at run time)
from typing import Annotated, Any, ClassVar

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Image  # noqa: TC001  (read at run time)
from douyin_crawler.items.page import MalformedPage, decode
from douyin_crawler.items.parts import Author  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import Id, Words, at, reader
from douyin_crawler.items.text import Hashtag, Mention, hashtags, mentions

_place = re.compile(r"IP(?:属地)?[:：]\s*(\S+)").match


def _tags(value: Any) -> list[str] | None:
    """Return the names that are set in an object, or in the JSON text of one.

    The service writes them in another order every time, so they are sorted.
    """
    if isinstance(value, str):
        try:
            value = decode(value.encode(errors="surrogatepass"))
        except MalformedPage:
            return None
    if not isinstance(value, dict):
        return None
    return sorted(name for name, is_set in value.items() if is_set)


@dataclass(slots=True, kw_only=True)
class CommentPicture:
    """A picture that stands in a comment, in several sizes."""

    origin_url: Image | None = None
    medium_url: Image | None = None
    thumb_url: Image | None = None
    crop_url: Image | None = None
    download_url: Image | None = None

    def __bool__(self) -> bool:
        """Return whether it names any file at all."""
        sizes = (self.origin_url, self.medium_url, self.thumb_url, self.crop_url)
        return any((*sizes, self.download_url))


@dataclass(slots=True, kw_only=True)
class Sticker:
    """A sticker that stands in a comment."""

    id: Id = at("id_str", "id")
    sticker_type: int | None = None
    origin_package_id: str | None = None
    """The set it belongs to; those of users have numbers below 0."""
    author_sec_uid: Id = None
    width: int | None = None
    """Pixels."""
    height: int | None = None
    static_url: Image | None = None
    animate_url: Image | None = None

    def __bool__(self) -> bool:
        """Return whether it says which sticker it is."""
        return bool(self.id or self.static_url or self.animate_url)


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment. It is a reply where it has a ``reply_id``."""

    COUNTERS: ClassVar[tuple[str, ...]] = ("digg_count", "reply_comment_total")

    cid: Annotated[str, coerce.identifier]
    aweme_id: Id = None
    """The post it stands under."""
    sec_uid: Id = at("user.sec_uid")
    """Who wrote it, as is ``uid``."""
    uid: Id = at("user.uid")
    create_time: datetime | None = None
    text: Words = None
    """Mentions and emojis (``[赞]``) included; empty where it is a sticker alone."""

    digg_count: int | None = None
    """Likes."""
    reply_comment_total: int | None = None
    """Replies; the service says so on comments, not on replies."""

    reply_id: Id = None
    """Of a reply, the comment under which it stands."""
    reply_to_reply_id: Id = None
    """Of a reply to a reply, the latter; else None."""
    reply_to_user_sec_id: Id = None
    """Whom a reply to a reply answers, as are ``reply_to_...``."""
    reply_to_userid: Id = None
    reply_to_username: str | None = None
    level: int | None = None
    """1 comment, 2 reply."""

    user: Author | None = None
    hashtags: Annotated[list[Hashtag] | None, hashtags] = at("text_extra")
    mentions: Annotated[list[Mention] | None, mentions] = at("text_extra")
    image_list: list[CommentPicture] | None = None
    sticker: Sticker | None = None
    content_type: int | None = None
    """1 text, 2 sticker; others occur."""

    ip_label: str | None = None
    """Where it was written, as shown: province or country."""
    label_text: str | None = None
    """The label beside the name: that of the post's author, in 2023 the place."""
    label_type: int | None = None

    is_author_digged: bool | None = None
    """Whether the post's author liked it."""
    is_hot: bool | None = None
    is_folded: bool | None = None
    """Hidden until a viewer asks for it."""
    is_note_comment: bool | None = None
    is_user_tend_to_reply: bool | None = None
    stick_position: int | None = None
    """Not 0: pinned to the head of the comments."""
    sort_tags: Annotated[list[str] | None, _tags] = None
    """What the service orders it by, in its own names: ``bottom``, ``eco_level_3``."""
    status: int | None = None
    """1: shown."""
    can_share: bool | None = None
    can_create_item: bool | None = None
    user_digged: bool | None = None
    """Whether the account that asked liked it."""
    user_buried: bool | None = None
    """Whether the account that asked disliked it."""
    item_comment_total: int | None = None
    """Comments of the whole post, when this one was seen."""


_read = reader(Comment)


def parse_comment(value: object) -> Comment | None:
    """Return the comment of a decoded JSON value, or None where it has no cid.

    In 2023 the place stood in ``label_text``, as ``IP:...``: it goes where it stands
    today as well.
    """
    comment = _read(value)
    if comment is not None and not comment.ip_label and comment.label_text:
        found = _place(comment.label_text)
        comment.ip_label = found[1] if found else None
    return comment

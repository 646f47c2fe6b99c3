"""What a post holds beside its media: who made it, and what it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (read at run time)
from typing import Annotated

from douyin_crawler.items import coerce
from douyin_crawler.items.media import Image  # noqa: TC001  (read at run time)
from douyin_crawler.items.reader import Id, at


@dataclass(slots=True, kw_only=True)
class Author:
    """Who made a post or a comment, in short; the whole user is a record of its own."""

    sec_uid: Id = None
    uid: Id = None
    unique_id: str | None = None
    short_id: Id = None
    nickname: str | None = None
    custom_verify: str | None = None
    enterprise_verify_reason: str | None = None
    avatar_thumb: Image | None = None


@dataclass(slots=True, kw_only=True)
class CoCreator:
    """Another account that a post was made with."""

    sec_uid: Id = None
    uid: Id = None
    nickname: str | None = None
    role_title: str | None = None

    def __bool__(self) -> bool:
        """Return whether it says who that is."""
        return bool(self.sec_uid or self.uid or self.nickname)


@dataclass(slots=True, kw_only=True)
class Challenge:
    """A topic that a post belongs to."""

    cid: Annotated[str, coerce.identifier]
    cha_name: str | None = None
    desc: str | None = None
    type: int | None = None
    is_commerce: bool | None = None


@dataclass(slots=True, kw_only=True)
class Mix:
    """A collection of posts, made by their author."""

    mix_id: Annotated[str, coerce.identifier]
    mix_name: str | None = None
    desc: str | None = None
    mix_type: int | None = None
    current_episode: int | None = at("statis.current_episode")
    """The place of this post in it, from 1."""
    updated_to_episode: int | None = at("statis.updated_to_episode")
    """Posts in it."""
    create_time: datetime | None = None
    update_time: datetime | None = None
    cover_url: Image | None = None


@dataclass(slots=True, kw_only=True)
class VideoTag:
    """What the service takes a post to be about; level 1 is the widest."""

    tag_name: str
    tag_id: Id = None
    level: int | None = None


@dataclass(slots=True, kw_only=True)
class Chapter:
    """A chapter of a video."""

    desc: str | None = None
    detail: str | None = None
    timestamp: int | None = None
    """Milliseconds from the start."""

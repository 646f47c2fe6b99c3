"""What one answer showed of one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from douyin_crawler.items.comment import Comment
    from douyin_crawler.items.emoji import Emoji
    from douyin_crawler.items.hot_word import HotWord
    from douyin_crawler.items.notice import Notice
    from douyin_crawler.items.post import Post
    from douyin_crawler.items.sticker import TrendingSticker
    from douyin_crawler.items.user import User

    Item: TypeAlias = Post | User | Comment | HotWord | Emoji | TrendingSticker | Notice

Source: TypeAlias = Literal["own", "list", "feed", "embedded"]
SOURCES: tuple[Source, ...] = ("own", "list", "feed", "embedded")
"""Where an observation comes from, the best first."""


@dataclass(slots=True, kw_only=True)
class Observation:
    """One record as one answer showed it: what spiders yield and the store keeps."""

    kind: str
    """``post``, ``user``, ... (see kinds.py), or ``page``."""
    id: str
    item: Item | None
    """The typed item; None for a page."""
    payload: bytes
    """The JSON text as it came over the wire; private fields not yet cut."""
    source: Source
    observed_at: datetime
    """Aware UTC, whole seconds: the answer's ``Date``."""
    payload_id: str | None = None
    """The payload's id where it is not the record's, as with a series of records."""
    within: str | None = None
    """Of an embedded copy, the kind of record that it stood in."""

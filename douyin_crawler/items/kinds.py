"""The kinds of records: one table that stores, pipelines and commands read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from douyin_crawler.items.comment import Comment, parse_comment
from douyin_crawler.items.emoji import Emoji, parse_emoji
from douyin_crawler.items.hot_word import HotWord, reparse_hot_word
from douyin_crawler.items.notice import Notice, parse_notice
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.sticker import TrendingSticker, parse_sticker
from douyin_crawler.items.user import User, parse_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.items.observation import Item

    Reparse: TypeAlias = Callable[[str, object, datetime], Item | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record."""

    name: str
    table: str
    key: str
    """The field of the item that identifies the record."""
    item: type[Any]
    reparse: Reparse
    """The item of a payload: its id, its decoded value, when it was observed.

    None where the value has no usable id.
    """
    counters: tuple[str, ...] = ()
    """Fields whose changes are kept as metrics."""
    beside: tuple[str, ...] = ()
    """Fields that stand in the answer, beside the payload: no reparse knows them."""
    time: str | None = None
    """The field that says when it was made, or seen where that is all there is."""
    user: str | None = None
    """The field with the sec_uid of whose it is."""
    post: str | None = None
    """The field with the aweme_id of the post it belongs to."""


def _of_value(parse: Callable[[object], Item | None]) -> Reparse:
    return lambda payload_id, value, observed_at: parse(value)


_ALL = (
    Kind(
        name="post",
        table="posts",
        key="aweme_id",
        item=Post,
        reparse=_of_value(parse_post),
        counters=Post.COUNTERS,
        time="create_time",
        user="sec_uid",
        post="aweme_id",
    ),
    Kind(
        name="user",
        table="users",
        key="sec_uid",
        item=User,
        reparse=_of_value(parse_user),
        counters=User.COUNTERS,
        beside=("collect_count_list",),
        user="sec_uid",
    ),
    Kind(
        name="comment",
        table="comments",
        key="cid",
        item=Comment,
        reparse=_of_value(parse_comment),
        counters=Comment.COUNTERS,
        beside=("aweme_id",),
        time="create_time",
        user="sec_uid",
        post="aweme_id",
    ),
    Kind(
        name="hot_word",
        table="hot_words",
        key="id",
        item=HotWord,
        reparse=reparse_hot_word,
        beside=("active_time",),
        time="observed_at",
    ),
    Kind(
        name="emoji",
        table="emojis",
        key="origin_uri",
        item=Emoji,
        reparse=_of_value(parse_emoji),
    ),
    Kind(
        name="sticker",
        table="stickers",
        key="id",
        item=TrendingSticker,
        reparse=_of_value(parse_sticker),
        user="sec_uid",
    ),
    Kind(
        name="notice",
        table="notices",
        key="nid",
        item=Notice,
        reparse=_of_value(parse_notice),
        counters=Notice.COUNTERS,
        time="create_time",
        user="sec_uid",
        post="aweme_id",
    ),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
_KEYS = {kind.item: kind.key for kind in _ALL}

PERISHABLE = frozenset(
    {"url_list", "download_url_list", "cdn_url_expired", "item_comment_total"}
)
"""Fields that say nothing of their record, at any depth: they never are a change.

Signed addresses and their expiry differ in every answer; a comment's
``item_comment_total`` is the post's.
"""


def record_id(item: Item) -> str:
    """Return the id of the record that *item* is of."""
    key: str = getattr(item, _KEYS[type(item)])
    return key


def to_fields(item: Item) -> dict[str, Any]:
    """Return an item's fields as plain values; nested parts become dicts and lists.

    Times stay aware UTC datetimes.
    """
    fields: dict[str, Any] = msgspec.to_builtins(item, builtin_types=(datetime,))
    return fields


def without_perishable(value: Any) -> Any:
    """Return *value* (of :func:`to_fields`) without what changes in every answer."""
    if isinstance(value, dict):
        return {
            name: without_perishable(inner)
            for name, inner in value.items()
            if name not in PERISHABLE
        }
    if isinstance(value, list):
        return [without_perishable(inner) for inner in value]
    return value

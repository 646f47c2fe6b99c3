"""The kinds of records: one table that stores, pipelines and commands read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.user import User, parse_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.items.observation import Item


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record."""

    name: str
    table: str
    key: str
    """The field of the item that identifies the record."""
    item: type[Any]
    counters: tuple[str, ...]
    """Fields whose changes are kept as metrics."""
    parse: Callable[[object], Item | None]
    """The item of a decoded payload; None where it has no usable id."""


_ALL = (
    Kind("post", "posts", "aweme_id", Post, Post.COUNTERS, parse_post),
    Kind("user", "users", "sec_uid", User, User.COUNTERS, parse_user),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}

PERISHABLE = frozenset({"url_list", "download_url_list", "cdn_url_expired"})
"""Fields that differ in every answer, at any depth: signed addresses, their expiry."""


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

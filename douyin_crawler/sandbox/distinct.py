"""Answers in which each field of the contract has a value of its own.

So that a check can tell by a value alone which field it came from. What is kept as the
made-up world has it: what crawls go by (ids, cursors, times, codes), booleans.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from douyin_crawler.api.contract import tables

from .ask import encoded

if TYPE_CHECKING:
    from douyin_crawler.api.contract import Field

_LISTS = frozenset(
    {"aweme_list", "comments", "data", "data.word_list", "data.trending_list"}
    | {"emoji_list", "emoticon_data.stickers", "notice_list_v2"}
)
"""Lists of records: empty ones stay empty, or no walk would end."""
_KEPT: dict[str, dict[str, tuple[str, ...]]] = {
    "aweme_post": {"aweme_list[].": ("aweme_id", "create_time", "author.sec_uid")},
    "tab_feed": {
        "aweme_list[].": ("aweme_id", "create_time", "author.sec_uid", "aweme_type")
    },
    "comment_list": {"comments[].": ("cid", "aweme_id", "create_time", "user.sec_uid")},
    "hot_search_list": {
        "data.word_list[].": ("word",),
        "data.trending_list[].": ("word",),
    },
    "user_profile_other": {"user.": ("sec_uid",)},
    "user_profile_self": {"user.": ("sec_uid",)},
    "im_user_info": {"data[].": ("sec_uid",)},
    "emoji_list": {"emoji_list[].": ("origin_uri",)},
    "emoticon_trending": {
        "emoticon_data.": ("has_more", "next_cursor"),
        "emoticon_data.stickers[].": ("id", "id_str"),
    },
    "notice_detail": {"notice_list_v2[].": ("nid", "nid_str", "type", "create_time")},
}
"""What identifies and orders records, by where they stand."""
_EVERYWHERE = ("status_code", "has_more", "cursor")
_CODES = frozenset(
    {"is_top", "is_story", "secret", "user_digged", "comment_unvisible", "hide"}
)
"""Numbers that are a yes or no, wherever they stand."""
_JSON = ("sort_tags",)
"""Texts that are JSON of their own."""


def is_kept(endpoint: str, path: str) -> bool:
    """Whether a field has the made-up world's value, not a mark of its path."""
    return path in _kept(endpoint) or path.rpartition(".")[2] in _CODES


@cache
def _kept(endpoint: str) -> frozenset[str]:
    of_records = _KEPT[endpoint].items()
    inside = (above + name for above, names in of_records for name in names)
    return frozenset((*_EVERYWHERE, *inside))


def mark(endpoint: str, field: Field) -> Any:
    """Return the value that a field has in every answer; None for null and objects.

    Numbers have ten digits, so they are times too (2001 to 2286).
    """
    text = f"{endpoint}:{field.path}"
    kind = field.type.split(",", maxsplit=1)[0]
    if kind.startswith("number"):
        made = int.from_bytes(blake2b(text.encode(), digest_size=7).digest())
        number = 1_000_000_000 + made % 9_000_000_000
        return [number] if kind.endswith("[]") else number
    if kind.startswith("string"):
        if field.path.rpartition(".")[2] in _JSON:
            text = json.dumps({text: 1})
        return [text] if kind.endswith("[]") else text
    return None


class _Node:
    """A field with what it holds."""

    def __init__(self, endpoint: str, field: Field | None) -> None:
        self.inside: dict[str, _Node] = {}
        if field is not None:
            self.kind = field.type.split(",", maxsplit=1)[0]
            self.kept = is_kept(endpoint, field.path) or self.kind == "boolean"
            self.grows = field.path not in _LISTS
            self.mark = mark(endpoint, field)

    def filled(self, value: Any) -> Any:
        """A value of the field's type with everything in it."""
        if self.kind == "object []":
            entries = value if isinstance(value, list) else []
            if not entries and self.grows:
                entries = [{}]
            return [self.whole(entry) for entry in entries]
        if self.kind == "object":
            return self.whole(value)
        if self.kind == "array":
            return value if isinstance(value, list) else []
        if self.kept and value is not None:
            return value
        return False if self.kind == "boolean" else self.mark

    def whole(self, value: Any) -> dict[str, Any]:
        """An object with every field that the contract names."""
        known = value if isinstance(value, dict) else {}
        return known | {n: i.filled(known.get(n)) for n, i in self.inside.items()}


@cache
def _tree(endpoint: str) -> _Node:
    root = _Node(endpoint, None)
    for field in tables()[endpoint].fields:
        *above, name = field.path.replace("[]", "").split(".")
        holder = root
        for step in above:
            holder = holder.inside[step]
        holder.inside[name] = _Node(endpoint, field)
    return root


@cache
def _endpoints() -> dict[str, str]:
    return {table.path: name for name, table in tables().items()}


def distinct(path: str, body: bytes) -> bytes:
    """The answer *body* of the request path *path*, with every field told apart.

    What is no data, or no answer that the contract describes, stays as it is.
    """
    endpoint = _endpoints().get(path)
    answer = json.loads(body) if endpoint and body else None
    if endpoint is None or not answer or answer.get("status_code"):
        return body
    if len(answer) == 1 and "status_code" in answer:  # the visitor's wall
        return body
    return encoded(_tree(endpoint).whole(answer))

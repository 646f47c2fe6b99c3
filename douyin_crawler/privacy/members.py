"""Which members of answers name or show somebody, and what is left in their place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from douyin_crawler.privacy.person import (
    OWN,
    ROLES,
    Person,
    mentioned_in,
    named_in,
    objects,
)

HANDLES = frozenset({"unique_id", "owner_handle", "short_id", "handle", "ins_id"})
NAMES = frozenset(
    {"nickname", "owner_nickname", "reply_to_username", "remark_name", "user_name"}
    | {"username", "screen_name", "sender_name", "custom_nickname"}
    | {"author", "mixed_author", "author_name", "artist", "artist_name", "singer"}
)
"""Whoever made a sound may have an account of that name; songs' artists too."""
_sec_uid_name = re.compile(r"(?:.*_)?sec_(?:uid|user_id|id)s?").fullmatch
_uid_name = re.compile(r"(?:.*_)?(?:uid|user_?id)s?(?:_str|_list)?|owner_id").fullmatch
numbers = re.compile(r"\d+(?:\D{1,2}\d+)*").fullmatch
in_addresses = re.compile(
    r"((?:(?<![A-Za-z0-9])|(?<=%26)|(?<=%3[Ff]))(?:[a-z]+_)*(?:uid|user_?id|owner_id)(?:=|%3[Dd])"
    r"|/profile(?:/|%2[Ff]))(\d{3,20})(?!\d)"
).sub
sound_title = re.compile(r"(@?)(.+?)((?:创作|原创)?的原声)").fullmatch
is_post_id = re.compile("[67][0-9]{18}").fullmatch
COUNT_DIGITS = 8
"""Digits up to which a number that no name tells of is taken for a count."""
KEPT = frozenset(
    {"gender", "region", "language", "status", "verification_type", "secret", "is_ban"}
    | {"user_canceled", "start", "end", "type", "role_title"}
)
"""What a person's object keeps beside its ids: texts, pictures and counts tell who."""
is_picture = re.compile(r"avatar|head_image|cover").match
mentions = re.compile(r"([@＠])([^\s@＠#,，。!！?？:：;；、()（）]+)").sub
LABELS = frozenset({"label_text", "label_list", "label_type"})
_PLACE = re.compile(r"IP").match
UID_DIGITS = 20
SHORTEST = 3
"""ASCII letters of a name that is looked for in texts where no ``@`` precedes it."""
WORKS = frozenset({"cid", "aweme_id", "nid", "nid_str", "mix_id", "owner_id"})
"""Members of objects that name a person and are none."""


@lru_cache(4096)
def is_sec_uid(name: str) -> bool:
    return _sec_uid_name(name) is not None


@lru_cache(4096)
def is_uid(name: str) -> bool:
    return _uid_name(name) is not None


def everybody_in(value: Any) -> Person:
    """Return all ids and names that the objects in *value* give somebody."""
    everybody = Person()
    for found in objects(value):
        for role in ROLES:
            everybody.update(named_in(found, role))
        tagged = mentioned_in(found)
        everybody.names |= {name for tag, name in tagged if named_in(tag).size()}
        authors = (found.get(name) for name in ("author", "mixed_author"))
        everybody.names |= {name for name in authors if name and isinstance(name, str)}
    return everybody


def is_person(value: dict[str, Any]) -> bool:
    """Return whether an object is a user, or a copy of one."""
    if WORKS & value.keys():
        return False
    return bool(named_in(value, OWN).size())


def blank(value: Any) -> Any:
    """Return what stands for a value that is left out."""
    if isinstance(value, str):
        return ""
    if isinstance(value, list):
        return []
    return 0 if isinstance(value, int | float) else None


def without_label(name: str, value: Any) -> Any:
    """Return a comment's label if it is the place that it was in 2023."""
    if name == "label_text" and isinstance(value, str) and _PLACE(value):
        return value
    return blank(value)


def told(name: str, word: str) -> tuple[str, str]:
    """Return what to look for in texts, and what stands for it."""
    if len(name) >= (SHORTEST if name.isascii() else 2):
        return name, word
    return f"@{name}", f"@{word}"


def longest_first(words: dict[str, str]) -> dict[str, str]:
    return dict(sorted(words.items(), key=lambda pair: -len(pair[0])))

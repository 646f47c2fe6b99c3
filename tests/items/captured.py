"""The posts and users of the captured answers."""

from __future__ import annotations

import json
from typing import Any

from tests.support.shared import CAPTURES


def load(name: str) -> Any:
    """Return the value of a captured answer."""
    return json.loads((CAPTURES / name).read_bytes())


def posts() -> list[Any]:
    """Return every captured post."""
    found = [
        *load("aweme_post/page_2024-03.json")["aweme_list"],
        *load("module_feed/home_2025-12.json")["aweme_list"],
    ]
    return [*found, load("aweme_detail/detail_2023-05.json")["aweme_detail"]]


def profiles() -> list[Any]:
    """Return every captured profile."""
    folder = CAPTURES / "user_profile_other"
    return [json.loads(p.read_bytes())["user"] for p in sorted(folder.glob("*.json"))]


def comments() -> list[Any]:
    """Return every captured comment, then every reply."""
    return [
        *load("comment_list/last_page_2025-11.json")["comments"],
        *load("comment_list_reply/replies_2023-05.json")["comments"],
    ]


def emojis() -> list[Any]:
    """Return every captured emoji."""
    found: list[Any] = load("emoji_list/emoji_list_only.json")["emoji_list"]
    return found


def notices() -> list[Any]:
    """Return every captured notice."""
    name = "notice_detail/comment_notice_excerpt_2025-11.json"
    found: list[Any] = load(name)["notice_list_v2"]
    return found


def users() -> list[Any]:
    """Return every captured user, authors of posts and comments included."""
    written = [comment["user"] for comment in comments()]
    return [*profiles(), *(post["author"] for post in posts()), *written]

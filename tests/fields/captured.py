"""The paths of the captured answers, as the contract writes paths."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.support.shared import CAPTURES

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS: dict[str, dict[str, str]] = {
    "aweme_post": {"aweme_post": ""},
    "tab_feed": {"module_feed": ""},
    "user_profile_other": {"user_profile_other": ""},
    "user_profile_self": {"user_profile_other": ""},
    "comment_list": {"comment_list": ""},
    "hot_search_list": {"hot_search_list": ""},
    "emoji_list": {"emoji_list": ""},
    "notice_detail": {
        "notice_detail": "notice_list_v2[].comment. notice_list_v2[].digg."
    },
}
"""Which captures show what an endpoint answers, by folder.

And what else is nested alike: a notice of a comment as one of a like.
"""


def written(value: Any, above: str = "") -> Iterator[str]:
    """Yield the path of every member of an answer."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{above}.{name}" if above else name
            yield path
            yield from written(inner, path)
    elif isinstance(value, list):
        for inner in value:
            yield from written(inner, f"{above}[]")


@cache
def captured_paths(endpoint: str) -> frozenset[str]:
    """Return every path of the captures that show what *endpoint* answers."""
    found: set[str] = set()
    for folder, instead in FOLDERS[endpoint].items():
        for file in sorted((CAPTURES / folder).glob("*.json")):
            for path in written(json.loads(file.read_text("utf-8"))):
                found.add(path)
                shown, _, own = instead.partition(" ")
                if instead and path.startswith(shown):
                    found.add(own + path.removeprefix(shown))
    return frozenset(found)


def parent_of(path: str) -> str:
    """Return the path of the object that has a field, or of the list of such."""
    return path.rpartition(".")[0].removesuffix("[]")


def name_of(path: str) -> str:
    """Return a field's own name."""
    return path.rpartition(".")[2]

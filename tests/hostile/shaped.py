"""A payload of every kind in which each typed field has a value, by the dataclasses."""

from __future__ import annotations

import copy
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from douyin_crawler.items import coerce
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.parts import Author
from douyin_crawler.items.reader import hints_of, paths_of
from douyin_crawler.items.user import User
from douyin_crawler.sandbox.skeletons import skeleton
from tests.support.samples import text_extra

NOW = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
SERIES = "main:ranked:海"
"""The payload's id, where that says more than the payload."""
_PLAIN: dict[Any, Any] = {
    str: "文",
    int: 7,
    float: 1.5,
    bool: True,
    datetime: 1_700_000_000,
}
_CANDIDATES: tuple[Any, ...] = (
    text_extra(),
    {"main_url": "https://v.example.org/1"},
    "https://p.example.org/1?x=1",
    "7400000000000000001",
    1_700_000_000,
    True,
)
_SKELETONS = {
    "post": lambda: skeleton("aweme_post")["aweme_list"][0],
    "comment": lambda: skeleton("comment_list")["comments"][0],
    "user": lambda: skeleton("user_profile_other")["user"],
    "hot_word": lambda: skeleton("hot_search_list")["data"]["word_list"][0],
}


@cache
def payload(kind: str) -> dict[str, Any]:
    """Return a payload of *kind*, never to be changed."""
    base = _SKELETONS.get(kind, dict)()
    return {**base, **_shaped(KINDS[kind].item)}


def _shaped(kind: type[Any]) -> dict[str, Any]:
    """Return an object from which each field of *kind* can be read."""
    kind = User if kind is Author else kind
    hints, made = hints_of(kind), dict[str, Any]()
    for part in fields(kind):
        for path in paths_of(part):
            holder = made
            *parents, name = path.split(".")
            for parent in parents:
                holder = holder.setdefault(parent, {})
            _put(holder, name, _example(hints[part.name]))
    return made


def _put(holder: dict[str, Any], name: str, value: Any) -> None:
    known = holder.setdefault(name, value)
    if isinstance(known, dict) and isinstance(value, dict):
        holder[name] = {**value, **known}


def _example(hint: Any) -> Any:
    if get_origin(hint) is Annotated:
        convert = hint.__metadata__[0]
        if convert is coerce.identifier:
            return "7400000000000000001"
        return copy.deepcopy(next((one for one in _CANDIDATES if convert(one)), None))
    if get_origin(hint) is list:
        return [_example(get_args(hint)[0])]
    inner = [part for part in get_args(hint) if part is not type(None)]
    if inner:
        return _example(inner[0])
    return _PLAIN[hint] if hint in _PLAIN else _shaped(hint)

"""Which fields of an answer feed which columns: the dataclasses, read backwards."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.reader import hints_of, paths_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator


@dataclass(frozen=True, slots=True)
class Column:
    """A typed field of a kind of record; of a nested part, its path in the record."""

    kind: str
    path: str
    """As those of the contract: `author.nickname`, `cover_url[].uri`."""
    type: type[Any]
    """Of one value; a list says so by ``is_list``. A dataclass where it is a part."""
    is_list: bool
    better: tuple[str, ...]
    """The paths that the value comes from where they have any."""

    def __str__(self) -> str:
        return f"{KINDS[self.kind].table}.{self.path}"


RECORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "aweme_post": (("post", "aweme_list[]"), ("user", "aweme_list[].author")),
    "tab_feed": (("post", "aweme_list[]"), ("user", "aweme_list[].author")),
    "user_profile_other": (("user", "user"),),
    "user_profile_self": (("user", "user"),),
    "im_user_info": (("user", "data[]"),),
    "comment_list": (("comment", "comments[]"), ("user", "comments[].user")),
    "hot_search_list": (
        ("hot_word", "data.word_list[]"),
        ("hot_word", "data.trending_list[]"),
    ),
    "emoji_list": (("emoji", "emoji_list[]"),),
    "emoticon_trending": (("sticker", "emoticon_data.stickers[]"),),
    "notice_detail": (
        ("notice", "notice_list_v2[]"),
        ("user", "notice_list_v2[].digg.from_user[]"),
        ("post", "notice_list_v2[].digg.aweme"),
        ("user", "notice_list_v2[].digg.aweme.author"),
        ("comment", "notice_list_v2[].digg.comment"),
        ("user", "notice_list_v2[].digg.comment.user"),
    ),
}
"""Where the records stand in each answer: kind, path; the outer ones first."""
BESIDE: dict[str, dict[str, tuple[str, str]]] = {
    "hot_search_list": {"data.active_time": ("hot_word", "active_time")},
    "user_profile_self": {
        "user_collect_count.collect_count_list": ("user", "collect_count_list")
    },
}
"""What goes into the records from beside them: path, kind and column."""


def columns(endpoint: str, answered: Container[str]) -> dict[str, list[Column]]:
    """Return what each path of an endpoint's answer feeds.

    *answered* are the paths that the answer has: of several that feed a column, the
    others stand in ``better`` of those behind them.
    """
    found: dict[str, list[Column]] = {}
    for kind, above in RECORDS[endpoint]:
        for path, column in _of(kind):
            better = (f"{above}.{one}" for one in column.better)
            known = tuple(one for one in better if one in answered)
            of_path = found.setdefault(f"{above}.{path}", [])
            of_path.append(replace(column, better=known))
    for path, column in _beside(endpoint):
        found.setdefault(path, []).append(column)
    return found


def _beside(endpoint: str) -> Iterator[tuple[str, Column]]:
    for path, (kind, name) in BESIDE.get(endpoint, {}).items():
        for _, column in _of(kind):
            if column.path == name or column.path.startswith(f"{name}[]."):
                yield path + column.path.removeprefix(name), column


@cache
def _of(kind: str) -> tuple[tuple[str, Column], ...]:
    return tuple(_walk(KINDS[kind].item, kind, ("", ""), ()))


def _walk(
    made: type[Any], kind: str, above: tuple[str, str], better: tuple[str, ...]
) -> Iterator[tuple[str, Column]]:
    """Yield the paths in the JSON, and the columns, of the fields of a dataclass.

    *above* is what stands before both; *better* are the places of the whole part that
    come first.
    """
    hints = hints_of(made)
    for part in fields(made):
        base, is_list = _base(hints[part.name])
        column = above[1] + part.name
        paths = [above[0] + path for path in paths_of(part)]
        for number, path in enumerate(paths):
            first = (*better, *paths[:number])
            yield path, Column(kind, column, base, is_list, first)
            if isinstance(base, type) and is_dataclass(base):
                mark = "[]." if is_list else "."
                yield from _walk(base, kind, (path + mark, column + mark), first)


def _base(hint: Any) -> tuple[Any, bool]:
    """Return the type of one value, and whether a field holds a list of them."""
    if get_origin(hint) is Annotated:
        return _base(get_args(hint)[0])
    if get_origin(hint) is list:
        return _base(get_args(hint)[0])[0], True
    inner = [part for part in get_args(hint) if part is not type(None)]
    return _base(inner[0]) if inner else (hint, False)

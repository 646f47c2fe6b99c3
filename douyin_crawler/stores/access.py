"""How records are looked up: what can be asked of a kind, and the indexes for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.items.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.items.kinds import Kind

Columns = tuple[str, ...]

_MORE: dict[str, tuple[Columns, ...]] = {
    "users": (("unique_id",),),
    "hot_words": (("word",),),
}
"""What people ask for beside user, post and time."""
_SERIES: dict[str, tuple[Columns, ...]] = {
    "payloads": (("observed_at", "kind", "id", "source"),),
    "targets": (
        ("final", "walk", "id", "range"),
        ("parent", "final", "walk", "id", "range"),
        ("holder",),
        ("queue", "stage", "at"),
    ),
    "verdicts": (("walk", "id", "at"),),
    "runs": (("started_at",), ("plan", "started_at")),
}


def indexes() -> dict[str, tuple[Columns, ...]]:
    """Return the columns of the indexes of every table; those of its key aside."""
    kinds = {kind.table: tuple(_of_kind(kind)) for kind in KINDS.values()}
    return kinds | _SERIES


def _of_kind(kind: Kind) -> Iterator[Columns]:
    if kind.post and kind.post != kind.key:
        yield kind.post, kind.key
    if kind.user and kind.user != kind.key:
        yield kind.user, time_of(kind)
    if kind.time:
        yield (kind.time,)
    yield from _MORE.get(kind.table, ())


def time_of(kind: Kind) -> str:
    """Return the field that tells when a record is from, or when it was seen last."""
    return kind.time or "last_seen"


def equal_fields(kind: Kind, *, user: str | None, post: str | None) -> dict[str, str]:
    """Return what the fields of a record must be, to be of *user* and of *post*.

    Raises:
        ValueError: records of *kind* have no such field.
    """
    wanted = {}
    for what, name, value in (("user", kind.user, user), ("post", kind.post, post)):
        if value is None:
            continue
        if name is None:
            raise ValueError(f"{kind.table} can't be told by {what}")
        wanted[name] = value
    return wanted

"""Observations and verdicts made by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.comment import Comment
from douyin_crawler.items.hot_word import HotWord
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.post import Post
from douyin_crawler.items.user import User
from douyin_crawler.verdicts import RunRecord, TargetVerdict, Verdict

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Source

HOSTILE = (
    "$gt",
    "$$ROOT",
    "$100",
    "a.b.c",
    "'; DROP TABLE posts; --",
    '"quoted"',
    "行\n间\r\n\t",
    "👩‍👩‍👧 \u202e\ufeff\x7f",
    "%s {} \\u0000 \\",
    "__proto__",
    "NULL",
    "007",
    "1e999",
)
"""Texts that some store or language takes for more than a text."""

NOW = datetime(2026, 1, 5, 12, 0, 0, tzinfo=UTC)


def at(seconds: int) -> datetime:
    """Return the time that many seconds after the first."""
    return NOW + timedelta(seconds=seconds)


def post(
    id: str = "7001",
    *,
    source: Source = "list",
    seconds: int = 0,
    payload: bytes | None = None,
    **values: Any,
) -> Observation:
    """Return a post as seen so many seconds after the first."""
    text = json.dumps({"aweme_id": id, "seen": seconds}).encode()
    return Observation(
        kind="post",
        id=id,
        item=Post(aweme_id=id, **values),
        payload=text if payload is None else payload,
        source=source,
        observed_at=at(seconds),
    )


def user(
    id: str = "MS4wAAA",
    *,
    source: Source = "embedded",
    seconds: int = 0,
    **values: Any,
) -> Observation:
    """Return a user, by default as a post shows one."""
    return Observation(
        kind="user",
        id=id,
        item=User(sec_uid=id, **values),
        payload=json.dumps({"sec_uid": id}).encode(),
        source=source,
        observed_at=at(seconds),
    )


def comment(id: str = "c1", *, seconds: int = 0, **values: Any) -> Observation:
    """Return a comment as the list of its post shows it."""
    return Observation(
        kind="comment",
        id=id,
        item=Comment(cid=id, **values),
        payload=json.dumps({"cid": id}).encode(),
        source="list",
        observed_at=at(seconds),
    )


def hot_word(word: str = "海", *, seconds: int = 0, **values: Any) -> Observation:
    """Return a word of the hot list: one record a snapshot, one payload a word."""
    series = f"main:ranked:{word}"
    id_ = f"{series}:{at(seconds):%Y-%m-%dT%H:%M:%SZ}"
    key: dict[str, Any] = {"board": "main", "list": "ranked", "word": word}
    return Observation(
        kind="hot_word",
        id=id_,
        payload_id=series,
        item=HotWord(id=id_, observed_at=at(seconds), **key, **values),
        payload=json.dumps({"word": word, "seen": seconds}).encode(),
        source="list",
        observed_at=at(seconds),
    )


def page(id: str = "posts:MS4wAAA:0", seconds: int = 0) -> Observation:
    """Return what a page holds beside its posts."""
    return Observation(
        kind="page",
        id=id,
        item=None,
        payload=b'{"has_more":1}',
        source="own",
        observed_at=at(seconds),
    )


def verdict(
    id: str = "MS4wAAA", run_id: str = "run1", seconds: int = 0
) -> TargetVerdict:
    """Return the end of a walk."""
    return TargetVerdict(
        walk="posts",
        id=id,
        range="since=2026-01-01",
        spider="user_posts",
        verdict=Verdict.TRUNCATED,
        reason="the list ended early",
        expected=12,
        got=10,
        pages=2,
        cursor="1767000000000",
        run_id=run_id,
        at=at(seconds),
    )


def run(id: str = "run1", seconds: int = 0, **values: Any) -> RunRecord:
    """Return a run that has not ended."""
    return RunRecord(
        id=id,
        spider="user_posts",
        arguments={"user": "MS4wAAA", "since": "2026-01-01"},
        started_at=at(seconds),
        **values,
    )


def any_value(annotation: object, name: str) -> object:
    """Return a value for a field of a plain type; None for nested ones."""
    values: dict[str, object] = {
        "str": f"文 {name}",
        "Id": f"id_{name}",
        "Words": "",
        "int": len(name),
        "float": 1.5,
        "bool": len(name) % 2 == 0,
        "datetime": at(len(name)),
    }
    return values.get(str(annotation).partition(" |")[0])

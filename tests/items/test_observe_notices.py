from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from douyin_crawler.items.comment import Comment
from douyin_crawler.items.observe_entries import (
    observe_emoji,
    observe_self,
    observe_sticker,
    observe_user,
)
from douyin_crawler.items.observe_notices import observe_notice
from douyin_crawler.items.page import Entry, MalformedPage, TooDeep
from douyin_crawler.items.user import CollectCount, User
from tests.items import captured
from tests.items.places import changed
from tests.items.strategies import VALUES
from tests.support import samples
from tests.support.shared import needs_shared

NOW = datetime(2026, 1, 5, 12, 28, 31, tzinfo=UTC)
DEEP = "[" * 100_000 + "]" * 100_000
OBSERVERS: dict[str, Any] = {
    "emoji": observe_emoji,
    "sticker": observe_sticker,
    "notice": observe_notice,
}
EVERY = pytest.mark.parametrize("kind", OBSERVERS)


def entry_of(value: Any) -> Entry:
    """Return an entry of a page that shows *value*."""
    return Entry(text=json.dumps(value).encode())


def shown_by(value: Any) -> list[tuple[str, str]]:
    """Return kinds and ids of what a notice shows."""
    return [(one.kind, one.id) for one in observe_notice(entry_of(value), NOW)]


@EVERY
def test_an_entry_is_shown_byte_for_byte(kind: str) -> None:
    entry = entry_of(getattr(samples, kind)())
    first = OBSERVERS[kind](entry, NOW)[0]
    assert (first.kind, first.payload, first.observed_at) == (kind, entry.text, NOW)
    assert first.source == ("own" if kind == "notice" else "list")


@pytest.mark.parametrize(
    "member",
    [
        [{"from_user": [samples.user()]}, {"video": samples.post()}],
        {"user": samples.user(), "video": samples.post()},
        {"a": {"b": [samples.user()]}, "c": {"d": samples.post()}},
    ],
)
def test_what_an_unknown_type_shows(member: Any) -> None:
    value = samples.notice_of(99, user_data=member)
    shown = shown_by(value)
    assert ("user", samples.SEC_UID) in shown
    assert ("post", samples.AWEME_ID) in shown
    user = next(o for o in observe_notice(entry_of(value), NOW) if o.kind == "user")
    assert user.payload == json.dumps(samples.user()).encode()


@EVERY
@given(value=VALUES)
def test_an_entry_without_an_id_shows_nothing(kind: str, value: Any) -> None:
    assert OBSERVERS[kind](entry_of(value), NOW) == []


@EVERY
@pytest.mark.parametrize("text", [b'{"a":', b"", b"<html>", b'{"id":"5"'])
def test_what_is_no_json_shows_nothing(kind: str, text: bytes) -> None:
    assert OBSERVERS[kind](Entry(text=text), NOW) == []


@EVERY
def test_an_entry_too_deep_is_said_to_be(kind: str) -> None:
    with pytest.raises(TooDeep):
        OBSERVERS[kind](Entry(text=b'{"zz":%s}' % DEEP.encode()), NOW)


def test_a_notice_shows_people_post_and_comment() -> None:
    author = ("user", samples.SEC_UID)
    about = [("post", samples.AWEME_ID), author, ("comment", samples.CID), author]
    notice = ("notice", "7569492243205730738")
    people = [author, ("user", "MS4wLjABAAAAliker2")]
    assert shown_by(samples.notice()) == [notice, *people, *about]
    assert shown_by(samples.commented()) == [notice, *about]
    assert shown_by(samples.follow()) == shown_by(samples.mention()) == [notice, author]
    duet = {"from_user": samples.user(), "aweme": samples.post()}
    shown = shown_by(samples.notice_of(99, duet=duet))
    assert shown == [notice, author, *about[:2]]
    observed = observe_notice(entry_of(samples.notice()), NOW, "list")
    assert [one.source for one in observed] == ["list", *["embedded"] * 6]


def test_a_comment_belongs_to_the_post_of_its_notice() -> None:
    value = changed(samples.notice(), "digg.comment.aweme_id", "")
    shown = observe_notice(entry_of(value), NOW)
    comments = [one.item for one in shown if isinstance(one.item, Comment)]
    assert [comment.aweme_id for comment in comments] == [samples.AWEME_ID]


@needs_shared
def test_a_captured_notice_shows_post_and_comment() -> None:
    (value,) = captured.notices()
    about = value["comment"]
    shown = observe_notice(entry_of(value), NOW)
    assert [(one.kind, json.loads(one.payload)) for one in shown] == [
        ("notice", value),
        ("post", about["aweme"]),
        ("comment", about["comment"]),
    ]


@pytest.mark.parametrize(
    "path", ["digg", "digg.from_user", "digg.aweme", "digg.comment", "type"]
)
@given(value=VALUES)
def test_any_part_leaves_the_notice(path: str, value: Any) -> None:
    changed_one = changed(samples.notice(), path, value)
    assert shown_by(changed_one)[0] == ("notice", "7569492243205730738")


def test_the_user_of_a_text() -> None:
    text = json.dumps(samples.user()).encode()
    (one,) = observe_user(text, "list", NOW)
    assert (one.kind, one.id, one.source) == ("user", samples.SEC_UID, "list")
    assert one.payload == text
    assert observe_user(b'{"sec_uid":""}', "own", NOW) == []
    assert observe_user(b"<html>", "own", NOW) == []
    deep = b'{"zz":%s,"sec_uid":"MS4w"}' % DEEP.encode()
    assert [one.id for one in observe_user(deep, "own", NOW)] == ["MS4w"]


def test_bookmarks_stand_beside_oneself() -> None:
    counts = [{"collect_count": 12, "item_type": 2}, {"collect_count": 3}, None]
    body = {
        "user": samples.user(),
        "user_collect_count": {"collect_count_list": counts},
    }
    (one,) = observe_self(json.dumps(body).encode(), NOW)
    assert isinstance(one.item, User)
    assert one.item.collect_count_list == [
        CollectCount(collect_count=12, item_type=2),
        CollectCount(collect_count=3),
    ]
    assert json.loads(one.payload) == samples.user()
    assert observe_self(b'{"user":null,"user_collect_count":5}', NOW) == []
    with pytest.raises(MalformedPage):
        observe_self(b"{", NOW)


@given(VALUES)
def test_any_bookmarks_leave_the_user(counts: Any) -> None:
    body = {"user": samples.user(), "user_collect_count": counts}
    assert len(observe_self(json.dumps(body).encode(), NOW)) == 1

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from douyin_crawler.items.observe import observe_post, skip_reason
from douyin_crawler.items.page import Entry, split_page
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.user import User
from tests.items.places import changed
from tests.items.strategies import VALUES
from tests.support import samples
from tests.support.shared import CAPTURES, needs_shared

NOW = datetime(2026, 10, 1, tzinfo=UTC)


def entry_of(value: Any) -> Entry:
    """Return an entry of a page that shows *value*."""
    return Entry(text=json.dumps(value).encode())


def test_a_post_and_its_author_are_shown() -> None:
    entry = entry_of(samples.post())
    post, author = observe_post(entry, "list", NOW)
    assert (post.kind, post.id, post.source) == ("post", samples.AWEME_ID, "list")
    assert (author.kind, author.id, author.source) == (
        "user",
        samples.SEC_UID,
        "embedded",
    )
    assert post.observed_at == author.observed_at == NOW
    assert post.payload == entry.text
    assert json.loads(author.payload) == samples.user()
    assert isinstance(post.item, Post)
    assert isinstance(author.item, User)


@given(VALUES)
def test_an_entry_without_an_id_shows_nothing(value: Any) -> None:
    if parse_post(value) is None:
        assert observe_post(entry_of(value), "list", NOW) == []


def test_an_entry_that_is_no_json_shows_nothing() -> None:
    assert observe_post(Entry(text=b'{"a":'), "list", NOW) == []


@given(VALUES)
def test_any_author_leaves_the_post(author: Any) -> None:
    value = changed(samples.post(), "author", author)
    shown = observe_post(entry_of(value), "feed", NOW)
    assert shown[0].kind == "post"
    assert len(shown) == 1 or shown[1].id == author["sec_uid"]


def test_payloads_are_the_very_bytes() -> None:
    body = (
        b'{"aweme_list":[ {"aweme_id" : "5",\n "author":{"sec_uid":"MS4x",'
        b'"nickname":"\\ud83d\xff", "n":1.50}} ],"has_more":1}'
    )
    entry = (split_page(body, "aweme_list").entries or [])[0]
    post, author = observe_post(entry, "list", NOW)
    assert author.payload == b'{"sec_uid":"MS4x","nickname":"\\ud83d\xff", "n":1.50}'
    assert post.payload == body[16:-16]


@needs_shared
def test_a_captured_page_shows_every_post_and_author() -> None:
    body = (CAPTURES / "aweme_post" / "page_2024-03.json").read_bytes()
    entries = split_page(body, "aweme_list").entries or []
    shown = [one for entry in entries for one in observe_post(entry, "list", NOW)]
    assert [one.kind for one in shown] == ["post", "user"] * 8
    raw = json.loads(body)["aweme_list"]
    assert [one.id for one in shown[::2]] == [post["aweme_id"] for post in raw]
    assert [json.loads(one.payload) for one in shown[1::2]] == [
        post["author"] for post in raw
    ]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, None),
        ({"is_ads": True}, "ad"),
        ({"is_ads": "1", "aweme_type": 101}, "ad"),
        ({"is_ads": False, "aweme_type": "101"}, "live"),
        ({"cell_room": {"rawdata": "{}"}}, "live"),
        ({"cell_room": {"rawdata": "{}"}, "video": samples.video()}, None),
        ({"cell_room": {}}, None),
        ({"cell_room": None}, None),
    ],
)
def test_cards_that_are_no_posts(members: dict[str, Any], reason: str | None) -> None:
    post = parse_post({"aweme_id": "5", **members})
    assert post is not None
    assert skip_reason(post) == reason

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.page import MalformedPage, decode
from douyin_crawler.items.parts import Author
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.projection import decoder
from douyin_crawler.items.user import User, parse_user
from tests.items import captured
from tests.items.places import changed, paths
from tests.items.strategies import ODD, TEXTS, VALUES
from tests.support import samples
from tests.support.shared import needs_shared

SAMPLE = samples.post()
PLACES = paths(SAMPLE)
project = decoder(Post, {Author: User})


def encoded(value: Any) -> bytes:
    """Return the JSON text of *value*."""
    return json.dumps(value).encode()


def agree(text: bytes) -> None:
    """Assert that a post and its author are read alike from the part and the whole."""
    part, whole = project(text), decode(text)
    assert repr(parse_post(part)) == repr(parse_post(whole))
    if isinstance(whole, dict):
        author = part.get("author")
        assert repr(parse_user(author)) == repr(parse_user(whole.get("author")))


@given(st.sampled_from(PLACES), ODD)
def test_any_value_anywhere_is_read_alike(place: str, value: Any) -> None:
    agree(encoded(changed(SAMPLE, place, value)))


@given(st.dictionaries(st.sampled_from(sorted(SAMPLE)) | TEXTS, VALUES))
def test_any_members_are_read_alike(members: Any) -> None:
    agree(encoded({"aweme_id": samples.AWEME_ID, **members}))


@given(VALUES)
def test_anything_is_read_alike(value: Any) -> None:
    agree(encoded(value))


@given(st.sampled_from(PLACES), VALUES)
def test_of_equal_members_the_last_is_read(place: str, value: Any) -> None:
    first = encoded(changed(SAMPLE, place, value))
    agree(first[:-1] + b"," + encoded(SAMPLE)[1:])
    agree(encoded(SAMPLE)[:-1] + b"," + first[1:])


@needs_shared
def test_captured_posts_are_read_alike() -> None:
    for value in captured.posts():
        agree(encoded(value))


def test_what_no_field_asks_for_is_stepped_over() -> None:
    value = project(encoded(SAMPLE))
    assert "suggest_words" not in value
    assert "birthday" not in value["author"]
    assert "meta" not in value["video"]
    assert type(value["video"]["cover"]).__name__ == "Image"
    assert type(value["video"]["bit_rate"][0]).__name__ == "BitRate"
    assert value["music"]["id_str"] == "7300000000000000123"


def test_what_is_no_json_is_malformed() -> None:
    for text in (b"", b"{", b'{"a":' * 200_000):
        try:
            project(text)
        except MalformedPage:
            continue
        raise AssertionError(text[:10])

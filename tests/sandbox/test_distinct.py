"""Answers in which every field has a value of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from douyin_crawler.api.contract import tables
from douyin_crawler.sandbox.distinct import distinct, is_kept, mark
from tests.sandbox.test_shapes import answer

POSTS = "/aweme/v1/web/aweme/post/"


def told_apart(path: str, value: Any) -> Any:
    return json.loads(distinct(path, json.dumps(value).encode()))


def test_fields_say_where_they_stand() -> None:
    usual = answer("aweme_post")
    made = told_apart(POSTS, usual)
    assert [p["aweme_id"] for p in made["aweme_list"]] == [
        p["aweme_id"] for p in usual["aweme_list"]
    ]
    post = made["aweme_list"][0]
    assert post["author"]["nickname"] == "aweme_post:aweme_list[].author.nickname"
    assert post["author"]["follower_count"] != post["author"]["following_count"]
    assert post["author"]["cover_url"][0]["url_list"] == [
        "aweme_post:aweme_list[].author.cover_url[].url_list"
    ]
    assert post["video"] == usual["aweme_list"][0]["video"], "not of the contract"


def test_numbers_are_times_too() -> None:
    for name, table in tables().items():
        for field in table.fields:
            if field.type == "number" and not is_kept(name, field.path):
                assert 1e9 <= mark(name, field) < 1e10


def test_ends_stay_ends() -> None:
    end = {"status_code": 0, "aweme_list": [], "has_more": 0, "max_cursor": 0}
    assert told_apart(POSTS, end) == end
    comments = told_apart("/aweme/v1/web/comment/list/", {"comments": None, "total": 0})
    assert comments["comments"] == []


@pytest.mark.parametrize(
    "body",
    [b"", b'{"status_code":0}', b'{"status_code":8,"status_msg":"x"}', b"[]", b"null"],
)
def test_what_is_no_data_stays(body: bytes) -> None:
    assert distinct(POSTS, body) == body


def test_other_paths_stay() -> None:
    assert distinct("/aweme/v1/web/aweme/detail/", b'{"a":1}') == b'{"a":1}'

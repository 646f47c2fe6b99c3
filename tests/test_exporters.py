from __future__ import annotations

import csv
import io
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.utils.misc import load_object

from douyin_crawler.exporters import FEED_EXPORTERS
from douyin_crawler.items.post import Post, parse_post
from douyin_crawler.items.user import parse_user
from tests.support import samples

if TYPE_CHECKING:
    from collections.abc import Iterable

POST = parse_post(samples.post())
BARE = parse_post({"aweme_id": "5", "desc": 'Ä "quoted", 海\n'})
assert POST is not None
assert BARE is not None


def exported(name: str, items: Iterable[Any], **options: Any) -> str:
    """Return the feed of *items* in the format *name*."""
    file = io.BytesIO()
    exporter = load_object(FEED_EXPORTERS[name])(file, **options)
    exporter.start_exporting()
    for item in items:
        exporter.export_item(item)
    exporter.finish_exporting()
    return file.getvalue().decode("utf-8")


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", ["jsonl", "jsonlines", "jl", "json"])
def test_json(name: str) -> None:
    text = exported(name, [POST, BARE])
    values = json.loads(text) if name == "json" else map(json.loads, text.splitlines())
    first, second = values
    assert list(first) == [part.name for part in fields(Post)]
    assert first["aweme_id"] == samples.AWEME_ID
    assert first["create_time"] == "2024-02-03T08:01:27Z"
    assert first["video"]["bit_rate"][0]["bit_rate"] == 900_000
    assert first["hashtags"][0]["hashtag_name"] == "海边"
    assert first["is_top"] is True
    assert second["digg_count"] is None
    assert list(second) == list(first)
    assert "海边" in text
    assert "\\u" not in text


def test_csv() -> None:
    text = exported("csv", [POST, BARE])
    first, second = rows(text)
    assert list(first) == [part.name for part in fields(Post)]
    assert first["aweme_id"] == samples.AWEME_ID
    assert first["digg_count"] == "10"
    assert first["create_time"] == "2024-02-03T08:01:27Z"
    assert first["is_top"] == "true"
    assert json.loads(first["video"])["cover"]["uri"] == "tos/cover"
    assert json.loads(first["hashtags"])[0]["hashtag_name"] == "海边"
    assert json.loads(first["author"])["nickname"] == "样本😀"
    assert second["desc"] == 'Ä "quoted", 海\n'
    assert {n: v for n, v in second.items() if v} == {
        "aweme_id": "5",
        "desc": second["desc"],
        "url": "https://www.douyin.com/video/5",
    }


def test_the_columns_are_of_the_first_item_whatever_it_lacks() -> None:
    first, second = rows(exported("csv", [BARE, POST]))
    assert first.keys() == second.keys()
    assert second["digg_count"] == "10"


def test_users() -> None:
    (line,) = exported("jsonl", [parse_user(samples.user())]).splitlines()
    assert json.loads(line)["sec_uid"] == samples.SEC_UID
    (row,) = rows(exported("csv", [parse_user(samples.user())]))
    assert row["signature"] == "喜欢 #海边 的 @朋友"


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_chosen_fields(name: str) -> None:
    chosen = ["digg_count", "aweme_id"]
    text = exported(name, [POST], fields_to_export=chosen)
    value = rows(text)[0] if name == "csv" else json.loads(text)
    assert list(value) == chosen
    renamed = exported(name, [POST], fields_to_export={"aweme_id": "id"})
    value = rows(renamed)[0] if name == "csv" else json.loads(renamed)
    assert value == {"id": samples.AWEME_ID}


def test_ordinary_items() -> None:
    item = {"a": 1, "tags": ["x", "海"], "at": datetime(2026, 1, 2, tzinfo=UTC)}
    assert json.loads(exported("jsonl", [item]))["tags"] == ["x", "海"]
    assert json.loads(exported("json", [item, item]))[1]["a"] == 1
    (row,) = rows(exported("csv", [item]))
    assert (row["a"], row["tags"]) == ("1", "x,海")


def test_options_of_scrapy_hold() -> None:
    assert exported("json", [{"a": 1}], indent=2).count("\n") > 2
    assert "\\u6d77" in exported("jsonl", [{"a": "海"}], ensure_ascii=True)
    assert exported("csv", [{"a": 1}], include_headers_line=False) == "1\r\n"

from __future__ import annotations

import io
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.exporters import TypedCsvExporter, TypedJsonLinesExporter
from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.comment import Comment, CommentPicture, Sticker, parse_comment
from douyin_crawler.items.kinds import to_fields, without_perishable
from tests.items import captured
from tests.items.mapping import PATHS, differences
from tests.items.places import changed, paths
from tests.items.strategies import ODD
from tests.items.typed import wrong_types
from tests.support import samples
from tests.support.shared import needs_shared

SAMPLE = samples.comment()
PLACES = paths(SAMPLE)


def parsed(value: Any) -> Comment:
    """Return the comment of *value*, which must be one."""
    comment = parse_comment(value)
    assert comment is not None
    return comment


def test_every_typed_field_is_read_from_its_place() -> None:
    comment = parsed(SAMPLE)
    assert differences(comment, SAMPLE) == []
    assert comment.ip_label == "海南"
    assert comment.sort_tags == ["eco_level_3", "top"]


def test_the_sample_has_a_value_for_every_field() -> None:
    comment = parsed(SAMPLE)
    assert comment.image_list is not None
    for part in (comment, comment.sticker, comment.image_list[0]):
        assert [n for n, v in to_fields(part).items() if v in (None, [])] == []  # type: ignore[arg-type]
    for kind in (Comment, CommentPicture, Sticker):
        assert PATHS[kind].keys() <= {part.name for part in fields(kind)}


@needs_shared
def test_captured_comments_value_by_value() -> None:
    found = captured.comments()
    assert len(found) == 15
    for value in found:
        comment = parsed(value)
        assert differences(comment, value) == []
        assert wrong_types(comment) == []
        place = value.get("ip_label") or value["label_text"].removeprefix("IP:")
        assert comment.ip_label == place
        tags = json.loads(value.get("sort_tags", "null"))
        assert comment.sort_tags == (None if tags is None else sorted(tags))


@needs_shared
def test_captured_comments_in_words() -> None:
    first, *_, last = (parsed(value) for value in captured.comments())
    assert first.create_time == datetime(2025, 11, 6, 9, 34, 48, tzinfo=UTC)
    assert first.text == "@虫石 @土水北 @石白江草林月"
    assert first.mentions is not None
    assert [(m.start, m.end) for m in first.mentions] == [(0, 3), (4, 8), (9, 16)]
    assert first.user is not None
    assert first.sec_uid == first.user.sec_uid
    assert (first.reply_id, first.reply_to_reply_id) == (None, None)
    assert first.ip_label == "广东"
    assert last.reply_id == "7231428904955877542"
    assert last.reply_to_reply_id == "7231508250376488806"
    assert last.reply_comment_total is None
    assert last.ip_label == "云南"


@needs_shared
def test_a_captured_sticker_in_words() -> None:
    stickers = [
        (comment.text, comment.content_type, comment.sticker)
        for comment in map(parsed, captured.comments())
        if comment.sticker
    ]
    [(text, content_type, sticker)] = stickers
    assert (text, content_type) == ("", 2)
    assert sticker.id == "7453124171395823753"
    assert sticker.origin_package_id == "-1151193570801923"
    assert sticker.static_url is not None
    assert len(sticker.static_url.url_list or ()) == 3


@given(st.sampled_from(PLACES), ODD)
def test_any_value_anywhere_leaves_a_comment_of_the_right_types(
    place: str, value: Any
) -> None:
    comment = parse_comment(changed(SAMPLE, place, value))
    if place != "cid":
        assert comment is not None
    if comment is not None:
        assert wrong_types(comment) == []


@given(ODD)
def test_anything_is_a_comment_or_none(value: Any) -> None:
    comment = parse_comment(value)
    assert comment is None or wrong_types(comment) == []


@given(st.dictionaries(st.sampled_from(sorted(SAMPLE)), ODD))
def test_any_members_leave_a_comment_of_the_right_types(members: Any) -> None:
    comment = parsed({**members, "cid": samples.CID})
    assert wrong_types(comment) == []
    clean_item(comment)
    to_fields(comment)


@pytest.mark.parametrize("value", [None, "", 0, "0", -5, "-5", True, [], {}, "a b"])
def test_a_comment_without_a_usable_id_is_none(value: Any) -> None:
    assert parse_comment(changed(SAMPLE, "cid", value)) is None


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("reply_id", "0", None),
        ("reply_to_reply_id", 0, None),
        ("aweme_id", int(samples.AWEME_ID), samples.AWEME_ID),
        ("text", "", ""),
        ("text", None, None),
        ("create_time", "1706950000", datetime(2024, 2, 3, 8, 46, 40, tzinfo=UTC)),
        ("digg_count", "12", 12),
        ("user_digged", 0, False),
        ("user", {}, None),
        ("image_list", None, None),
        ("image_list", [None, {}, {"origin_url": {"url_list": []}}], []),
        ("sticker", {"width": 2}, None),
        ("sort_tags", '{"b":1,"a":1,"c":0}', ["a", "b"]),
        ("sort_tags", {"b": 1, "a": 1}, ["a", "b"]),
        ("sort_tags", "", None),
        ("sort_tags", "[1]", None),
        ("sort_tags", '{"\ud83d":1}', ["\ud83d"]),
        ("sort_tags", "[" * 5_000, None),
    ],
)
def test_values_of_other_types(field: str, value: Any, expected: Any) -> None:
    typed = getattr(parsed(changed(SAMPLE, field, value)), field)
    if field == "user":
        assert not any(to_fields(typed).values())
    else:
        assert typed == expected
        assert type(typed) is type(expected)


@pytest.mark.parametrize(
    ("ip_label", "label_text", "expected"),
    [
        ("海南", "IP:上海", "海南"),
        ("", "IP:上海", "上海"),
        (None, "IP：上海", "上海"),
        (None, "IP属地：美国", "美国"),
        (None, "IP:", None),
        (None, "作者", None),
        (None, "", None),
        (None, None, None),
    ],
)
def test_the_place_is_read_from_older_answers_too(
    ip_label: str | None, label_text: str | None, expected: str | None
) -> None:
    value = {"cid": "5", "ip_label": ip_label, "label_text": label_text}
    comment = parsed(value)
    assert comment.ip_label == expected
    assert comment.label_text == (label_text or None)


def test_no_private_field_is_typed() -> None:
    text = json.dumps(SAMPLE, ensure_ascii=False)
    comment = str(parsed(SAMPLE))
    for private in ("1990-01-01", "138****0000", "某大学"):
        assert private in text
        assert private not in comment


def test_more_comments_on_the_post_are_no_change_of_this_one() -> None:
    text = json.dumps(SAMPLE).replace("x-expires=1", "x-expires=2")
    later = json.loads(text) | {"item_comment_total": 348}
    later["sort_tags"] = '{"eco_level_3":1,"top":1}'
    first, second = parsed(SAMPLE), parsed(later)
    assert first != second
    bare = [without_perishable(to_fields(comment)) for comment in (first, second)]
    assert bare[0] == bare[1]


def test_comments_go_into_feeds() -> None:
    for exporter in (TypedJsonLinesExporter, TypedCsvExporter):
        file = io.BytesIO()
        writer = exporter(file)
        writer.start_exporting()
        writer.export_item(parsed(SAMPLE))
        writer.finish_exporting()
        text = file.getvalue().decode()
        assert samples.CID in text
        assert "去看 #海边 和 @朋友[赞]" in text
        assert "2024-02-03T08:46:40Z" in text

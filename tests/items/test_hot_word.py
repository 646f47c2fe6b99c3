from __future__ import annotations

import io
import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.exporters import TypedCsvExporter, TypedJsonLinesExporter
from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.hot_word import (
    HotWord,
    parse_hot_word,
    reparse_hot_word,
    series_id,
)
from douyin_crawler.items.kinds import to_fields
from tests.items import captured
from tests.items.mapping import MADE, differences
from tests.items.places import changed, paths
from tests.items.strategies import ODD, TEXTS
from tests.items.typed import wrong_types
from tests.support import samples
from tests.support.shared import needs_shared

NOW = datetime(2026, 1, 5, 12, 28, 31, tzinfo=UTC)
SAMPLE = samples.hot_word()
PLACES = paths(SAMPLE)
BOARDS = [f"hot_search_list/board_2026-01-05_{name}.json" for name in "ab"]


def parsed(value: Any, list: str = "ranked", board: str = "main") -> HotWord:
    """Return the word of *value*, which must have one."""
    word = parse_hot_word(value, board, list, NOW)
    assert word is not None
    return word


def test_every_typed_field_is_read_from_its_place() -> None:
    word = parsed(SAMPLE)
    assert differences(word, SAMPLE) == []
    names = {part.name for part in fields(word)} - {"active_time"}
    assert [name for name in names if getattr(word, name) in (None, [])] == []
    assert MADE[HotWord] < {part.name for part in fields(word)}


def test_the_key_is_board_list_word_and_time() -> None:
    word = parsed(SAMPLE, "rising", "society")
    assert word.id == f"society:rising:{samples.WORD}:2026-01-05T12:28:31Z"
    assert (word.board, word.list, word.word) == ("society", "rising", samples.WORD)
    assert word.observed_at == NOW
    assert word.url == "https://www.douyin.com/hot/2358195"


def test_the_time_is_in_utc_and_whole_seconds() -> None:
    shanghai = timezone(timedelta(hours=8))
    local = datetime(2026, 1, 5, 20, 28, 31, 999_999, tzinfo=shanghai)
    assert parse_hot_word(SAMPLE, "main", "ranked", local) == parsed(SAMPLE)


@needs_shared
@pytest.mark.parametrize("name", BOARDS)
def test_captured_words_value_by_value(name: str) -> None:
    data = captured.load(name)["data"]
    lists = {"ranked": data["word_list"], "rising": data["trending_list"]}
    assert [len(entries) for entries in lists.values()] == [50, 5]
    for which, entries in lists.items():
        for value in entries:
            word = parsed(value, which)
            assert differences(word, value) == []
            assert wrong_types(word) == []
            assert word.is_pinned is False


@needs_shared
def test_captured_words_in_words() -> None:
    data = captured.load(BOARDS[0])["data"]
    first = parsed(data["word_list"][0])
    assert first.word == "曼联主帅阿莫林下课"
    assert (first.position, first.hot_value, first.label) == (1, 11_408_385, 1)
    assert first.event_time == datetime(2026, 1, 5, 10, 3, 49, tzinfo=UTC)
    rising = parsed(data["trending_list"][0], "rising")
    assert (rising.position, rising.hot_value, rising.word_type) == (None, 0, 3)


@needs_shared
def test_two_snapshots_are_two_points_of_a_series() -> None:
    later = NOW + timedelta(hours=3)
    entries = [captured.load(name)["data"]["word_list"] for name in BOARDS]
    first = [parsed(value) for value in entries[0]]
    second = [parse_hot_word(value, "main", "ranked", later) for value in entries[1]]
    assert len({word.id for word in (*first, *second) if word}) == 100
    words = [{value["word"] for value in board} for board in entries]
    assert len(words[0] & words[1]) == 33


@pytest.mark.parametrize(
    ("which", "position", "expected", "is_pinned"),
    [
        ("ranked", 1, 1, False),
        ("ranked", None, None, True),
        ("ranked", 0, None, True),
        ("ranked", "7", 7, False),
        ("rising", None, None, False),
        ("rising", 0, None, False),
    ],
)
def test_the_pinned_word_has_no_position(
    which: str, position: Any, expected: int | None, is_pinned: bool
) -> None:
    word = parsed(changed(SAMPLE, "position", position), which)
    assert (word.position, word.is_pinned) == (expected, is_pinned)


@given(st.sampled_from(PLACES), ODD)
def test_any_value_anywhere_leaves_a_word_of_the_right_types(
    place: str, value: Any
) -> None:
    word = parse_hot_word(changed(SAMPLE, place, value), "main", "ranked", NOW)
    if place != "word":
        assert word is not None
    if word is not None:
        assert wrong_types(word) == []


@given(ODD)
def test_anything_is_a_word_or_none(value: Any) -> None:
    word = parse_hot_word(value, "main", "ranked", NOW)
    assert word is None or wrong_types(word) == []


@given(st.dictionaries(st.sampled_from([f.name for f in fields(HotWord)]), ODD))
def test_members_cannot_take_the_place_of_the_key(members: Any) -> None:
    word = parsed({**members, "word": "海"})
    assert word.id == "main:ranked:海:2026-01-05T12:28:31Z"
    assert (word.board, word.list, word.observed_at) == ("main", "ranked", NOW)
    assert wrong_types(word) == []
    to_fields(clean_item(word)[0])


@given(TEXTS)
def test_a_key_can_be_stored(text: str) -> None:
    word = parse_hot_word({"word": text}, "main", "ranked", NOW)
    if word is None:
        assert text.replace("\0", "").strip() == ""
        return
    assert word.word == text
    assert "\0" not in word.id.encode().decode()
    assert clean_item(word)[0].id == word.id
    series = series_id("main", "ranked", text)
    assert series is not None
    assert reparse_hot_word(series, {"word": text}, NOW) == word


@pytest.mark.parametrize("value", [None, "", " ", "\0", [], {}, True])
def test_an_entry_without_a_word_is_none(value: Any) -> None:
    word = parse_hot_word(changed(SAMPLE, "word", value), "main", "ranked", NOW)
    assert word is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a:b", "main:ranked:a:b"),
        (" $gt ", "main:ranked:$gt"),
        ("a\0b", "main:ranked:ab"),
        ("\ud83d", "main:ranked:\ufffd"),
        ("\ud83d\ude00", "main:ranked:😀"),
        ("海" * 300, "main:ranked:" + "海" * 256),
    ],
)
def test_hostile_words_have_keys(text: str, key: str) -> None:
    assert series_id("main", "ranked", text) == key
    word = reparse_hot_word(key, {"word": text}, NOW)
    assert word is not None
    assert word.id == key + ":2026-01-05T12:28:31Z"


@pytest.mark.parametrize("payload_id", ["", "main", "main:", ":ranked:海"])
def test_a_payload_of_no_board_or_list_is_none(payload_id: str) -> None:
    assert reparse_hot_word(payload_id, SAMPLE, NOW) is None


def test_words_go_into_feeds() -> None:
    for exporter in (TypedJsonLinesExporter, TypedCsvExporter):
        file = io.BytesIO()
        writer = exporter(file)
        writer.start_exporting()
        writer.export_item(parsed(SAMPLE))
        writer.finish_exporting()
        text = file.getvalue().decode()
        assert f"main:ranked:{samples.WORD}:2026-01-05T12:28:31Z" in text
        assert "2026-01-05T10:03:49Z" in text
    assert json.dumps([2, 3], separators=(",", ":")) in text

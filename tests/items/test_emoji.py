from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.emoji import Emoji, parse_emoji
from douyin_crawler.items.sticker import TrendingSticker, parse_sticker
from tests.items import captured
from tests.items.mapping import differences
from tests.items.places import changed, paths
from tests.items.strategies import ODD
from tests.items.typed import wrong_types
from tests.support import samples
from tests.support.shared import needs_shared

EMOJI = samples.emoji()
STICKER = samples.sticker()
PARSE: dict[str, Any] = {"origin_uri": parse_emoji, "id": parse_sticker}
SAMPLES = {"origin_uri": EMOJI, "id": STICKER}
BOTH = pytest.mark.parametrize("key", PARSE)


@BOTH
def test_every_typed_field_is_read_from_its_place(key: str) -> None:
    item = PARSE[key](SAMPLES[key])
    assert type(item) in {Emoji, TrendingSticker}
    assert differences(item, SAMPLES[key]) == []
    assert [f.name for f in fields(item) if getattr(item, f.name) in (None, [])] == []


@needs_shared
def test_captured_emojis_value_by_value() -> None:
    emojis = [parse_emoji(value) for value in captured.emojis()]
    assert len({emoji.origin_uri for emoji in emojis if emoji}) == len(emojis) == 222
    for emoji, value in zip(emojis, captured.emojis(), strict=True):
        assert differences(emoji, value) == []
        assert wrong_types(emoji) == []
    assert emojis[0]
    assert (emojis[0].display_name, emojis[0].hide) == ("[微笑]", False)


def test_the_id_of_a_sticker_is_its_text_where_there_is_one() -> None:
    sticker = parse_sticker({**STICKER, "id": 7.45e18, "id_str": "7450000000000000123"})
    assert sticker
    assert sticker.id == "7450000000000000123"
    assert parse_sticker({**STICKER, "id_str": ""}) == parse_sticker(STICKER)


@BOTH
@given(st.data(), ODD)
def test_any_value_anywhere_leaves_an_item_of_the_right_types(
    key: str, data: st.DataObject, value: Any
) -> None:
    place = data.draw(st.sampled_from(paths(SAMPLES[key])))
    item = PARSE[key](changed(SAMPLES[key], place, value))
    assert item is not None or place == key
    if item is not None:
        assert wrong_types(item) == []


@BOTH
@given(value=ODD)
def test_anything_is_an_item_or_none(key: str, value: Any) -> None:
    item = PARSE[key](value)
    assert item is None or wrong_types(item) == []


@BOTH
@pytest.mark.parametrize("value", [None, "", 0, "0", False, [], {}, "a b"])
def test_without_its_key_there_is_none(key: str, value: Any) -> None:
    assert PARSE[key](changed(SAMPLES[key], key, value)) is None

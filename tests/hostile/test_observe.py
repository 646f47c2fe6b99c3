"""One hostile entry on a page: its text is kept, and its neighbours are untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.kinds import KINDS, record_id
from douyin_crawler.items.observe import observe_hot_words
from douyin_crawler.items.page import (
    MalformedPage,
    decode_part,
    split_page,
)
from tests.hostile.checks import OBSERVERS, faults, observe, told
from tests.hostile.profile import fuzz
from tests.hostile.shaped import NOW, payload
from tests.hostile.texts import ANYTHING, deep, mutants, spelled
from tests.support import samples

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

    from douyin_crawler.items.observation import Observation

EVERY = pytest.mark.parametrize("kind", OBSERVERS)


def test_the_kinds_of_lists_are_all_here() -> None:
    assert {"post", "comment"} <= OBSERVERS.keys() <= KINDS.keys()


def check(shown: Observation, text: bytes) -> None:
    """Hold that *shown* has its types, its text, and reads the same from that."""
    kind = KINDS[shown.kind]
    assert shown.item is not None
    assert type(shown.item) is kind.item
    assert record_id(shown.item) == shown.id
    assert faults(clean_item(shown.item)[0]) == []
    assert shown.payload in {text, decode_part(text)[1]} or shown.payload in text
    value, _ = decode_part(shown.payload)
    again = kind.reparse(shown.payload_id or shown.id, value, shown.observed_at)
    for name in kind.beside:
        setattr(again, name, getattr(shown.item, name))
    assert again == shown.item


@EVERY
@fuzz()
@given(st.data())
def test_a_hostile_entry_among_good_ones(kind: str, data: DataObject) -> None:
    good = spelled(payload(kind), ascii_only=False)
    entry = data.draw(
        mutants(payload(kind)).map(lambda mutant: mutant.text) | ANYTHING, "entry"
    )
    beside = data.draw(ANYTHING, "beside")
    body = b'{"x":%s,"list":[%s, %s ,%s]}' % (beside, good, entry, good)
    page = split_page(body, "list")
    assert [e.text for e in page.entries or ()] == [good, entry, good]
    first, odd, last = (observe(kind, e.text) for e in page.entries or ())
    assert first == last == observe(kind, good)
    assert first
    for shown in odd:
        check(shown, entry)
    assert page.rest == b'{"x":%s,"list":[]}' % beside


@EVERY
def test_what_is_read_is_in_the_payload(kind: str) -> None:
    good = spelled(payload(kind), ascii_only=False)
    for shown in observe(kind, good):
        check(shown, good)
    assert observe(kind, good)[0].payload == good


@fuzz()
@given(st.data())
def test_a_hostile_word_on_the_board(data: DataObject) -> None:
    board, word = samples.hot_board(), spelled(samples.hot_word())
    good = observe_hot_words(spelled(board), "main", NOW).observations
    entry = data.draw(
        mutants(payload("hot_word")).map(lambda mutant: mutant.text) | ANYTHING
    )
    where = data.draw(st.sampled_from(["word_list", "trending_list"]))
    board["data"][where].insert(1, "HERE")
    body = spelled(board).replace(b'"HERE"', entry)
    found = observe_hot_words(body, "main", NOW)
    kept = [one for one in found.observations if one.payload != entry]
    assert kept == [one for one in good if one.payload != entry]
    assert len(found.observations) + found.without_word == len(good) + 1
    for shown in found.observations:
        check(shown, body)
    assert word in body


@fuzz()
@given(st.data())
def test_any_board_is_read_or_refused_by_name(data: DataObject) -> None:
    mutant = data.draw(mutants(samples.hot_board()))
    try:
        found = observe_hot_words(mutant.text, "main", NOW)
    except MalformedPage as error:
        told(error)
        return
    for shown in found.observations:
        check(shown, mutant.text)


@pytest.mark.parametrize("depth", [150, 200, 2_000, 100_000])
@EVERY
def test_depth(kind: str, depth: int) -> None:
    text = spelled(payload(kind))[:-1] + b',"zz":%s}' % deep(depth)
    shown = observe(kind, text)
    if depth <= 200:
        assert shown[0].payload == text
    elif shown:
        check(shown[0], text)


@EVERY
@fuzz()
@given(st.binary(max_size=40) | ANYTHING.map(lambda text: text[: len(text) // 2]))
def test_what_is_no_json_shows_nothing(kind: str, text: bytes) -> None:
    try:
        value, _ = decode_part(text)
    except MalformedPage:
        assert observe(kind, text) == []
    else:
        assert not isinstance(value, dict) or observe(kind, text) == []

"""Whatever stands in a payload, its record is read, with the types it should have."""

from __future__ import annotations

import copy
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.kinds import KINDS, Kind
from douyin_crawler.items.page import decode
from douyin_crawler.items.reader import paths_of
from tests.hostile.checks import faults, parse
from tests.hostile.profile import WANTED, fuzz
from tests.hostile.shaped import NOW, SERIES, payload
from tests.hostile.texts import ANYTHING, NAMES, READABLE, mutants, place
from tests.items.places import paths
from tests.items.typed import wrong_types

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
STEP = 1 if WANTED else 31
"""One text in so many is tried in a place; in the next place, the next ones."""
MADE = {"url", "ip_label", "is_pinned", "position", "active_time"}
"""Fields that are not read from one member alone."""


@EVERY
def test_a_payload_of_the_service_fills_every_field(kind: Kind) -> None:
    item = kind.reparse(SERIES, payload(kind.name), NOW)
    assert item is not None
    empty = [f.name for f in fields(kind.item) if getattr(item, f.name) is None]
    assert empty == [] or kind.name == "notice"  # each type has members of its own
    assert faults(item) == []


@EVERY
def test_any_text_in_every_place(kind: Kind) -> None:
    value = copy.deepcopy(payload(kind.name))
    odd = [decode(text) for text in READABLE]
    for number, path in enumerate(paths(value)):
        holder, name = place(value, path)
        kept = holder[name]
        for other in odd[number % STEP :: STEP]:
            holder[name] = other
            item = kind.reparse(SERIES, value, NOW)
            if item is not None:
                assert wrong_types(item) == [], (path, other)
                assert faults(clean_item(item)[0]) == [], (path, other)
            else:
                assert path.partition(".")[0] in _keys(kind), (path, other)
        holder[name] = kept


@EVERY
@fuzz()
@given(st.data())
def test_what_is_odd_costs_its_own_field(kind: Kind, data: DataObject) -> None:
    mutant = data.draw(mutants(payload(kind.name)))
    item = parse(kind.name, mutant.text)
    if mutant.touched.isdisjoint(_keys(kind)):
        assert item is not None
    if item is None:
        return
    assert _wrong(item) == []
    whole = kind.reparse(SERIES, payload(kind.name), NOW)
    for part in fields(kind.item):
        members = {path.partition(".")[0] for path in paths_of(part)}
        if mutant.touched.isdisjoint(members) and part.name not in MADE:
            assert getattr(item, part.name) == getattr(whole, part.name), part.name


@EVERY
@fuzz()
@given(ANYTHING)
def test_any_value_in_place_of_a_payload(kind: Kind, text: bytes) -> None:
    item = parse(kind.name, text)
    assert item is None or _wrong(item) == []


@EVERY
def test_names_that_mean_something_elsewhere(kind: Kind) -> None:
    base = payload(kind.name)
    names = (name for name in NAMES if name.decode("latin-1") not in base)
    more = b",".join(b'"%s":{"$gt":""}' % name for name in names)
    text = json.dumps(base).encode()[:-1] + b"," + more + b"}"
    assert parse(kind.name, text) == kind.reparse(SERIES, base, NOW)


def _wrong(item: Any) -> list[str]:
    """Return what is wrong with *item* as it was read, and as it is to be stored."""
    clean, _ = clean_item(item)
    return faults(clean) + ([] if clean is item else wrong_types(item))


def _keys(kind: Kind) -> set[str]:
    """Return the outermost members that tell which record it is."""
    needed = {kind.key, "id", "id_str", "word"} if kind.name != "post" else {kind.key}
    named: Any = [f for f in fields(kind.item) if f.name in needed]
    return needed | {p.partition(".")[0] for f in named for p in paths_of(f)}

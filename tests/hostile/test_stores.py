"""A stored record loads back equal, whatever it was read from, and its payload too."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.reader import paths_of
from douyin_crawler.stores.merge import merge, record_of
from tests.hostile.checks import observe
from tests.hostile.profile import fuzz
from tests.hostile.shaped import NOW, payload
from tests.hostile.test_clean import pipeline
from tests.hostile.texts import ANYTHING, mutants
from tests.stores.samples import comment, page, post, user, verdict

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

    from douyin_crawler.items.observation import Observation
    from douyin_crawler.stores.merge import Record
    from tests.hostile.conftest import Opened

    Key: TypeAlias = tuple[str, str]

ENTRIES = st.sampled_from([*KINDS]).flatmap(
    lambda kind: mutants(payload(kind)).map(lambda mutant: (kind, mutant.text))
)
PAGES = st.lists(ENTRIES, min_size=2, max_size=5)


def neighbours(number: int) -> list[Observation]:
    """Return good records, with ids of this number."""
    good = [post(f"70{number}"), user(f"MS4w{number}"), comment(f"c{number}")]
    return [*good, page(f"posts:{number}:0")]


def seen(entries: list[tuple[str, bytes]], second: int) -> list[Observation]:
    """Return what a page with *entries* shows, cleaned."""
    at = NOW + timedelta(seconds=second)
    shown = [one for kind, text in entries for one in observe(kind, text, at)]
    clean = pipeline(Counter())
    return [clean.process_item(one) for one in shown]


class Model:
    """What a store has to hold."""

    def __init__(self) -> None:
        self.records: dict[Key, Record] = {}
        self.payloads: dict[tuple[str, str, Any], tuple[Any, bytes]] = {}

    def add(self, one: Observation) -> None:
        key = one.kind, one.id
        record = merge(self.records.get(key), record_of(one)).record
        self.records[key] = dataclasses.replace(record, revision=0)
        source = one.kind, one.payload_id or one.id, one.source
        shown = one.observed_at, one.payload
        self.payloads[source] = max(shown, self.payloads.get(source, shown))


def check(opened: Opened, model: Model, batch: list[Observation]) -> None:
    """Hold that of everything in *batch* the store has what *model* has."""
    store = opened.store
    for kind in {one.kind for one in batch}:
        ids = list(dict.fromkeys(one.id for one in batch if one.kind == kind))
        found = opened(store.load(kind, ids))
        for key, record in found.items():
            plain = dataclasses.replace(record, revision=0)
            assert plain == model.records[kind, key]
        assert found.keys() == set(ids)
    for one in batch:
        source = one.kind, one.payload_id or one.id, one.source
        stored = opened(store.payload(*source))
        assert stored is not None
        assert (stored.observed_at, stored.text) == model.payloads[source]


@fuzz()
@given(st.data())
def test_what_is_stored_loads_back_equal(opened: Opened, data: DataObject) -> None:
    model = opened.model = opened.model or Model()
    batch = seen(data.draw(PAGES), opened.next())
    good = neighbours(opened.number)
    half = len(batch) // 2
    whole = [*good[:2], *batch[:half], *good[2:], *batch[half:]]
    outcomes = opened(opened.store.write([*whole, verdict(str(opened.number))]))
    by_id = {id(one): what for one, what in zip(whole, outcomes, strict=False)}
    assert [by_id[id(one)] for one in good] == ["new"] * 3 + ["payload"]
    assert {*outcomes} <= {"new", "changed", "unchanged", "payload", None}
    for one in batch:
        model.add(one)
    check(opened, model, batch)
    again = opened(opened.store.write(batch))
    assert {*again} <= {"unchanged"}


@fuzz(0.5)
@given(st.data())
def test_what_was_not_cleaned_costs_no_neighbour(
    opened: Opened, data: DataObject
) -> None:
    entries = data.draw(PAGES)
    at = NOW + timedelta(seconds=opened.next())
    raw = [one for kind, text in entries for one in observe(kind, text, at)]
    odd = [
        dataclasses.replace(page(f"p{n}"), payload=text)
        for n, text in enumerate(
            data.draw(st.lists(ANYTHING | st.binary(), max_size=3))
        )
    ]
    good = neighbours(opened.number)
    outcomes = opened(opened.store.write([*good[:2], *raw, *odd, *good[2:]]))
    assert outcomes[:2] == ["new", "new"]
    assert outcomes[-2:] == ["new", "payload"]
    assert {*outcomes} <= {"new", "changed", "unchanged", "payload"}
    for one in odd:
        stored = opened(opened.store.payload("page", one.id, "own"))
        assert stored is not None
    for kind in {one.kind for one in raw}:
        ids = {one.id for one in raw if one.kind == kind}
        assert len(opened(opened.store.load(kind, [*ids]))) == len(ids)


@fuzz(0.5)
@given(st.data())
def test_what_is_merged_twice_is_merged_alike(opened: Opened, data: DataObject) -> None:
    model, number = Model(), opened.next()
    kind = data.draw(st.sampled_from([*KINDS]))
    names = [*_KEYS.get(kind, ()), *_members(kind)]
    base = {**payload(kind), **dict.fromkeys(names, f"7{number:05}")}
    texts = data.draw(
        st.lists(mutants(base, keep=tuple(names)), min_size=2, max_size=4)
    )
    batches = [
        seen([(kind, mutant.text)], 2_000 + number * 10 + second // 2)
        for second, mutant in enumerate(texts)
    ]
    for batch in batches:
        opened(opened.store.write(batch))
        for one in batch:
            model.add(one)
    last = [one for batch in batches for one in batch if one.kind == kind]
    check(opened, model, last)


_KEYS = {"hot_word": ("word",)}


def _members(kind: str) -> tuple[str, ...]:
    """Return the members that a record's key is read from."""
    key = next(f for f in fields(KINDS[kind].item) if f.name == KINDS[kind].key)
    return paths_of(key)

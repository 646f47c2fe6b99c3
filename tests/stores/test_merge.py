from __future__ import annotations

import itertools
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from douyin_crawler.items.media import Image, PlayAddress, Video
from douyin_crawler.items.observation import SOURCES
from douyin_crawler.stores.blend import order_key
from douyin_crawler.stores.merge import Record, _telling, merge, record_of
from tests.stores.samples import NOW, at, post, user

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from douyin_crawler.items.observation import Observation, Source


def seen(source: Source, seconds: int, **fields: Any) -> Record:
    """Return what one observation tells; *fields* need not be those of a post."""
    record = record_of(post(source=source, seconds=seconds))
    return replace(record, fields=_telling(fields, record.stamp[0]))


def fold(records: Iterable[Record]) -> Record:
    """Return all of *records*, merged one after the other."""
    return reduce(lambda old, new: merge(old, new).record, records)


CASES: list[tuple[str, list[tuple[Source, int, Any]], Any]] = [
    ("a later one of the same rank", [("list", 0, 5), ("list", 1, 3)], 3),
    ("own and list are one rank", [("own", 0, 5), ("list", 1, 3)], 3),
    ("own over a later feed", [("own", 0, 5), ("feed", 9, 8)], 5),
    ("feed over a later embedded", [("feed", 0, 5), ("embedded", 9, 8)], 5),
    ("the greater in one second", [("own", 0, 5), ("list", 0, 8)], 8),
    ("the greater text in one second", [("own", 0, "b"), ("own", 0, "a")], "b"),
    ("null never counts", [("own", 0, 5), ("own", 9, None)], 5),
    ("null never counts, but a copy", [("embedded", 0, 5), ("own", 9, None)], 5),
    ("0 counts from the own endpoint", [("own", 0, 5), ("own", 9, 0)], 0),
    ("a cleared text counts there", [("own", 0, "a"), ("list", 9, "")], ""),
    ("an empty list counts there", [("own", 0, ["a"]), ("own", 9, [])], []),
    ("false counts there", [("own", 0, True), ("own", 9, False)], False),
    ("0 from a feed says nothing", [("embedded", 0, 5), ("feed", 9, 0)], 5),
    ("'' from a feed says nothing", [("embedded", 0, "a"), ("feed", 9, "")], "a"),
    (
        "[] from a copy says nothing",
        [("embedded", 0, ["a"]), ("embedded", 9, [])],
        ["a"],
    ),
    ("0 from a copy alone", [("embedded", 0, 0)], None),
]


@pytest.mark.parametrize(("what", "observed", "expected"), CASES)
def test_which_value_wins(
    what: str, observed: list[tuple[Source, int, Any]], expected: Any
) -> None:
    records = [seen(source, when, field=value) for source, when, value in observed]
    for order in itertools.permutations(records):
        assert fold(order).fields.get("field") == expected, what


@pytest.mark.parametrize("blank", [0, "", [], False])
@pytest.mark.parametrize("source", SOURCES)
def test_blank_values_of_items(source: Source, blank: Any) -> None:
    fields: dict[str, str] = {
        "int": "digg_count",
        "str": "desc",
        "list": "images",
        "bool": "is_top",
    }
    name = fields[type(blank).__name__]
    record = record_of(post(source=source, **{name: blank}))
    assert (name in record.fields) == (source in {"own", "list"})


def test_a_part_in_which_all_is_blank_is_blank() -> None:
    shown = user(source="embedded", avatar_thumb=Image(uri=None, url_list=[], width=0))
    assert "avatar_thumb" not in record_of(shown).fields
    own = user(source="own", avatar_thumb=Image(uri=None, url_list=[]))
    assert "avatar_thumb" in record_of(own).fields


def test_stamps_are_one_and_exceptions() -> None:
    now = int(NOW.timestamp())
    record = fold(
        [
            seen("embedded", 0, a=1, b=1, c=1),
            seen("own", 5, b=2, c=2),
            seen("own", 9, c=3),
        ]
    )
    assert record.fields == {"a": 1, "b": 2, "c": 3}
    assert record.stamp == (3, now + 9)
    assert record.exceptions == {"a": (1, now), "b": (3, now + 5)}
    assert (record.first_seen, record.last_seen) == (NOW, at(9))
    assert record.source == "own"


# -- what a merge says of itself ---------------------------------------------------


def observe(*observations: Observation) -> list[tuple[bool, bool, bool, bool]]:
    known: Record | None = None
    said = []
    for observation in observations:
        merged = merge(known, record_of(observation))
        known = merged.record
        said.append((merged.new, merged.changed, merged.counters_changed, merged.dirty))
    return said


def test_what_changed() -> None:
    def video(sign: int) -> Video:
        return Video(play_addr=PlayAddress(uri="v", url_list=[f"https://a/?s={sign}"]))

    assert observe(
        post(desc="a", digg_count=1, video=video(1)),
        post(desc="a", digg_count=1, video=video(1)),
        post(desc="a", digg_count=1, video=video(2), seconds=1),
        post(desc="a", digg_count=2, video=video(2), seconds=2),
        post(desc="b", digg_count=2, video=video(2), seconds=3),
        post(desc="c", digg_count=9, video=video(2), source="feed", seconds=4),
    ) == [
        (True, True, True, True),
        (False, False, False, False),
        (False, False, False, True),
        (False, True, True, True),
        (False, True, False, True),
        (False, False, False, True),  # last_seen
    ]


def test_a_record_without_counters_notes_none() -> None:
    assert observe(user(follower_count=0), user(follower_count=7, seconds=1)) == [
        (True, True, False, True),
        (False, True, True, True),
    ]


# -- what a later parser reads in the same observations ------------------------------


def test_a_corrected_value_wins_within_its_second() -> None:
    old = fold([seen("own", 5, a="z", b=9, c=1), seen("feed", 9, d="x")])
    read = seen("own", 5, a="a", b=9, e="new")
    merged = merge(old, read, corrects=True)
    assert merged.record.fields == {"a": "a", "b": 9, "d": "x", "e": "new"}
    now = int(NOW.timestamp())
    assert merged.record.stamps()["d"] == (2, now + 9)
    assert merged.record.stamp == read.stamp
    assert (merged.changed, merged.dirty) == (True, True)
    again = merge(merged.record, read, corrects=True)
    assert (again.changed, again.dirty) == (False, False)


def test_a_value_is_corrected_to_null() -> None:
    old = fold(
        [seen("own", 0, a=1, p={"x": 1, "y": 2}), seen("own", 5, b=2, p={"x": 3})]
    )
    read = merge(old, seen("own", 5, p={"x": None}), corrects=True).record
    assert read.fields == {"a": 1, "p": {"x": None, "y": 2}}
    assert read.stamps() == dict.fromkeys("ap", (3, int(NOW.timestamp())))
    gone = merge(old, seen("own", 5), corrects=True).record
    assert gone == read
    assert merge(gone, seen("own", 0), corrects=True).record.fields == {}


def test_no_counter_is_corrected() -> None:
    """Of several copies in one second the payload of one is stored, not the values."""
    rich, poor = (
        seen("own", 0, digg_count=7, play_count=1),
        seen("own", 0, digg_count=5),
    )
    known = fold([rich, poor])
    assert not merge(known, poor, corrects=True).dirty
    filled = merge(poor, rich, corrects=True).record
    assert filled.fields == {"digg_count": 5, "play_count": 1}


# -- parts ---------------------------------------------------------------------------


def test_null_in_a_part_never_counts() -> None:
    now = int(NOW.timestamp())
    rich = seen("own", 0, p={"x": 1, "p": {"y": 2}}, q={"x": 1})
    poor = seen("own", 5, p={"x": 3, "y": None, "p": None}, q={"y": 5})
    for record in (fold([rich, poor]), fold([poor, rich])):
        assert record.fields == {
            "p": {"x": 3, "y": None, "p": {"y": 2}},
            "q": {"x": 1, "y": 5},
        }
        assert record.stamps() == {"p": (3, now + 5), "q": (3, now + 5)}
        assert record.exceptions == {"p.p.y": (3, now), "q.x": (3, now)}


def test_parts_follow_the_stamp_of_their_field() -> None:
    now = int(NOW.timestamp())
    record = fold(
        [
            seen("own", 0, p={"x": 1, "y": 1}),
            seen("own", 5, p={"x": 2}),
            seen("own", 9, a=1),
        ]
    )
    assert record.exceptions == {"p": (3, now + 5), "p.y": (3, now)}
    record = merge(record, seen("own", 7, p={"x": 3, "y": 3})).record
    assert record.exceptions == {"p": (3, now + 7)}
    assert record.fields["p"] == {"x": 3, "y": 3}


def test_blank_parts_of_copies_say_nothing() -> None:
    first = user(avatar_thumb=Image(uri="u", width=5, url_list=["a"]))
    later = user(avatar_thumb=Image(uri="w", width=0, url_list=[]), seconds=9)
    record = fold([record_of(first), record_of(later)])
    part = record.fields["avatar_thumb"]
    assert (part["uri"], part["width"], part["url_list"]) == ("w", 5, ["a"])


@pytest.mark.parametrize(("source", "seconds"), [("own", 4), ("feed", 5), ("feed", 9)])
def test_a_correction_of_something_worse_changes_nothing(
    source: Source, seconds: int
) -> None:
    old = fold([seen("own", 5, a="z"), seen("own", 0, a="y")])
    merged = merge(old, seen(source, seconds, a="a"), corrects=True)
    assert merged.record.fields == {"a": "z"}
    assert not merged.changed


def test_members_that_were_not_typed_yet_are_no_change() -> None:
    old = fold([seen("own", 0, video={"a": 1, "parts": [{"b": 2}]})])
    new = seen("own", 1, video={"a": 1, "n": None, "parts": [{"b": 2, "n": None}]})
    assert not merge(old, new).changed
    assert merge(old, seen("own", 1, video={"a": 1, "n": 0})).changed


# -- the result does not depend on the order of arrival -------------------------------

scalars = (
    # Nor does an object meet anything else: p and q are objects, the others are not.
    # A field has one type, so 1 never meets true or 1.0.
    st.sampled_from([0, 2, 3, 10, -1, 2.5, 10.25, True, "", "a", "b", "\ud800", "字"])
    | st.datetimes().map(lambda d: d.replace(tzinfo=NOW.tzinfo))
)
values = st.none() | st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2), max_leaves=4
)
objects = st.recursive(
    st.dictionaries(st.sampled_from("xy"), values, max_size=2),
    lambda inner: st.builds(
        lambda leaves, parts: leaves | parts,
        st.dictionaries(st.sampled_from("xy"), values, max_size=2),
        st.dictionaries(st.sampled_from("pq"), st.none() | inner, max_size=2),
    ),
    max_leaves=4,
)
observations = st.builds(
    lambda source, seconds, fields, parts: seen(source, seconds, **fields, **parts),
    st.sampled_from(SOURCES),
    st.integers(0, 2),
    st.dictionaries(st.sampled_from("abc"), values),
    st.dictionaries(st.sampled_from("pq"), objects),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(observations, min_size=1, max_size=4))
def test_every_order_gives_the_same(batch: list[Record]) -> None:
    expected = fold(batch)
    for order in itertools.permutations(batch):
        assert fold(order) == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(observations, min_size=2, max_size=7), st.randoms())
def test_every_tree_gives_the_same(batch: list[Record], dice: random.Random) -> None:
    expected = fold(batch)
    heap = list(batch)
    while len(heap) > 1:
        one, other = (heap.pop(dice.randrange(len(heap))) for _ in range(2))
        heap.append(merge(one, other).record)
    assert heap[0] == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(observations, min_size=1, max_size=5))
def test_seen_again_changes_nothing(batch: list[Record]) -> None:
    record = fold(batch)
    for again in (*batch, record):
        merged = merge(record, again)
        assert not merged.changed
        assert not merged.counters_changed
        assert not merged.dirty
        assert merged.record == record


@settings(max_examples=200, deadline=None)
@given(st.lists(observations, min_size=1, max_size=5))
def test_parsing_all_again_comes_to_rest(batch: list[Record]) -> None:
    known = fold(batch)
    for read in sorted(batch, key=lambda record: record.stamp):
        known = merge(known, read, corrects=True).record
    twice = known
    for read in sorted(batch, key=lambda record: record.stamp):
        twice = merge(twice, read, corrects=True).record
    assert twice == known


@settings(max_examples=200, deadline=None)
@given(st.lists(observations, min_size=1, max_size=5, unique_by=lambda r: r.stamp))
def test_parsing_all_again_as_before_changes_nothing(batch: list[Record]) -> None:
    known = fold(batch)
    for read in sorted(batch, key=lambda record: record.stamp[1]):
        merged = merge(known, read, corrects=True)
        assert not merged.dirty
        assert merged.record == known


@settings(max_examples=300, deadline=None)
@given(values, values, values)
def test_the_order_is_total(a: Any, b: Any, c: Any) -> None:
    keys = [order_key(a), order_key(b), order_key(c)]
    assert sorted(keys) == sorted([keys[2], keys[1], keys[0]])
    if order_key(a) == order_key(b):
        assert a == b

"""Depth and size: stored, or refused with a reason, and the neighbours are stored."""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.stores.base import MAX_BYTES, MAX_ID
from tests.hostile.shaped import payload
from tests.hostile.test_stores import Model, check, neighbours, seen
from tests.hostile.texts import DEPTHS, NAMES, deep, spelled
from tests.stores.samples import page, post, verdict

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation
    from tests.hostile.conftest import Opened


def write(opened: Opened, *odd: Observation) -> list[str | None]:
    """Write *odd* among good ones, which have to be stored; return its outcomes."""
    good = neighbours(opened.next())
    batch = [*good[:2], *odd, *good[2:]]
    outcomes = opened(opened.store.write(batch))
    assert outcomes[:2] == ["new", "new"]
    assert outcomes[-2:] == ["new", "payload"]
    return list(outcomes[2:-2])


@pytest.mark.parametrize("depth", DEPTHS)
def test_depth(opened: Opened, depth: int) -> None:
    base = payload("post")
    texts = [spelled(base)[:-1] + b',"zz":%s}' % deep(depth)]
    texts.append(b'{"aweme_id":"71","text_extra":%s}' % deep(depth))
    batch = seen([("post", text) for text in texts], 1)
    assert {*write(opened, *batch)} <= {"new", "changed"}
    model = Model()
    for one in batch:
        model.add(one)
    check(opened, model, batch)
    whole = dataclasses.replace(page("p"), payload=deep(depth))
    assert write(opened, whole) == ["payload"]


def test_names(opened: Opened) -> None:
    members = b",".join(b'"%s":{"%s":[{"%s":1}]}' % (n, n, n) for n in NAMES)
    text = spelled(payload("post"))[:-1] + b",%s}" % members.replace(b"aweme_id", b"x")
    batch = seen([("post", text)], 1)
    assert {*write(opened, *batch)} == {"new"}
    assert b"__proto__" in batch[0].payload
    stored = opened(opened.store.payload("post", batch[0].id, "list"))
    assert stored is not None
    assert stored.text == batch[0].payload


def test_a_payload_at_the_limit(opened: Opened) -> None:
    text = random.Random(1).randbytes(MAX_BYTES)
    odd = [dataclasses.replace(page(f"p{n}"), payload=text + b"x" * n) for n in (0, 1)]
    assert write(opened, *odd) == ["payload", "too_large"]
    stored = opened(opened.store.payload("page", "p0", "own"))
    assert stored is not None
    assert stored.text == text
    assert opened(opened.store.payload("page", "p1", "own")) is None


def test_a_record_at_the_limit(opened: Opened) -> None:
    sizes = (MAX_BYTES - 1_000, MAX_BYTES + 1_000)
    odd = [post(f"71{n}", desc="x" * size) for n, size in enumerate(sizes)]
    assert write(opened, *odd) == ["new", "too_large"]
    found = opened(opened.store.load("post", ["710", "711"]))
    assert [len(r.fields["desc"]) for r in found.values()] == [sizes[0]]


def test_a_record_that_grows_beyond_the_limit(opened: Opened) -> None:
    half = "x" * 9_000_000
    first, second = post("72", desc=half), post("72", caption=half, seconds=5)
    assert write(opened, first) == ["new"]
    (outcome,) = write(opened, second)
    fields = opened(opened.store.load("post", ["72"]))["72"].fields
    assert fields["desc"] == half
    assert outcome == ("changed" if "caption" in fields else "too_large")
    once = post("73", desc=half), post("73", caption=half, seconds=5)
    assert write(opened, *once)[-1] in {"new", "changed", "too_large"}


@pytest.mark.parametrize(
    ("size", "outcome"), [(MAX_ID - 99, "payload"), (1_000_000, "too_large")]
)
def test_an_id_as_long_as_a_cursor_can_be(
    opened: Opened, size: int, outcome: str
) -> None:
    noise = random.Random(1).randbytes(MAX_BYTES)
    odd = dataclasses.replace(page("posts:u:" + "9" * size), payload=noise)
    small = dataclasses.replace(odd, payload=b"{}", id=odd.id + "1")
    assert write(opened, small, odd) == [outcome] * 2
    stored = opened(opened.store.payload("page", odd.id, "own"))
    assert (stored is not None) == (outcome == "payload")


def test_large_payloads_of_one_second(opened: Opened) -> None:
    noise = random.Random(1).randbytes(9_000_000)
    for text in (b"a" + noise, b"c" + noise, b"b" + noise):
        assert write(opened, dataclasses.replace(page("p"), payload=text)) == [
            "payload"
        ]
    stored = opened(opened.store.payload("page", "p", "own"))
    assert stored is not None
    assert stored.text[:1] == b"c"


@pytest.mark.parametrize("text", ["\ud83d", "a\0b", "\x1b[0m\n", "$gt", "x" * 100_000])
def test_an_odd_verdict(opened: Opened, text: str) -> None:
    odd: Any = dataclasses.replace(verdict(), reason=text, cursor=text, got=2**63 - 1)
    assert write(opened, odd) == [None]

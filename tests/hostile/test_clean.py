"""The clean pipeline: nothing but private members leaves a payload."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from douyin_crawler.api.private import PRIVATE, cut
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import Observation
from douyin_crawler.pipelines.clean import CleanPipeline
from tests.hostile.checks import faults, observe
from tests.hostile.profile import fuzz
from tests.hostile.shaped import NOW, payload
from tests.hostile.texts import ANYTHING, mutants

if TYPE_CHECKING:
    from douyin_crawler.extensions.run import RunExtension

EMPTY: tuple[Any, ...] = (None, "", 0, 0.0, False, [], {})


class Members(list[tuple[str, Any]]):
    """An object, with what it has twice."""


def read(text: bytes) -> Any:
    """Return the value of *text* with all members, the plain way."""
    shown = text.decode("utf-8", "surrogateescape")
    as_they_are: dict[str, Any] = dict.fromkeys(
        ("parse_int", "parse_float", "parse_constant"), str
    )
    return json.loads(shown, object_pairs_hook=Members, **as_they_are)


def without_private(value: Any) -> Any:
    if isinstance(value, Members):
        return Members(
            (name, without_private(part))
            for name, part in value
            if name not in PRIVATE or is_empty(part)
        )
    return [without_private(v) for v in value] if isinstance(value, list) else value


def is_empty(part: Any) -> bool:
    return (
        part in EMPTY or part in {"0", "-0", "0.0", "-0.0"}
        if not isinstance(part, list)
        else not part
    )


def pipeline(counts: Counter[str], *, keep: bool = False) -> CleanPipeline:
    run = SimpleNamespace(
        config=SimpleNamespace(store_private=keep),
        count=lambda name, times=1: counts.update({name: times}),
    )
    return CleanPipeline(cast("RunExtension", run))


TEXTS = st.sampled_from([*KINDS]).flatmap(
    lambda kind: mutants(payload(kind)).map(lambda mutant: (kind, mutant.text))
)
PRIVATE_TEXTS = st.builds(
    lambda name, value, text: (
        b'{"a":1,"%s" : %s,"b":%s}' % (name.encode(), value, text)
    ),
    st.sampled_from([*PRIVATE]),
    ANYTHING,
    ANYTHING,
)


@fuzz(3)
@given(TEXTS)
def test_items_come_out_storable_and_payloads_less_what_is_private(
    drawn: tuple[str, bytes],
) -> None:
    kind, text = drawn
    counts: Counter[str] = Counter()
    for seen in observe(kind, text):
        for keep in (True, False):
            clean = pipeline(counts, keep=keep).process_item(seen)
            assert faults(clean.item) == []
            assert (clean.kind, clean.id, clean.source) == (
                seen.kind,
                seen.id,
                seen.source,
            )
            expected = seen.payload if keep else cut(seen.payload)[0]
            assert clean.payload == expected


@fuzz(5)
@given(TEXTS.map(lambda drawn: drawn[1]) | PRIVATE_TEXTS | ANYTHING)
def test_nothing_else_is_cut(text: bytes) -> None:
    after, count = cut(text)
    assert cut(after) == (after, 0)
    assert (after is text) == (count == 0)
    try:
        expected = without_private(read(text))
    except (ValueError, RecursionError):
        return
    assert read(after) == expected


@fuzz()
@given(st.binary(max_size=60) | ANYTHING.map(lambda text: b'{"email":' + text[:30]))
def test_no_text_is_too_odd_to_be_looked_through(text: bytes) -> None:
    seen = Observation(
        kind="page", id="1", item=None, payload=text, source="own", observed_at=NOW
    )
    counts: Counter[str] = Counter()
    clean = pipeline(counts).process_item(seen)
    assert clean.payload == cut(text)[0]
    assert counts["private/cut"] == cut(text)[1]

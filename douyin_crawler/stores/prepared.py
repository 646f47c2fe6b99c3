"""Observations with all that can be computed before a store is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.stores.base import MAX_BYTES, MAX_ID
from douyin_crawler.stores.merge import record_of
from douyin_crawler.stores.payloads import compress
from douyin_crawler.stores.storable import without_halves

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.items.observation import Observation
    from douyin_crawler.stores.base import Outcome
    from douyin_crawler.stores.merge import Record

T = TypeVar("T")


@dataclass(slots=True)
class Prepared(Generic[T]):
    """An observation, its record, measured, and its payload, compressed."""

    seen: Observation
    record: Record | None = None
    encoded: T | None = None
    """The record's fields as they are stored."""
    frame: bytes = b""
    outcome: Outcome = "payload"


def prepare(
    seen: Observation,
    encode: Callable[[Record], T],
    size_of: Callable[[T], int],
    *,
    reparsed: bool = False,
) -> Prepared[T]:
    """Return *seen*, ready to be written.

    A payload that is *reparsed* is stored already.
    """
    if len(seen.payload) > MAX_BYTES or len(seen.id) > MAX_ID:
        return Prepared(seen, outcome="too_large")
    frame = b"" if reparsed else compress(seen.payload)
    if seen.item is None or seen.kind not in KINDS:
        return Prepared(seen, frame=frame)
    record = record_of(seen)
    record.id = without_halves(record.id)
    encoded = encode(record)
    if size_of(encoded) > MAX_BYTES:
        return Prepared(seen, outcome="too_large")
    return Prepared(seen, record, encoded, frame)

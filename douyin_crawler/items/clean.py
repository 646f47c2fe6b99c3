"""What no store can hold, taken out of an item and counted; the payload keeps it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from douyin_crawler.items.coerce import INT64

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Item

    ItemT = TypeVar("ItemT", bound=Item)

_encode = msgspec.json.Encoder().encode
_half = re.compile("[\ud800-\udfff]")
_long_member = re.compile(rb'":-?\d{19}').search
_long_element = re.compile(rb'\[[^"\[\]{}]*\d{19}').search
"""Both find every integer beyond 64 bits, and few others; they begin with a literal,
which is fast."""


def clean_item(item: ItemT) -> tuple[ItemT, Counter[str]]:
    """Return *item* as stores can hold it, and how much was repaired, by reason.

    Integers beyond 64 bits become None (``big_integer``), and leave lists; half
    surrogates become U+FFFD (``half_surrogate``), NUL goes (``nul``); one for each
    value it occurs in.
    """
    counts: Counter[str] = Counter()
    if _is_clean(item):
        return item, counts
    return _repaired(item, counts), counts


def _is_clean(item: Item) -> bool:
    """Return whether nothing needs repair; False where only a closer look can tell.

    The passes in C over the item as JSON cost a fraction of that closer look.
    """
    try:
        text = _encode(item)
    except (UnicodeEncodeError, OverflowError):
        return False
    if b"\\" in text and b"\\u0000" in text:
        return False
    return not (_long_member(text) or _long_element(text))


def _repaired(value: Any, counts: Counter[str]) -> Any:
    if isinstance(value, str):
        return _repaired_text(value, counts)
    if isinstance(value, int) and value not in INT64:
        counts["big_integer"] += 1
        return None
    if isinstance(value, list):
        repaired = (_repaired(part, counts) for part in value)
        return [part for part in repaired if part is not None]
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        return replace(
            value, **{name: _repaired(part, counts) for name, part in parts.items()}
        )
    return value


def _repaired_text(text: str, counts: Counter[str]) -> str:
    if "\0" in text:
        counts["nul"] += 1
        text = text.replace("\0", "")
    if not text.isascii() and _half.search(text):
        counts["half_surrogate"] += 1
        text = _half.sub("\ufffd", text)
    return text

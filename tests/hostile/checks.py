"""What holds for every item and observation, whatever it was read from."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
from typing import TYPE_CHECKING, Any

from douyin_crawler import items
from douyin_crawler.items.coerce import INT64
from douyin_crawler.items.kinds import KINDS, record_id, to_fields
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.page import Entry, MalformedPage, TooDeep, decode_part
from tests.hostile.shaped import NOW, SERIES
from tests.items.typed import wrong_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


def faults(item: Any) -> list[str]:
    """Return what is wrong with a cleaned item: types, and what no store can hold."""
    return wrong_types(item) + [
        f"{value!r:.80} can't be stored"
        for value in _leaves(to_fields(item))
        if not _storable(value)
    ]


def _storable(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and value == value.encode(errors="replace").decode()
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or value in INT64


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    else:
        yield value


def told(error: Exception, most: int = 500) -> None:
    """Hold that a message is one line that a terminal can show."""
    text = str(error)
    assert text.isprintable(), text
    assert 0 < len(text) < most, text


def parse(kind: str, text: bytes) -> Any:
    """Return the item of a payload, as ``scrapy reparse`` reads it."""
    return KINDS[kind].reparse(SERIES, decode_part(text)[0], NOW)


def observers() -> dict[str, Callable[..., list[Observation]]]:
    """Return the functions that read an entry of a list, by the kind it is of."""
    found = {}
    for module in pkgutil.iter_modules(items.__path__):
        if module.name.startswith("observe"):
            members = vars(importlib.import_module(f"{items.__name__}.{module.name}"))
            found.update({f"observe_{n}": members.get(f"observe_{n}") for n in KINDS})
    return {n.removeprefix("observe_"): f for n, f in found.items() if f is not None}


OBSERVERS = observers()


def observe(kind: str, text: bytes, at: datetime = NOW) -> list[Observation]:
    """Return what an entry of *kind* shows; nothing where it is too deep to be read."""
    if kind not in OBSERVERS:
        return _alone(kind, text, at)
    known = {"entry": Entry(text=text), "text": text, "source": "list"}
    known |= {"observed_at": at, "met": None}
    function = OBSERVERS[kind]
    asked = inspect.signature(function).parameters
    try:
        shown = function(**{name: known[name] for name in asked})
    except TooDeep:
        return []
    return shown if isinstance(shown, list) else [shown] if shown else []


def _alone(kind: str, text: bytes, at: datetime) -> list[Observation]:
    try:
        item = KINDS[kind].reparse(SERIES, decode_part(text)[0], at)
    except MalformedPage:
        return []
    if item is None:
        return []
    key = record_id(item)
    series = key.rpartition(":")[0].rpartition(":")[0].rpartition(":")[0]
    return [
        Observation(
            kind=kind,
            id=key,
            item=item,
            payload=text,
            source="list",
            observed_at=at,
            payload_id=series or None,
        )
    ]

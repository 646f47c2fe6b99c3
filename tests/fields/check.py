"""The field check: each field of an answer, in the payloads and in the columns."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.columns import BESIDE, RECORDS, columns
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.sandbox.answered import answered
from douyin_crawler.sandbox.distinct import is_kept, mark
from tests.fields.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.api.contract import Field, Table
    from douyin_crawler.items.columns import Column

LISTS = {"data.word_list[]": ":ranked:", "data.trending_list[]": ":rising:"}
"""What the ids of payloads have in them, where one kind stands in two lists."""
TAGS = ("hashtags", "mentions", "signature_hashtags", "signature_mentions")
"""Columns that hold those entries of a list that are what they are of."""
KINDS_OF_VALUES: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}
NOTHING: tuple[Any, ...] = (None, False, "", 0, "0", [], {})


@dataclass(slots=True)
class Findings:
    """What the check of one endpoint found."""

    fields: int
    typed: int = 0
    wrong: list[str] = field(default_factory=list)


def check(table: Table, stored: Stored) -> Findings:
    """Look for every field of *table* in what a crawl has stored."""
    found = Findings(len(table.fields))
    stored = _told_apart(table.name, stored)
    fed = columns(table.name, answered(table.name))
    for one in table.fields:
        wrong = _in_payloads(table.name, one, stored)
        typed = [c for c in fed.get(one.path, []) if not c.better]
        for column in typed:
            wrong = wrong or _in_column(table.name, one, column, stored)
        found.typed += bool(typed)
        found.wrong += [f"{one.path}: {wrong}"] if wrong else []
    return found


def values(value: Any, path: str) -> Iterator[Any]:
    """Yield what stands at *path*, in each entry of the lists on the way."""
    if not path:
        yield value
        return
    step, _, rest = path.partition(".")
    name = step.removesuffix("[]")
    if isinstance(value, dict) and name in value:
        inner = value[name]
        for part in (inner or ()) if step.endswith("[]") else (inner,):
            yield from values(part, rest)


def is_of(kind: str, value: Any) -> bool:
    """Return whether a value is of the type that the contract says."""
    first, *others = kind.split(",")
    if any(is_of(other, value) for other in others):
        return True
    inner = first.removesuffix(" []")
    if inner != first:
        return isinstance(value, list) and all(is_of(inner, one) for one in value)
    if isinstance(value, bool):
        return first == "boolean"
    return isinstance(value, KINDS_OF_VALUES[first])


def _told_apart(endpoint: str, stored: Stored) -> Stored:
    """Leave out what is no record of the endpoint: the replies inline in comments."""
    payloads = {
        kind: {
            id_: [p for p in several if f'"{endpoint}:' in json.dumps(p)]
            for id_, several in by_id.items()
        }
        for kind, by_id in stored.payloads.items()
        if kind != "page"
    }
    payloads["page"] = stored.payloads.get("page", {})
    records = {
        kind: [
            r
            for r in found
            if kind not in payloads or payloads[kind][payload_id(kind, r)]
        ]
        for kind, found in stored.records.items()
    }
    return Stored(payloads, records)


def payload_id(kind: str, record: dict[str, Any]) -> str:
    """Return the id of a record's payload."""
    if kind == "hot_word":
        return ":".join((record["board"], record["list"], record["word"]))
    return str(record[KINDS[kind].key])


def _in_payloads(endpoint: str, one: Field, stored: Stored) -> str:
    """Return what is wrong with a field in the payloads; nothing is the best."""
    inside = [r for r in RECORDS[endpoint] if one.path.startswith(f"{r[1]}.")]
    if inside:
        kind, above = inside[0]
        payloads = stored.payloads_of(kind, LISTS.get(above, ""))
        path = one.path[len(above) + 1 :]
    elif any(
        f"{r[1]}.".startswith((f"{one.path}.", f"{one.path}[]."))
        for r in RECORDS[endpoint]
    ):
        return ""
    else:
        payloads, path = stored.payloads_of("page"), one.path
    found = [value for payload in payloads for value in values(payload, path)]
    return _wrong(endpoint, one, found)


def _wrong(endpoint: str, one: Field, found: list[Any]) -> str:
    if not found:
        return "in no payload"
    strays = [value for value in found if not is_of(one.type, value)]
    if strays:
        return f"{strays[0]!r} in a payload is no {one.type}"
    expected = mark(endpoint, one)
    if expected is None or is_kept(endpoint, one.path):
        return ""
    return "" if expected in found else f"{expected!r} is in no payload"


def _in_column(endpoint: str, one: Field, column: Column, stored: Stored) -> str:
    records = stored.records[column.kind]
    if one.path.startswith(tuple(BESIDE.get(endpoint, ()))):
        held = [value for record in records for value in values(record, column.path)]
        lost = [value for value in held if not _tells(endpoint, one, value, column)]
        return "" if held and not lost else f"{column} has {held}"
    above = next(
        above
        for kind, above in RECORDS[endpoint]
        if kind == column.kind and one.path.startswith(f"{above}.")
    )
    path, seen = one.path[len(above) + 1 :], False
    for record in records:
        id_ = payload_id(column.kind, record)
        if LISTS.get(above, "") not in id_:
            continue
        shown = [list(values(p, path)) for p in stored.payloads[column.kind][id_]]
        held = list(values(record, column.path))
        if not any(_same(v, held, column) for v in shown):
            return f"{column} of {id_} has {held}, the payload {shown}"
        seen = seen or any(_tells(endpoint, one, value, column) for value in held)
    by_place = one.type.startswith(("null", "array")) or column.type is bool
    return "" if seen or by_place else f"{column} is never what the field says"


def _tells(endpoint: str, one: Field, held: Any, column: Column) -> bool:
    expected = mark(endpoint, one)
    if expected is None or is_kept(endpoint, one.path):
        return held not in NOTHING
    return _equal(expected, held, column)


def _same(shown: list[Any], held: list[Any], column: Column) -> bool:
    if column.path.startswith(TAGS):
        return is_dataclass(column.type) or all(value in shown for value in held)
    if len(shown) != len(held):
        return all(value in NOTHING for value in (*shown, *held))
    return all(_equal(a, b, column) for a, b in zip(shown, held, strict=True))


def _equal(shown: Any, held: Any, column: Column) -> bool:
    if is_dataclass(column.type) or column.type is bool:
        return (shown in NOTHING) == (held in NOTHING)
    if shown in NOTHING and held in NOTHING:
        return True
    if column.type is datetime:
        shown = f"{datetime.fromtimestamp(shown, UTC):%Y-%m-%dT%H:%M:%SZ}"
    elif column.path == "sort_tags":
        shown = list(json.loads(shown))
    elif column.type is str and not column.is_list:
        shown = (
            str(shown).partition("?")[0] if "share_url" in column.path else str(shown)
        )
    return bool(held == shown)

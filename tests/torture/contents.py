"""What a store holds, in a form in which two crawls of one sandbox are alike."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from douyin_crawler.items.kinds import KINDS, without_perishable
from douyin_crawler.sandbox.counters import MOVING
from tests.support.mongod import client
from tests.support.stored import reading
from tests.torture.raw import sqlite_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from douyin_crawler.sandbox.process import SandboxProcess

_KINDS = ("post", "comment", "user")
_BY_PLACE = frozenset({"is_top"})
"""What differs between a post's two places in one list: the copy read last counts."""
_STRAY = 1.0
"""Seconds between the sandbox's note of an answer and its Date header, at most."""


@dataclass
class Contents:
    """The records by (kind, id), and what else has to be alike."""

    fields: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    counters: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    payloads: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    walks: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By the walk's key: how it ended, and how many records it counted."""
    metrics: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """The counters of each record, by time."""
    repeated: int = 0
    """Rows that have the id of another one."""


@dataclass
class Difference:
    """How a disturbed crawl's store differs from that of a calm one."""

    records: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def contents(url: str) -> Contents:
    """Read the whole store at *url*."""
    found = asyncio.run(_read(url))
    _read_raw(url, found)
    return found


async def _read(url: str) -> Contents:
    found = Contents()
    async with reading(url) as store:
        for kind in _KINDS:
            async for record in store.records(kind):
                key = kind, record.id
                found.repeated += key in found.fields
                found.fields[key] = _still(without_perishable(record.fields)) | {
                    "(source)": record.source
                }
                names = KINDS[kind].counters
                found.counters[key] = {n: record.fields.get(n) for n in names}
                found.seen[key] = record.last_seen
        async for payload in store.payloads():
            found.payloads[payload.kind, payload.id, payload.source] += 1
    return found


def _still(value: Any) -> Any:
    """Return *value* without the counters that move, and what hangs on the place."""
    if isinstance(value, dict):
        left_out = MOVING | _BY_PLACE
        return {n: _still(v) for n, v in value.items() if n not in left_out}
    return [_still(v) for v in value] if isinstance(value, list) else value


def _read_raw(url: str, found: Contents) -> None:
    for walk in _rows(url, "targets"):
        key = f"{walk['walk']}:{walk['id']}:{walk['range']}"
        found.repeated += key in found.walks
        found.walks[key] = (walk.get("verdict") or "open", walk["got"] or 0)
    for metric in sorted(_rows(url, "metrics"), key=lambda row: row["time"]):
        kind = metric["kind"]
        shown = {name: metric.get(name) for name in KINDS[kind].counters}
        found.metrics.setdefault((kind, metric["id"]), []).append(shown)


def _rows(url: str, table: str) -> list[Mapping[str, Any]]:
    if url.startswith("sqlite"):
        return sqlite_rows(url, table)
    with client(url) as asking:
        rows = asking.get_default_database()[table].find()
        if table == "targets":
            return [_split(row) for row in rows]
        return [
            row | row["_id"] if isinstance(row["_id"], dict) else row for row in rows
        ]


def _split(row: dict[str, Any]) -> dict[str, Any]:
    own = row["_id"]
    return row | own if isinstance(own, dict) else row


def compared(calm: Contents, other: Contents, *, still: bool) -> Difference:
    """Hold *other* against *calm*, record by record.

    With *still*, no counter has moved: the latest metrics have to be alike then, too.
    """
    found = Difference(records=len(calm.fields))
    for key, fields in calm.fields.items():
        if key not in other.fields:
            found.lost.append(" ".join(key))
        elif other.fields[key] != fields:
            found.wrong.append(
                f"{' '.join(key)}: {_differing(fields, other.fields[key])}"
            )
    found.doubled += [" ".join(k) for k in other.fields.keys() - calm.fields.keys()]
    found.doubled += [f"{other.repeated} rows"] if other.repeated else []
    found.lost += [f"payload {k}" for k in calm.payloads - other.payloads]
    found.doubled += [f"payload {k}" for k in other.payloads - calm.payloads]
    _compare_metrics(calm, other, found, still=still)
    for walk in sorted(calm.walks.keys() | other.walks.keys()):
        before, after = calm.walks.get(walk), other.walks.get(walk)
        if before != after:
            found.wrong.append(f"walk {walk}: {after}, not {before}")
    return found


def _compare_metrics(
    calm: Contents, other: Contents, found: Difference, *, still: bool
) -> None:
    """Expect the counters of all, and none noted twice."""
    for key, before in calm.metrics.items():
        after = other.metrics.get(key, [])
        if not after:
            found.lost.append(f"metric {key}")
        elif still and after[-1] != before[-1]:
            found.wrong.append(f"metric {key}: {after[-1]}, not {before[-1]}")
        if any(one == next_ for one, next_ in pairwise(after)):
            found.doubled.append(f"metric {key}")


def _differing(one: dict[str, Any], other: dict[str, Any]) -> str:
    names = [n for n in sorted({*one, *other}) if one.get(n) != other.get(n)]
    return ", ".join(f"{n}={other.get(n)!r}, not {one.get(n)!r}" for n in names)[:300]


def behind(sandbox: SandboxProcess, found: Contents) -> list[str]:
    """Return the records whose counters are not those that were served last.

    Of several answers in one second the greater value counts; a copy of lower rank
    does not change what a list has shown.
    """
    late = []
    for (kind, own), counters in found.counters.items():
        served = _served(sandbox, kind, own)
        seen = found.seen[kind, own].timestamp()
        for name, value in counters.items():
            last = served["counters"].get(name) if served else None
            if last is None or value is None or name not in MOVING or value == last:
                continue
            if not (value > last and seen >= int(served["at"]) - _STRAY):
                late.append(f"{kind} {own}: {name}={value}, last served {last}")
    return late


_HOMES = {"post": ("aweme/post/",), "comment": ("comment/list/reply/", "comment/list/")}
"""The lists that show a record whole, the first of them that does."""


def _served(sandbox: SandboxProcess, kind: str, own: str) -> Any:
    served = sandbox.served(kind, own)
    homes = (served["by_endpoint"].get(path) for path in _HOMES.get(kind, ()))
    return next((home for home in homes if home), served)

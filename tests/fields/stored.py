"""What a store holds, read without the project's code."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import zstandard

from douyin_crawler.items.kinds import KINDS
from tests.support.crawling import rows
from tests.support.mongod import client

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_JSON = ("{", "[")


@dataclass(slots=True)
class Stored:
    """Payloads and records of a store, as JSON values: times are texts."""

    payloads: dict[str, dict[str, list[Any]]]
    """By kind and id; one of each source."""
    records: dict[str, list[dict[str, Any]]]
    """By kind."""

    def payloads_of(self, kind: str, part: str = "") -> list[Any]:
        """Return the payloads of a kind whose ids have *part* in them."""
        found = self.payloads.get(kind, {}).items()
        return [one for id_, several in found if part in id_ for one in several]


def of_sqlite(store: Path) -> Stored:
    """Return what the embedded store in a file holds."""
    found = rows(store, "SELECT kind, id, text FROM payloads")
    records = {
        kind.name: [_decoded(row) for row in rows(store, f"SELECT * FROM {kind.table}")]
        for kind in KINDS.values()
    }
    return Stored(_payloads(dict(row) for row in found), records)


def of_mongodb(url: str) -> Stored:
    """Return what a database holds."""
    with client(url) as asking:
        database = asking.get_default_database()
        records = {
            kind.name: [
                {kind.key: d["_id"], **_written(d)} for d in database[kind.table].find()
            ]
            for kind in KINDS.values()
        }
        return Stored(_payloads(database.payloads.find()), records)


def _payloads(found: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, list[Any]]]:
    reader = zstandard.ZstdDecompressor()
    made: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        value = json.loads(reader.decompress(one["text"]))
        made[one["kind"]][one["id"]].append(value)
    return made


def _decoded(row: Any) -> dict[str, Any]:
    return {name: _part(row[name]) for name in row.keys()}  # noqa: SIM118 - a Row


def _part(value: Any) -> Any:
    """A nested part is a column of JSON; a text of a person may look like one."""
    if isinstance(value, str) and value.startswith(_JSON):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _written(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_written(inner) for inner in value]
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value

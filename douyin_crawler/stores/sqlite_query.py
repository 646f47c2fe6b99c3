"""Records of SQLite, page by page in the order of their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from douyin_crawler.stores.access import equal_fields, time_of
from douyin_crawler.stores.sqlite_codec import Layout, decode, layout_of
from douyin_crawler.stores.sqlite_schema import names, quote
from douyin_crawler.stores.storable import time_text

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from typing import Self

    from douyin_crawler.items.kinds import Kind
    from douyin_crawler.stores.merge import Record

_PAGE = 500


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which records of one kind are asked for.

    A page starts after the last one's end: no cursor stays open while others write.
    """

    layout: Layout
    conditions: tuple[str, ...]
    values: tuple[str, ...]

    @classmethod
    def of(
        cls, kind: Kind, *, since: datetime | None, user: str | None, post: str | None
    ) -> Self:
        """Return the query for the same arguments as those of ``Store.records``."""
        wanted = equal_fields(kind, user=user, post=post)
        conditions = [f"{quote(name)} = ?" for name in wanted]
        values = [*wanted.values()]
        if since is not None:
            # The plus keeps SQLite from sorting all that the time's index finds.
            conditions.append(f"+{quote(time_of(kind))} >= ?")
            values.append(time_text(since))
        return cls(layout_of(kind), tuple(conditions), tuple(values))

    def load(self, connection: sqlite3.Connection, after: str | None) -> list[Record]:
        """Return the records that come next after the key *after*."""
        layout = self.layout
        conditions = (*self.conditions, f"{quote(layout.key)} > ?")
        query = (
            f"SELECT {names(layout.names)} FROM {quote(layout.table)} "  # noqa: S608
            f"WHERE {' AND '.join(conditions)} "
            f"ORDER BY {quote(layout.key)} LIMIT {_PAGE}"
        )
        rows = connection.execute(query, (*self.values, after or "")).fetchall()
        return [decode(layout, row) for row in rows]

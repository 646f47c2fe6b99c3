"""The tables of the SQLite store: made, and brought up to date."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.stores import access
from douyin_crawler.stores.base import SCHEMA_VERSION, SchemaTooNew, StoreUnavailable
from douyin_crawler.stores.sqlite_budget import BUDGET, BUDGET_KEY
from douyin_crawler.stores.sqlite_codec import RECORD_COLUMNS, Layout, layout_of
from douyin_crawler.stores.sqlite_forget import FORGOTTEN, FORGOTTEN_KEY
from douyin_crawler.stores.sqlite_migrations import fill_progress, rename_history

if TYPE_CHECKING:
    import sqlite3

PAYLOADS = {
    "kind": "TEXT NOT NULL",
    "id": "TEXT NOT NULL",
    "source": "TEXT NOT NULL",
    "observed_at": "TEXT NOT NULL",
    "text": "BLOB NOT NULL",  # zstd
}
VERDICTS = {
    "run_id": "TEXT NOT NULL",
    "walk": "TEXT NOT NULL",
    "id": "TEXT NOT NULL",
    "range": "TEXT NOT NULL",
    "spider": "TEXT",
    "verdict": "TEXT",
    "reason": "TEXT",
    "expected": "INTEGER",
    "got": "INTEGER",
    "pages": "INTEGER",
    "cursor": "TEXT",
    "at": "TEXT",
    "settled": "INTEGER",
    "parent": "TEXT",
}
TARGETS = {
    "walk": "TEXT NOT NULL",
    "id": "TEXT NOT NULL",
    "range": "TEXT NOT NULL",
    "spider": "TEXT",
    "parent": "TEXT",
    "announced": "INTEGER",
    "verdict": "TEXT",
    "final": "INTEGER",
    "reason": "TEXT",
    "expected": "INTEGER",
    "got": "INTEGER",
    "pages": "INTEGER",
    "cursor": "TEXT",
    "state": "BLOB",
    "run_id": "TEXT",
    "at": "TEXT",
    "token": "INTEGER",
    "holder": "TEXT",
    "host": "TEXT",
    "lock": "TEXT",
    "lease_until": "REAL",  # unix seconds
    "queue": "TEXT",  # of a ticket
    "stage": "TEXT",
    "tries": "INTEGER",
}
RUNS = {
    "id": "TEXT NOT NULL",
    "spider": "TEXT",
    "arguments": "TEXT",
    "started_at": "TEXT",
    "finished_at": "TEXT",
    "exit_status": "INTEGER",
    "reason": "TEXT",
    "counts": "TEXT",
    "job": "TEXT",
    "host": "TEXT",
    "lock": "TEXT",
    "plan": "TEXT",
    "seen_at": "TEXT",
}
_KEYS = {
    "metrics": ("kind", "id", "time"),
    "payloads": ("kind", "id", "source"),
    "targets": ("walk", "id", "range"),
    "verdicts": ("run_id", "walk", "id", "range"),
    "runs": ("id",),
    "budget": BUDGET_KEY,
    "forgotten": FORGOTTEN_KEY,
}


def metrics_columns() -> dict[str, str]:
    """Return the columns of ``metrics``: the counters of every kind."""
    counters = dict.fromkeys(c for kind in KINDS.values() for c in kind.counters)
    key = dict.fromkeys(_KEYS["metrics"], "TEXT NOT NULL")
    return key | dict.fromkeys(counters, "INTEGER")


def _tables() -> dict[str, tuple[dict[str, str], tuple[str, ...]]]:
    """Return the columns and the key of every table."""
    tables = {
        layout.table: (record_columns(layout), (layout.key,))
        for layout in map(layout_of, KINDS.values())
    }
    plain = {
        "metrics": metrics_columns(),
        "payloads": PAYLOADS,
        "targets": TARGETS,
        "verdicts": VERDICTS,
        "runs": RUNS,
        "budget": BUDGET,
        "forgotten": FORGOTTEN,
    }
    return tables | {name: (plain[name], _KEYS[name]) for name in plain}


def record_columns(layout: Layout) -> dict[str, str]:
    """Return the columns of a kind's table, each with its type."""
    typed = {name: column.declared for name, column in layout.columns.items()}
    typed[layout.key] += " NOT NULL"
    return typed | RECORD_COLUMNS


def ensure_schema(connection: sqlite3.Connection) -> None:
    """Create what is missing, inside the transaction that is open.

    Raises:
        SchemaTooNew: a newer version of this program wrote the file.
        StoreUnavailable: the tables are another program's.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise SchemaTooNew(
            f"its schema is version {version}, this program knows {SCHEMA_VERSION}: "
            "update douyin_crawler, or choose another file"
        )
    is_first = version == 1
    if is_first:
        rename_history(connection)
    for table, (columns, key) in _tables().items():
        _ensure_table(connection, table, columns, key)
    for table, indexes in access.indexes().items():
        for index in indexes:
            _ensure_index(connection, table, index)
    if is_first:
        fill_progress(connection)
    if version != SCHEMA_VERSION:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _ensure_table(
    connection: sqlite3.Connection,
    table: str,
    columns: dict[str, str],
    key: tuple[str, ...],
) -> None:
    rows = connection.execute(f"PRAGMA table_info({quote(table)})").fetchall()
    present = {row[1] for row in rows}
    if not present:
        body = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
        body += f", PRIMARY KEY ({names(key)})"
        connection.execute(f"CREATE TABLE {quote(table)} ({body})")
        return
    if not {*key, *(c for c in columns if c.startswith("_"))} <= present:
        raise StoreUnavailable(
            f"its table {table} is another program's: choose another file"
        )
    for name, kind in columns.items():
        if name not in present:
            column = f"{quote(name)} {kind.removesuffix(' NOT NULL')}"
            connection.execute(f"ALTER TABLE {quote(table)} ADD COLUMN {column}")


def _ensure_index(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...]
) -> None:
    index = quote("_".join((table, *columns)))
    connection.execute(
        f"CREATE INDEX IF NOT EXISTS {index} ON {quote(table)} ({names(columns)})"
    )


def quote(name: str) -> str:
    """Return *name* as an identifier; ``desc`` is a keyword of SQL."""
    return f'"{name}"'


def names(columns: tuple[str, ...]) -> str:
    """Return *columns* as a list of identifiers."""
    return ", ".join(map(quote, columns))


@cache
def upsert(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    """Return the statement that inserts a row, or replaces these of its columns."""
    marks = ", ".join("?" * len(columns))
    rest = (f"{quote(c)} = excluded.{quote(c)}" for c in columns if c not in key)
    return (
        f"INSERT INTO {quote(table)} ({names(columns)}) VALUES ({marks}) "  # noqa: S608
        f"ON CONFLICT ({names(key)}) DO UPDATE SET {', '.join(rest)}"
    )

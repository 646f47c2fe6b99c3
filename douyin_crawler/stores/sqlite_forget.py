"""Persons erased from a SQLite file, and kept out of it from then on."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from douyin_crawler.privacy.forgotten import (
    KEY,
    NOBODY,
    WORKING,
    ForgottenList,
    Row,
    new_key,
    rows_of,
)
from douyin_crawler.privacy.person import Person
from douyin_crawler.stores.base import StoreUnavailable
from douyin_crawler.stores.sqlite_connection import transaction
from douyin_crawler.stores.sweep import ROUNDS, Erased, Sweep, in_order

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

FORGOTTEN = {
    "hash": "TEXT NOT NULL",
    "kind": "TEXT NOT NULL",
    "size": "INTEGER",
    "note": "TEXT",
}
FORGOTTEN_KEY = ("kind", "hash")
_PUT = "INSERT OR IGNORE INTO forgotten (hash, kind, size, note) VALUES (?, ?, ?, ?)"
_LOAD = "SELECT hash, kind, size, note FROM forgotten"
_COUNT = f"SELECT COUNT(*) FROM forgotten WHERE kind <> '{WORKING}'"  # noqa: S608
_TABLES = """
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
"""
_PAGE = 200
_PATIENCE = 60.0
"""Seconds to wait for others who still read the log."""


class Guard:
    """The list of one open file; read again whenever it has grown."""

    def __init__(self) -> None:
        self.known = NOBODY

    def load(self, connection: sqlite3.Connection) -> ForgottenList:
        """Return the list as it is now."""
        version = connection.execute(_COUNT).fetchone()[0]
        if version != (self.known.version or 0):
            self.known = ForgottenList.of_rows(_rows(connection), version)
        return self.known


def _rows(connection: sqlite3.Connection) -> list[Row]:
    return [Row(*row) for row in connection.execute(_LOAD)]


def put_on_list(connection: sqlite3.Connection, person: Person) -> None:
    """Let nothing of *person* be stored from now on."""
    with transaction(connection):
        keys = [row for row in _rows(connection) if row.kind == KEY] or [new_key()]
        rows = [keys[0], *rows_of(person, keys[0].hash)]
        _put(connection, rows)


def _put(connection: sqlite3.Connection, rows: list[Row]) -> None:
    values = [(row.hash, row.kind, row.size, row.note) for row in rows]
    connection.executemany(_PUT, values)


def erase(connection: sqlite3.Connection, person: Person) -> Erased:
    """Erase *person* from all tables, freed pages and the log; put them on the list.

    What is known of the person is noted in the list while this lasts, so that it can
    be taken up after a kill.
    """
    connection.execute("PRAGMA secure_delete = ON")
    put_on_list(connection, person)
    for row in _rows(connection):
        if row.kind == WORKING:
            person.update(Person.of_plain(json.loads(row.note)))
    _note(connection, person)
    erased = Erased()
    for _ in range(ROUNDS):
        sweep = _learned(connection, person)
        put_on_list(connection, person)
        _note(connection, person)
        _sweep(connection, sweep)
        erased.add(sweep.erased)
        if not sweep.erased.total():
            break
    with transaction(connection):
        connection.execute("DELETE FROM forgotten WHERE kind = ?", (WORKING,))
    _wipe(connection)
    return erased


def _note(connection: sqlite3.Connection, person: Person) -> None:
    note = Row("", WORKING, 0, json.dumps(person.to_plain()))
    with transaction(connection):
        connection.execute("DELETE FROM forgotten WHERE kind = ?", (WORKING,))
        _put(connection, [note])


def _learned(connection: sqlite3.Connection, person: Person) -> Sweep:
    """Return a sweep that knows all that the tables say of *person*."""
    sweep, size = Sweep(person), -1
    while size != person.size():
        size = person.size()
        for table in _tables(connection):
            for _, row in _scan(connection, table):
                sweep.learn(table, row)
    return sweep


def _sweep(connection: sqlite3.Connection, sweep: Sweep) -> None:
    for table in _tables(connection):
        key = _key(connection, table)

        def judge(row: dict[str, Any], table: str = table, key: Any = key) -> Any:
            return sweep.judge(table, [row[name] for name in key], row)

        hits = [at for at, row in _scan(connection, table) if judge(row) != {}]
        for start in range(0, len(hits), _PAGE):
            with transaction(connection):
                for rowid in hits[start : start + _PAGE]:
                    _apply(connection, table, rowid, judge, sweep.erased)


def _apply(
    connection: sqlite3.Connection,
    table: str,
    rowid: int,
    judge: Callable[[dict[str, Any]], Any],
    erased: Erased,
) -> None:
    """Do to a row what *judge* says of it, as it is now."""
    cursor = connection.execute(
        f'SELECT * FROM "{table}" WHERE rowid = ?',  # noqa: S608
        (rowid,),
    )
    names = [column[0] for column in cursor.description]
    found = cursor.fetchone()
    if found is None:
        return
    changes = judge(dict(zip(names, found, strict=True)))
    if changes is None:
        connection.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))  # noqa: S608
        erased.deleted[table] += 1
    elif changes:
        sets = ", ".join(f'"{name}" = ?' for name in changes)
        if "_revision" in names:
            sets += ", _revision = _revision + 1"
        connection.execute(
            f'UPDATE "{table}" SET {sets} WHERE rowid = ?',  # noqa: S608
            (*changes.values(), rowid),
        )
        erased.changed[table] += 1


def _tables(connection: sqlite3.Connection) -> list[str]:
    return in_order(name for (name,) in connection.execute(_TABLES).fetchall())


def _key(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    return [row[1] for row in rows if row[5]]


def _scan(
    connection: sqlite3.Connection, table: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield rowid and columns of every row; nothing stays open in between."""
    after = -1
    query = f'SELECT rowid, * FROM "{table}" WHERE rowid > ? ORDER BY rowid LIMIT ?'  # noqa: S608
    while True:
        cursor = connection.execute(query, (after, _PAGE))
        names = [column[0] for column in cursor.description][1:]
        page = cursor.fetchall()
        if not page:
            return
        for rowid, *values in page:
            yield rowid, dict(zip(names, values, strict=True))
        after = page[-1][0]


def _wipe(connection: sqlite3.Connection) -> None:
    """Leave nothing of what was deleted in free pages, nor in the log.

    Raises:
        StoreUnavailable: others keep reading the log as it was.
    """
    connection.execute("VACUUM")
    until = time.monotonic() + _PATIENCE
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            raise StoreUnavailable(
                "all is erased, but others keep its log (-wal) in use: close them, "
                "then run it again"
            )
        time.sleep(0.1)

"""Where walks stand, in SQLite: the table ``targets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.progress import Checkpoint, Opened
from douyin_crawler.stores.sqlite_codec import parse_time
from douyin_crawler.stores.sqlite_history import save_verdict
from douyin_crawler.stores.sqlite_schema import TARGETS, names, quote
from douyin_crawler.stores.storable import storable, time_text
from douyin_crawler.stores.walks import (
    FROM_START,
    KEY,
    NOT_HELD,
    UNKNOWN,
    Values,
    ended,
    key_of,
    key_values,
    progress_of,
    reached,
    values_of,
)
from douyin_crawler.tickets import WALK as TICKET
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    import sqlite3

    from douyin_crawler.progress import Progress, WalkKey
    from douyin_crawler.stores.base import Outcome, Step
    from douyin_crawler.verdicts import TargetVerdict

_PAGE = 500
_KEY = names(KEY)
_IS = " AND ".join(f"{quote(name)} = :{name}" for name in KEY)
_LOAD = f"SELECT {names(tuple(TARGETS))} FROM targets WHERE {_IS}"  # noqa: S608


def save_step(connection: sqlite3.Connection, step: Step) -> Outcome | None:
    """Write what *step* tells of its walk, if its token is current."""
    if isinstance(step, Opened):
        _open(connection, step)
        return None
    if isinstance(step, Checkpoint):
        there = _update(connection, step.key, reached(step), step.token)
        return None if there else "lost"
    return _end(connection, step)


def _open(connection: sqlite3.Connection, opened: Opened) -> None:
    known = load_row(connection, opened.key)
    values = values_of(opened)
    if known is None:
        insert_row(connection, opened.key, {**FROM_START, **UNKNOWN, **values})
        return
    anew = FROM_START if known["final"] else {}
    _update(connection, opened.key, {**anew, **values}, known["token"])


def _end(connection: sqlite3.Connection, ending: TargetVerdict) -> Outcome | None:
    key, values = key_of(ending), ended(ending)
    if ending.token is not None:
        if not _update(connection, key, values | NOT_HELD, ending.token):
            return "lost"
    elif ending.named and ending.verdict is not Verdict.LEASED:
        insert_row(connection, key, {**UNKNOWN, **values})
    if ending.walk != TICKET:
        save_verdict(connection, ending)
    return None


def insert_row(connection: sqlite3.Connection, key: WalkKey, values: Values) -> None:
    """Make the row of a walk; one that is there stands."""
    row = {**key_values(key), **values, "token": 0}
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(
        f"INSERT INTO targets ({names(tuple(row))}) VALUES ({marks}) "  # noqa: S608
        f"ON CONFLICT ({_KEY}) DO NOTHING",
        _stored(row),
    )


def _update(
    connection: sqlite3.Connection, key: WalkKey, values: Values, token: int
) -> bool:
    """Set *values* in the row of a walk; return whether its token is *token*."""
    body = ", ".join(f"{quote(name)} = :{name}" for name in values)
    done = connection.execute(
        f"UPDATE targets SET {body} WHERE {_IS} AND token = :token",  # noqa: S608
        _stored({**values, **key_values(key), "token": token}),
    )
    return done.rowcount > 0


def _stored(values: Values) -> Values:
    return values | {"at": time_text(values["at"])}


def load_row(connection: sqlite3.Connection, key: WalkKey) -> Values | None:
    """Return the row of a walk, with its lease."""
    row = connection.execute(_LOAD, key_values(key)).fetchone()
    return None if row is None else _loaded(row)


def _loaded(row: tuple[Any, ...]) -> Values:
    values = dict(zip(TARGETS, row, strict=True))
    return values | {"at": values["at"] and parse_time(values["at"])}


def load_progress(connection: sqlite3.Connection, key: WalkKey) -> Progress | None:
    """Return where a walk stands."""
    row = load_row(connection, key)
    return None if row is None else progress_of(row)


def load_unfinished(
    connection: sqlite3.Connection,
    spider: str | None,
    parent: WalkKey | None,
    after: WalkKey | None,
) -> list[Progress]:
    """Return the walks that are not final and come next after *after*."""
    given = {"spider": spider, "parent": parent and str(parent)}
    wanted = {name: text for name, text in given.items() if text is not None}
    conditions = ["final = 0", *(f"{quote(name)} = :{name}" for name in wanted)]
    if after is not None:
        conditions.append(f"({_KEY}) > (:walk, :id, :range)")
        wanted |= key_values(after)
    query = (
        f"SELECT {names(tuple(TARGETS))} FROM targets "  # noqa: S608
        f"WHERE {' AND '.join(conditions)} ORDER BY {_KEY} LIMIT {_PAGE}"
    )
    return [
        progress_of(_loaded(row))
        for row in connection.execute(query, storable(wanted)).fetchall()
    ]


def count_targets(connection: sqlite3.Connection, spider: str | None) -> dict[str, int]:
    """Return how many walks ended last by which verdict."""
    query = (
        "SELECT COALESCE(verdict, 'open'), COUNT(*) FROM targets "
        "WHERE final IS NOT NULL AND (:spider IS NULL OR spider = :spider) "
        "GROUP BY 1 ORDER BY 1"
    )
    return dict(connection.execute(query, storable({"spider": spider})).fetchall())

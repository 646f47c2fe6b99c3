"""Tickets in SQLite, for processes of one machine: rows of ``targets``."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.progress import Holder, WalkKey
from douyin_crawler.stores.sqlite_codec import parse_time
from douyin_crawler.stores.sqlite_connection import transaction
from douyin_crawler.stores.sqlite_schema import names, quote
from douyin_crawler.stores.storable import storable, time_text
from douyin_crawler.stores.walks import (
    KEY,
    decode_ticket,
    key_values,
    states_of,
    ticket_values,
)
from douyin_crawler.tickets import ASIDE, MOST_TRIES, WALK, Enqueued, Turn
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from douyin_crawler.stores.sqlite_forget import Guard
    from douyin_crawler.tickets import QueueState, Stage, Ticket

_COLUMNS = (
    *("id", "queue", "state", "spider", "at", "token", "tries", "verdict", "reason"),
    *("holder", "host", "lock", "cursor"),
)
_SELECT = f"SELECT {names(_COLUMNS)} FROM targets"  # noqa: S608
_IS = " AND ".join(f"{quote(name)} = :{name}" for name in KEY)
_FREE = "(holder IS NULL OR lease_until <= :now)"
_NEXT = (
    f"{_SELECT} WHERE queue = :queue AND stage = 'waiting' AND spider = :spider "
    f"AND {_FREE} ORDER BY at LIMIT 1"
)
_GRANT = (
    "UPDATE targets SET token = token + 1, tries = COALESCE(tries, 0) + 1, "  # noqa: S608
    f"holder = :holder, host = :host, lock = :lock, lease_until = :until WHERE {_IS}"
)
_SET_ASIDE = (
    "UPDATE targets SET stage = 'aside', verdict = :verdict, reason = :reason, "  # noqa: S608
    f"holder = NULL, host = NULL, lock = NULL, lease_until = NULL WHERE {_IS}"
)
_AGAIN = "UPDATE targets SET stage = 'waiting', tries = 0"
# The plus keeps SQLite from going through all that wait.
_HOLDERS = (
    "SELECT DISTINCT holder, host, lock FROM targets "
    "WHERE holder > '' AND +queue = :queue AND +stage = 'waiting'"
)
_STATES = (
    "SELECT queue, spider, "  # noqa: S608
    f"CASE WHEN stage = 'waiting' AND NOT {_FREE} THEN 'walking' ELSE stage END, "
    "COUNT(*) FROM targets WHERE queue > '' AND (:queue IS NULL OR queue = :queue) "
    "GROUP BY 1, 2, 3 ORDER BY 1, 2"
)
_OF_STAGE: dict[Stage, str] = {
    "waiting": f"stage = 'waiting' AND {_FREE}",
    "walking": f"stage = 'waiting' AND NOT {_FREE}",
}


def enqueue(
    connection: sqlite3.Connection,
    queue: str,
    spider: str,
    targets: Sequence[tuple[str, str]],
    guard: Guard,
) -> Enqueued:
    """Put *targets* in that do not wait already."""
    at = time_text(datetime.now(UTC))
    with transaction(connection):
        known = guard.load(connection)
        rows = [
            {**key_values(key), **storable(ticket_values(key, spider, kind)), "at": at}
            for target, kind in targets
            if not known.is_walk(key := WalkKey(WALK, target, queue))
        ]
        if not rows:
            return Enqueued(forgotten=len(targets))
        marks = ", ".join(f":{name}" for name in rows[0])
        new = connection.executemany(
            f"INSERT INTO targets ({names(tuple(rows[0]))}) VALUES ({marks}) "  # noqa: S608
            f"ON CONFLICT ({names(KEY)}) DO NOTHING",
            rows,
        ).rowcount
        again = connection.executemany(
            f"{_AGAIN} WHERE {_IS} AND stage <> 'waiting'", rows
        ).rowcount
    there = len(rows) - new - again
    return Enqueued(
        new=new, again=again, there=there, forgotten=len(targets) - len(rows)
    )


def requeue_failed(connection: sqlite3.Connection, queue: str) -> int:
    """Let those wait again that have no final verdict."""
    return connection.execute(
        f"{_AGAIN} WHERE queue = ? AND stage IN ('failed', 'aside')", (storable(queue),)
    ).rowcount


def next_ticket(
    connection: sqlite3.Connection,
    queue: str,
    holder: Holder,
    seconds: float,
    *,
    spider: str,
    alone: bool,
) -> Turn:
    """Give *holder* the oldest ticket that waits."""
    wanted = storable({"queue": queue, "spider": spider})
    with transaction(connection):
        now = time.time()
        row = connection.execute(_NEXT, {**wanted, "now": now}).fetchone()
        if row is None:
            return Turn(outcome="none")
        ticket = _ticket(row)
        key = key_values(ticket.key)
        if ticket.tries >= MOST_TRIES:
            why = {"verdict": str(Verdict.FAILED), "reason": ASIDE}
            connection.execute(_SET_ASIDE, {**key, **why})
            return Turn(outcome="aside", ticket=ticket)
        if ticket.tries and not alone:
            return Turn(outcome="alone", ticket=ticket)
        taken = {"holder": holder.run_id, "host": holder.host, "lock": holder.lock}
        lease = {**key, **storable(taken), "until": now + seconds}
        connection.execute(_GRANT, lease)
    ticket.token += 1
    ticket.tries += 1
    ticket.holder = holder
    return Turn(outcome="granted", ticket=ticket)


def holders(connection: sqlite3.Connection, queue: str) -> list[Holder]:
    """Return the runs that have tickets."""
    found = connection.execute(_HOLDERS, {"queue": storable(queue)})
    return [
        Holder(run_id=run_id, host=host or "", lock=lock or "")
        for run_id, host, lock in found.fetchall()
    ]


def queues(connection: sqlite3.Connection, queue: str | None) -> list[QueueState]:
    """Return how many tickets of each queue are where."""
    asked = {"queue": storable(queue), "now": time.time()}
    return states_of(connection.execute(_STATES, asked).fetchall())


def tickets(
    connection: sqlite3.Connection, queue: str, stage: Stage, limit: int
) -> list[Ticket]:
    """Return the first tickets of a stage."""
    condition = _OF_STAGE.get(stage, f"stage = '{stage}'")
    query = f"{_SELECT} WHERE queue = :queue AND {condition} ORDER BY at LIMIT :limit"
    asked: dict[str, Any] = {"queue": storable(queue), "limit": limit}
    found = connection.execute(query, {**asked, "now": time.time()})
    return [_ticket(row) for row in found.fetchall()]


def _ticket(row: tuple[Any, ...]) -> Ticket:
    values = dict(zip(_COLUMNS, row, strict=True))
    return decode_ticket(values | {"at": parse_time(values["at"])})

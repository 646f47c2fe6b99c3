"""Runs and verdicts in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from douyin_crawler.stores.sqlite_codec import from_json, parse_time, to_json
from douyin_crawler.stores.sqlite_connection import transaction
from douyin_crawler.stores.sqlite_schema import RUNS, VERDICTS, names, upsert
from douyin_crawler.stores.storable import storable, time_text
from douyin_crawler.verdicts import RunRecord, TargetVerdict, Verdict

if TYPE_CHECKING:
    import sqlite3

    from douyin_crawler.progress import WalkKey
    from douyin_crawler.stores.jobs import SavedJob

_SAVE_RUN = upsert("runs", tuple(RUNS), ("id",))
_SAVE_VERDICT = upsert("verdicts", tuple(VERDICTS), ("run_id", "walk", "id", "range"))
_RUNS = f"""
    SELECT {names(tuple(RUNS))} FROM runs ORDER BY started_at DESC, rowid DESC LIMIT ?
"""  # noqa: S608
_RUNS_OF_PLAN = f"""
    SELECT {names(tuple(RUNS))} FROM runs WHERE "plan" = ?
    ORDER BY started_at DESC, rowid DESC LIMIT ?
"""  # noqa: S608
_WAITS = "SELECT finished_at IS NULL AND COALESCE(lock, '') = '' FROM runs WHERE id = ?"
_OPEN_RUNS = f"""
    SELECT {names(tuple(RUNS))} FROM runs WHERE finished_at IS NULL
    ORDER BY started_at DESC, rowid DESC
"""  # noqa: S608
_VERDICTS = f"""
    SELECT {names(tuple(VERDICTS))} FROM verdicts
    WHERE :run_id IS NULL OR run_id = :run_id ORDER BY at, rowid
"""  # noqa: S608
_LAST_VERDICTS = f"""
    SELECT {names(tuple(VERDICTS))} FROM verdicts
    WHERE walk = ? AND id = ? AND "range" = ? ORDER BY at DESC, rowid DESC LIMIT ?
"""  # noqa: S608


def save_run(connection: sqlite3.Connection, run: RunRecord) -> None:
    """Insert *run*, or replace the one of its id."""
    row = (
        run.id,
        run.spider,
        to_json(storable(run.arguments)),
        time_text(run.started_at),
        time_text(run.finished_at) if run.finished_at else None,
        run.exit_status,
        run.reason,
        to_json(storable(run.counts)),
        run.job,
        run.host,
        run.lock,
        run.plan,
        time_text(run.seen_at) if run.seen_at else None,
    )
    connection.execute(_SAVE_RUN, storable([*row]))


def save_job(
    connection: sqlite3.Connection, row: RunRecord, *, known: bool
) -> SavedJob:
    """Insert *row*, or replace that of its id while no run has begun with it."""
    with transaction(connection):
        found = connection.execute(_WAITS, storable([row.id])).fetchone()
        if found is None and known:
            return "unknown"
        if found and not found[0]:
            return "over"
        save_run(connection, row)
    return "saved"


def load_runs(
    connection: sqlite3.Connection, limit: int, plan: str | None = None
) -> list[RunRecord]:
    """Return the latest runs, the newest first."""
    if plan is not None:
        values = storable([plan, limit])
        return [*map(_run, connection.execute(_RUNS_OF_PLAN, values))]
    return [*map(_run, connection.execute(_RUNS, (limit,)))]


def load_open_runs(connection: sqlite3.Connection) -> list[RunRecord]:
    """Return the runs that have no end on record, the newest first."""
    return [*map(_run, connection.execute(_OPEN_RUNS))]


def _run(row: tuple[Any, ...]) -> RunRecord:
    values = dict(zip(RUNS, row, strict=True))
    for name in ("arguments", "counts"):
        values[name] = from_json(values[name])
    for name in ("started_at", "finished_at", "seen_at"):
        values[name] = values[name] and parse_time(values[name])
    for name in ("job", "host", "lock", "plan"):
        values[name] = values[name] or ""
    return RunRecord(**values)


def save_verdict(connection: sqlite3.Connection, ending: TargetVerdict) -> None:
    """Insert *ending*, or replace the one of its walk in this run."""
    values = {name: getattr(ending, name) for name in VERDICTS}
    values["at"] = time_text(ending.at)
    connection.execute(_SAVE_VERDICT, storable([*values.values()]))


def load_verdicts(
    connection: sqlite3.Connection, run_id: str | None
) -> list[TargetVerdict]:
    """Return the verdicts of one run or of all, in the order of their time."""
    found = connection.execute(_VERDICTS, storable({"run_id": run_id}))
    return [*map(_verdict, found)]


def load_last_verdicts(
    connection: sqlite3.Connection, key: WalkKey, limit: int
) -> list[TargetVerdict]:
    """Return the latest verdicts of one walk, the newest first."""
    values = storable([key.walk, key.id, key.range, limit])
    return [*map(_verdict, connection.execute(_LAST_VERDICTS, values))]


def _verdict(row: tuple[Any, ...]) -> TargetVerdict:
    values = dict(zip(VERDICTS, row, strict=True))
    values["verdict"] = Verdict(values["verdict"])
    values["at"] = parse_time(values["at"])
    values["settled"] = bool(values["settled"])
    values["parent"] = values["parent"] or ""
    return TargetVerdict(**values)

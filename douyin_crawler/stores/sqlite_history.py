"""Runs and verdicts in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.stores.sqlite_codec import from_json, parse_time, to_json
from douyin_crawler.stores.sqlite_schema import RUNS, TARGETS, names, upsert
from douyin_crawler.stores.storable import storable, time_text
from douyin_crawler.verdicts import RunRecord, TargetVerdict, Verdict

if TYPE_CHECKING:
    import sqlite3

_SAVE_RUN = upsert("runs", tuple(RUNS), ("id",))
_SAVE_VERDICT = upsert("targets", tuple(TARGETS), ("run_id", "walk", "id", "range"))
_RUNS = f"""
    SELECT {names(tuple(RUNS))} FROM runs ORDER BY started_at DESC, rowid DESC LIMIT ?
"""  # noqa: S608
_TARGETS = f"""
    SELECT {names(tuple(TARGETS))} FROM targets
    WHERE :run_id IS NULL OR run_id = :run_id ORDER BY at, rowid
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
    )
    connection.execute(_SAVE_RUN, storable([*row]))


def load_runs(connection: sqlite3.Connection, limit: int) -> list[RunRecord]:
    """Return the latest runs, the newest first."""
    found = []
    for row in connection.execute(_RUNS, (limit,)):
        values = dict(zip(RUNS, row, strict=True))
        for name in ("arguments", "counts"):
            values[name] = from_json(values[name])
        for name in ("started_at", "finished_at"):
            values[name] = values[name] and parse_time(values[name])
        found.append(RunRecord(**values))
    return found


def save_verdict(connection: sqlite3.Connection, ending: TargetVerdict) -> None:
    """Insert *ending*, or replace the one of its walk in this run."""
    values = [getattr(ending, name) for name in TARGETS if name != "at"]
    connection.execute(_SAVE_VERDICT, storable([*values, time_text(ending.at)]))


def load_targets(
    connection: sqlite3.Connection, run_id: str | None
) -> list[TargetVerdict]:
    """Return the verdicts of one run or of all, in the order of their time."""
    found = []
    for row in connection.execute(_TARGETS, storable({"run_id": run_id})):
        values = dict(zip(TARGETS, row, strict=True))
        values["verdict"] = Verdict(values["verdict"])
        values["at"] = parse_time(values["at"])
        found.append(TargetVerdict(**values))
    return found

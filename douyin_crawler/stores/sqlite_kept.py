"""What is written to SQLite, less the persons who were erased from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.privacy.forgotten import outcomes_of, unrecorded
from douyin_crawler.stores.sqlite_connection import transaction
from douyin_crawler.stores.sqlite_history import save_job, save_run
from douyin_crawler.stores.sqlite_leases import claim
from douyin_crawler.stores.sqlite_writer import BatchWriter, prepare

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from douyin_crawler.progress import Claim, Holder, WalkKey
    from douyin_crawler.stores.base import Entry, Outcome
    from douyin_crawler.stores.jobs import SavedJob
    from douyin_crawler.stores.sqlite_forget import Guard
    from douyin_crawler.verdicts import RunRecord


def write_kept(
    connection: sqlite3.Connection,
    batch: Sequence[Entry],
    guard: Guard,
    *,
    reparsed: bool = False,
) -> list[Outcome | None]:
    """Write *batch* in one transaction, in which nobody is put on the list."""
    while True:
        known = guard.load(connection)
        kept = [known.kept(entry) for entry in batch] if known else batch
        prepared = [prepare(e, reparsed=reparsed) for e in kept if e is not None]
        with transaction(connection):
            if guard.load(connection) is known:
                written = BatchWriter(connection, reparsed).write(prepared)
                return outcomes_of(batch, kept, written) if known else written


def save_kept_run(connection: sqlite3.Connection, run: RunRecord, guard: Guard) -> None:
    """Insert *run*, or replace the one of its id."""
    save_run(connection, guard.load(connection).run(run))


def save_kept_job(
    connection: sqlite3.Connection, row: RunRecord, guard: Guard, *, known: bool
) -> SavedJob:
    """Insert *row*, or replace that of its id while no run has begun with it."""
    return save_job(connection, guard.load(connection).run(row), known=known)


def claim_kept(
    connection: sqlite3.Connection,
    key: WalkKey,
    holder: Holder,
    seconds: float,
    guard: Guard,
    *,
    spider: str,
    parent: WalkKey | None = None,
    over: int | None = None,
) -> Claim:
    """Claim a walk; one over an erased person is granted, and not recorded."""
    if guard.load(connection).is_walk(key, parent):
        return unrecorded(key, spider)
    return claim(
        connection, key, holder, seconds, spider=spider, parent=parent, over=over
    )

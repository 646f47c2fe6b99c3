"""The embedded store: one SQLite file, of the standard library, always at hand."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.stores.base import (
    SchemaTooNew,
    Store,
    StoreError,
    StoreUnavailable,
)
from douyin_crawler.stores.sqlite_codec import layout_of
from douyin_crawler.stores.sqlite_errors import explain
from douyin_crawler.stores.sqlite_history import load_runs, load_targets, save_run
from douyin_crawler.stores.sqlite_payloads import (
    count_ids,
    count_payloads,
    load_payload,
    load_payloads,
)
from douyin_crawler.stores.sqlite_query import RecordQuery
from douyin_crawler.stores.sqlite_schema import ensure_schema, quote
from douyin_crawler.stores.sqlite_writer import BatchWriter, load_records, prepare

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from douyin_crawler.items.observation import Observation, Source
    from douyin_crawler.stores.base import Entry, Outcome, StoredPayload
    from douyin_crawler.stores.merge import Record
    from douyin_crawler.verdicts import RunRecord, TargetVerdict

P = ParamSpec("P")
T = TypeVar("T")

_PAGE_BYTES = 8192
"""Of a new file. Rows are large: SQLite's default takes half as much CPU again."""


class SQLiteStore(Store):
    """A store in the file *path*, which its own thread reads and writes.

    Any number of processes may use one file at once.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 60.0) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None

    def __str__(self) -> str:
        """Return the address."""
        return f"sqlite:///{self._path.as_posix()}"

    async def open(self, *, create: bool = True) -> None:
        """Open the file; make it and its folder where they are missing."""
        if not create and not self._path.is_file():
            raise StoreUnavailable(f"{self}: there is no such file; crawl first")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="douyin-sqlite")
        try:
            await self._submit(self._open)
        except StoreError:
            await self.close()
            raise

    async def write(self, batch: Sequence[Entry]) -> list[Outcome | None]:
        """Write *batch* in one transaction, synced to the disk."""
        return await self._call(_write, batch)

    async def reparse(self, batch: Sequence[Observation]) -> list[Outcome]:
        """Merge what today's parsers read in payloads that are stored already."""
        outcomes = await self._call(_write, batch, reparsed=True)
        return [outcome for outcome in outcomes if outcome is not None]

    async def load(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Return the records that are stored, by id."""
        return await self._call(load_records, layout_of(KINDS[kind]), list(ids))

    async def count(self, kind: str) -> int:
        """Return how many ids of *kind* are stored."""
        return await self._call(_count, kind)

    async def records(
        self,
        kind: str,
        *,
        since: datetime | None = None,
        user: str | None = None,
        post: str | None = None,
    ) -> AsyncIterator[Record]:
        """Yield the records of *kind* in the order of their keys."""
        asked = RecordQuery.of(KINDS[kind], since=since, user=user, post=post)
        after = None
        while page := await self._call(asked.load, after):
            for record in page:
                yield record
            after = page[-1].id

    async def payload(
        self, kind: str, id: str, source: Source | None = None
    ) -> StoredPayload | None:
        """Return the payload of *source*, by default of the best one there is."""
        return await self._call(load_payload, kind, id, source)

    async def payloads(self) -> AsyncIterator[StoredPayload]:
        """Yield the payloads of all records in the order of their time."""
        after = None
        while page := await self._call(load_payloads, after):
            for payload in page:
                yield payload
            after = page[-1]

    async def count_payloads(self) -> int:
        """Return how many :meth:`payloads` yields."""
        return await self._call(count_payloads)

    async def save_run(self, run: RunRecord) -> None:
        """Insert *run*, or replace the one of its id."""
        await self._call(save_run, run)

    async def targets(self, run_id: str | None = None) -> list[TargetVerdict]:
        """Return the verdicts of one run or of all, in the order of their time."""
        return await self._call(load_targets, run_id)

    async def runs(self, limit: int = 20) -> list[RunRecord]:
        """Return the latest runs, the newest first."""
        return await self._call(load_runs, limit)

    async def close(self) -> None:
        """Close the file; SQLite then folds its log into it."""
        if self._thread is None:
            return
        thread, self._thread = self._thread, None
        await asyncio.get_running_loop().run_in_executor(thread, self._close)
        thread.shutdown()

    async def _call(
        self,
        function: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def work() -> T:
            if self._connection is None:
                raise StoreUnavailable(f"{self} is not open")
            return function(self._connection, *args, **kwargs)

        return await self._submit(work)

    async def _submit(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            raise StoreUnavailable(f"{self} is not open")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self}: {explain(error)}") from error

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"{self}: its folder can't be made: {error}"
            ) from None
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None
        )
        self._connection = connection
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        _use_wal(connection, self._busy_seconds)
        connection.execute("PRAGMA synchronous = FULL")
        try:
            with transaction(connection):
                ensure_schema(connection)
        except (SchemaTooNew, StoreUnavailable) as error:
            raise type(error)(f"{self}: {error}") from None

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the file's write lock from the start: what is read stays true.

    A deferred transaction that turns to writing fails at once when another process
    wrote meanwhile, whatever the timeout is.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """Turn the write-ahead log on; SQLite itself does not wait for others here."""
    until = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _write(
    connection: sqlite3.Connection, batch: Sequence[Entry], *, reparsed: bool = False
) -> list[Outcome | None]:
    prepared = [prepare(entry, reparsed=reparsed) for entry in batch]
    with transaction(connection):
        return BatchWriter(connection, reparsed).write(prepared)


def _count(connection: sqlite3.Connection, kind: str) -> int:
    if kind not in KINDS:
        return count_ids(connection, kind)
    query = f"SELECT COUNT(*) FROM {quote(KINDS[kind].table)}"  # noqa: S608
    count: int = connection.execute(query).fetchone()[0]
    return count

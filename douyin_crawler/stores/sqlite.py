"""The embedded store: one SQLite file, of the standard library, always at hand."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.stores import sqlite_budget, sqlite_forget
from douyin_crawler.stores.base import (
    SchemaTooNew,
    StoreAbsent,
    StoreError,
    StoreUnavailable,
)
from douyin_crawler.stores.sqlite_codec import layout_of
from douyin_crawler.stores.sqlite_connection import connect, prepare_file, transaction
from douyin_crawler.stores.sqlite_errors import explain, is_transient
from douyin_crawler.stores.sqlite_kept import write_kept
from douyin_crawler.stores.sqlite_payloads import (
    count_ids,
    count_payloads,
    load_payload,
    load_payloads,
)
from douyin_crawler.stores.sqlite_query import RecordQuery
from douyin_crawler.stores.sqlite_queues import SQLiteQueues
from douyin_crawler.stores.sqlite_schema import ensure_schema, quote
from douyin_crawler.stores.sqlite_walks import SQLiteWalks
from douyin_crawler.stores.sqlite_writer import load_records

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from douyin_crawler.items.observation import Observation, Source
    from douyin_crawler.privacy.forgotten import ForgottenList
    from douyin_crawler.privacy.person import Person
    from douyin_crawler.stores.base import (
        Entry,
        Outcome,
        Reservation,
        StoredPayload,
    )
    from douyin_crawler.stores.merge import Record
    from douyin_crawler.stores.sweep import Erased

P = ParamSpec("P")
T = TypeVar("T")


class SQLiteStore(SQLiteWalks, SQLiteQueues):
    """A store in the file *path*, which its own thread reads and writes.

    Any number of processes may use one file at once.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 60.0) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self._guard = sqlite_forget.Guard()

    def __str__(self) -> str:
        """Return the address."""
        return f"sqlite:///{self._path.as_posix()}"

    async def open(self, *, create: bool = True) -> None:
        """Open the file; make it and its folder where they are missing."""
        if not create and not self._path.is_file():
            raise StoreAbsent(f"{self}: there is no such file; crawl first")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="douyin-sqlite")
        try:
            await self._submit(self._open)
        except StoreError:
            await self.close()
            raise

    async def write(self, batch: Sequence[Entry]) -> list[Outcome | None]:
        """Write *batch* in one transaction, synced to the disk."""
        return await self._call(write_kept, batch, self._guard)

    async def reparse(self, batch: Sequence[Observation]) -> list[Outcome]:
        """Merge what today's parsers read in payloads that are stored already."""
        outcomes = await self._call(write_kept, batch, self._guard, reparsed=True)
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

    async def reserve(
        self, session: str, day: str, *, limit: int, interval: float
    ) -> Reservation:
        """Count a request before it is sent, and give it a turn."""
        return await self._call(_reserve, session, day, limit=limit, interval=interval)

    async def hold(self, session: str, day: str, seconds: float) -> None:
        """Give a session no turn for so long."""
        await self._call(_hold, session, day, seconds)

    async def spent(self, session: str, day: str) -> int:
        """Return how many requests *session* has reserved on *day*."""
        return await self._call(sqlite_budget.spent, session, day)

    @property
    def forgotten(self) -> ForgottenList:
        """Who is never to be stored, as known since the store was last written."""
        return self._guard.known

    async def forget(self, person: Person) -> Erased:
        """Erase *person* from everything, and keep them out from now on."""
        return await self._call(sqlite_forget.erase, person)

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
            raise StoreUnavailable(
                f"{self}: {explain(error)}", transient=is_transient(error)
            ) from error

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"{self}: its folder can't be made: {error}"
            ) from None
        self._connection = connection = connect(self._path, self._busy_seconds)
        prepare_file(connection, self._busy_seconds)
        try:
            with transaction(connection):
                ensure_schema(connection)
            self._guard.load(connection)
        except (SchemaTooNew, StoreUnavailable) as error:
            raise type(error)(f"{self}: {error}") from None

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def _reserve(
    connection: sqlite3.Connection,
    session: str,
    day: str,
    *,
    limit: int,
    interval: float,
) -> Reservation:
    with transaction(connection):
        return sqlite_budget.reserve(
            connection, session, day, limit=limit, interval=interval
        )


def _hold(
    connection: sqlite3.Connection, session: str, day: str, seconds: float
) -> None:
    with transaction(connection):
        sqlite_budget.hold(connection, session, day, seconds)


def _count(connection: sqlite3.Connection, kind: str) -> int:
    if kind not in KINDS:
        return count_ids(connection, kind)
    query = f"SELECT COUNT(*) FROM {quote(KINDS[kind].table)}"  # noqa: S608
    count: int = connection.execute(query).fetchone()[0]
    return count

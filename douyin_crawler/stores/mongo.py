"""The store for many processes and machines: a database of MongoDB."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any

from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.errors import PyMongoError

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import Observation
from douyin_crawler.privacy.forgotten import outcomes_of
from douyin_crawler.stores import mongo_budget, mongo_forget
from douyin_crawler.stores.access import equal_fields, time_of
from douyin_crawler.stores.base import StoreError, StoreUnavailable
from douyin_crawler.stores.mongo_codec import CODEC, decode, shape_of
from douyin_crawler.stores.mongo_errors import explain, is_transient
from douyin_crawler.stores.mongo_payloads import (
    count_ids,
    count_payloads,
    load_payload,
    load_payloads,
    save_payloads,
)
from douyin_crawler.stores.mongo_progress import save_steps
from douyin_crawler.stores.mongo_queues import MongoQueues
from douyin_crawler.stores.mongo_schema import ensure_schema
from douyin_crawler.stores.mongo_url import MongoAddress
from douyin_crawler.stores.mongo_walks import MongoWalks
from douyin_crawler.stores.mongo_writer import (
    Prepared,
    load_records,
    prepare,
    save_records,
)
from douyin_crawler.stores.storable import whole_second

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from datetime import datetime

    from douyin_crawler.items.observation import Source
    from douyin_crawler.privacy.forgotten import ForgottenList
    from douyin_crawler.privacy.person import Person
    from douyin_crawler.stores.base import (
        Entry,
        Outcome,
        Reservation,
        StoredPayload,
    )
    from douyin_crawler.stores.merge import Record
    from douyin_crawler.stores.mongo_writer import Database
    from douyin_crawler.stores.sweep import Erased

_LIMITS: dict[str, Any] = {
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 60_000,
    "appname": "douyin_crawler",
}
"""Of the client, where the address says nothing."""
_DURABLE = WriteConcern("majority", j=True)
_PAGE = 500


class MongoStore(MongoWalks, MongoQueues):
    """A store in one database, which any number of processes may use at once.

    Records are single documents, each replaced only while it is the revision that was
    loaded; no transactions, which a server that stands alone does not have.
    """

    def __init__(self, url: str) -> None:
        self._address = MongoAddress.parse(url)
        self._client: AsyncMongoClient[dict[str, Any]] | None = None
        self._guard = mongo_forget.Guard()

    def __str__(self) -> str:
        """Return the address, without password and options."""
        return str(self._address)

    async def open(self, *, create: bool = True) -> None:
        """Connect; create the indexes that are missing."""
        # Scrapy logs at level DEBUG, where pymongo tells every command.
        logging.getLogger("pymongo").setLevel(logging.INFO)
        given = self._address.options
        limits = {n: v for n, v in _LIMITS.items() if n.lower() not in given}
        try:
            with self._explained():
                self._client = AsyncMongoClient(self._address.url, **limits)
                await ensure_schema(self._database, create=create)
                await self._guard.load(self._database)
        except BaseException:
            await self.close()
            raise

    async def write(self, batch: Sequence[Entry]) -> list[Outcome | None]:
        """Write *batch*; records and payloads are durable before the steps of walks."""
        with self._explained():
            known = await self._guard.load(self._database)
        if not known:
            return await self._write(batch)
        kept = [known.kept(entry) for entry in batch]
        written = await self._write([entry for entry in kept if entry is not None])
        return outcomes_of(batch, kept, written)

    async def _write(self, batch: Sequence[Entry]) -> list[Outcome | None]:
        seen = [entry for entry in batch if isinstance(entry, Observation)]
        with self._explained():
            database = self._database
            prepared = await asyncio.to_thread(_prepare, seen)
            fitting = [one for one in prepared if one.outcome != "too_large"]
            await save_payloads(database, fitting)
            await save_records(database, fitting)
            steps = [entry for entry in batch if not isinstance(entry, Observation)]
            lost = iter(await save_steps(database, steps))
        outcomes = iter([one.outcome for one in prepared])
        return [next(outcomes if isinstance(e, Observation) else lost) for e in batch]

    async def reparse(self, batch: Sequence[Observation]) -> list[Outcome]:
        """Merge what today's parsers read in payloads that are stored already."""
        with self._explained():
            known = await self._guard.load(self._database)
            kept = [known.kept(seen) for seen in batch]
            left = [seen for seen in kept if isinstance(seen, Observation)]
            prepared = [prepare(seen, reparsed=True) for seen in left]
            await save_records(self._database, prepared, reparsed=True)
        written = outcomes_of(batch, kept, [one.outcome for one in prepared])
        return [outcome for outcome in written if outcome is not None]

    async def load(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Return the records that are stored, by id."""
        with self._explained():
            return await load_records(self._database, KINDS[kind], ids)

    async def count(self, kind: str) -> int:
        """Return how many ids of *kind* are stored."""
        with self._explained():
            if kind not in KINDS:
                return await count_ids(self._database, kind)
            return await self._database[KINDS[kind].table].count_documents({})

    async def records(
        self,
        kind: str,
        *,
        since: datetime | None = None,
        user: str | None = None,
        post: str | None = None,
    ) -> AsyncIterator[Record]:
        """Yield the records of *kind* in the order of their keys."""
        asked = KINDS[kind]
        wanted: dict[str, Any] = {**equal_fields(asked, user=user, post=post)}
        if since is not None:
            wanted[time_of(asked)] = {"$gte": whole_second(since)}
        with self._explained():
            cursor = self._database[asked.table].find(wanted, batch_size=_PAGE)
            async with cursor.sort("_id").allow_disk_use(True):
                async for document in cursor:
                    yield decode(shape_of(asked), document)

    async def payload(
        self, kind: str, id: str, source: Source | None = None
    ) -> StoredPayload | None:
        """Return the payload of *source*, by default of the best one there is."""
        with self._explained():
            return await load_payload(self._database, kind, id, source)

    async def payloads(self) -> AsyncIterator[StoredPayload]:
        """Yield the payloads of all records in the order of their time."""
        with self._explained():
            async with aclosing(load_payloads(self._database)) as found:
                async for payload in found:
                    yield payload

    async def count_payloads(self) -> int:
        """Return how many :meth:`payloads` yields."""
        with self._explained():
            return await count_payloads(self._database)

    async def reserve(
        self, session: str, day: str, *, limit: int, interval: float
    ) -> Reservation:
        """Count a request before it is sent, and give it a turn."""
        with self._explained():
            return await mongo_budget.reserve(
                self._database, session, day, limit=limit, interval=interval
            )

    async def hold(self, session: str, day: str, seconds: float) -> None:
        """Give a session no turn for so long."""
        with self._explained():
            await mongo_budget.hold(self._database, session, day, seconds)

    async def spent(self, session: str, day: str) -> int:
        """Return how many requests *session* has reserved on *day*."""
        with self._explained():
            return await mongo_budget.spent(self._database, session, day)

    @property
    def forgotten(self) -> ForgottenList:
        """Who is never to be stored, as known since the store was last written."""
        return self._guard.known

    async def forget(self, person: Person) -> Erased:
        """Erase *person* from everything, and keep them out from now on."""
        with self._explained():
            return await mongo_forget.erase(self._database, person)

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    @property
    def _database(self) -> Database:
        if self._client is None:
            raise StoreUnavailable("it is not open")
        return self._client.get_database(
            self._address.database,
            codec_options=CODEC,
            read_preference=ReadPreference.PRIMARY,
            write_concern=_DURABLE,
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except PyMongoError as error:
            raise StoreUnavailable(
                f"{self}: {explain(error)}", transient=is_transient(error)
            ) from error
        except StoreUnavailable as error:
            about = f"{self}: {error}"
            raise type(error)(about, transient=error.transient) from None
        except StoreError as error:
            raise type(error)(f"{self}: {error}") from None


def _prepare(batch: Sequence[Observation]) -> list[Prepared]:
    return [prepare(seen) for seen in batch]

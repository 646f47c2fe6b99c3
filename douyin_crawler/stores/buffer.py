"""Entries on their way to the store: kept in order, written in batches."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import Observation
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.patience import PATIENCE, patiently
from douyin_crawler.stores.walks import key_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from douyin_crawler.progress import WalkKey
    from douyin_crawler.stores.base import Entry, Outcome, Store

logger = logging.getLogger(__name__)

_OVERHEAD = 2_000
"""Bytes that a typed item takes beside its payload, roughly."""


class WriteBuffer:
    """Batches for one store, bounded by number and bytes, written by age at the latest.

    A store that is away for a while is waited for, *patience_seconds* at most, with
    the batch kept and putting held up. After it has failed, every call raises that
    error: entries that were not written are never passed over in silence.
    ``on_lost`` is told of walks whose lease another run has, ``on_batch`` how many
    entries a write had and how many seconds it took.
    """

    def __init__(
        self,
        store: Store,
        *,
        max_records: int = 200,
        max_bytes: int = 8_000_000,
        max_age_seconds: float = 2.0,
        patience_seconds: float = PATIENCE,
        on_outcome: Callable[[str, Outcome], None] | None = None,
        on_failure: Callable[[StoreError], None] | None = None,
        on_lost: Callable[[WalkKey], None] | None = None,
        on_batch: Callable[[int, float], None] | None = None,
    ) -> None:
        self.failed: StoreError | None = None
        self.lost = 0
        """Entries that were put in and could not be written."""
        self._store = store
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._max_age = max_age_seconds
        self._patience = patience_seconds
        self._on_outcome = on_outcome
        self._on_failure = on_failure
        self._on_lost = on_lost
        self._on_batch = on_batch
        self._pending: list[Entry] = []
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def __len__(self) -> int:
        """Return how many entries wait; those being written aside."""
        return len(self._pending)

    async def put(self, entry: Entry) -> None:
        """Append *entry* at once; wait only while too much is on its way.

        Raises:
            StoreError: the store has failed, or the buffer is closed.
        """
        self._check()
        self._pending.append(entry)
        self._bytes += _size(entry)
        if not self._full:
            self._start_timer()
            return
        while self._full and self._task:
            await asyncio.shield(self._task)
            self._raise_failure()
        if self._full:
            self._start()

    async def flush(self) -> None:
        """Return when all that was put in is durable.

        Raises:
            StoreError: the store has failed.
        """
        self._raise_failure()
        while self._pending or self._task:
            self._start()
            assert self._task is not None
            await asyncio.shield(self._task)
            self._raise_failure()

    async def close(self) -> None:
        """Flush, then take nothing more."""
        self._closed = True
        try:
            await self.flush()
        finally:
            self._stop_timer()

    @property
    def _full(self) -> bool:
        return len(self._pending) >= self._max_records or self._bytes >= self._max_bytes

    def _check(self) -> None:
        self._raise_failure()
        if self._closed:
            raise StoreError("the run's writes are closed; this record is not stored")

    def _raise_failure(self) -> None:
        if self.failed is not None:
            raise type(self.failed)(str(self.failed)) from self.failed

    def _start_timer(self) -> None:
        if self._timer is None and self._task is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._max_age, self._start)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        self._stop_timer()
        if self._task is None and self._pending:
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        batch, self._pending, self._bytes = self._pending, [], 0
        began = time.monotonic()
        try:
            outcomes = await patiently(
                lambda: self._store.write(batch), seconds=self._patience
            )
            if self._on_batch is not None:
                self._on_batch(len(batch), time.monotonic() - began)
            self._report(batch, outcomes)
        except StoreError as error:
            self._fail(error, batch)
        except Exception as error:
            logger.exception("The store's code failed")
            self._fail(StoreError(f"an error in the store's code: {error!r}"), batch)
        finally:
            self._task = None
        if self._pending and self.failed is None:
            self._start_timer()

    def _report(self, batch: list[Entry], outcomes: list[Outcome | None]) -> None:
        for entry, outcome in zip(batch, outcomes, strict=True):
            if outcome is None:
                continue
            if isinstance(entry, Observation):
                if self._on_outcome is not None:
                    self._on_outcome(table_of(entry.kind), outcome)
            elif self._on_lost is not None:
                self._on_lost(key_of(entry))

    def _fail(self, error: StoreError, batch: list[Entry]) -> None:
        self.failed = error
        self.lost = len(batch) + len(self._pending)
        if self._on_failure is not None:
            self._on_failure(error)


def table_of(kind: str) -> str:
    """Return the table of *kind*; ``pages`` for what a page holds beside records."""
    return KINDS[kind].table if kind in KINDS else f"{kind}s"


def _size(entry: Entry) -> int:
    return _OVERHEAD + (len(entry.payload) if isinstance(entry, Observation) else 0)

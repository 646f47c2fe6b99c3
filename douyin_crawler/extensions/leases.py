"""A run's hold on its targets: leases in the store, and a lock file that tells
the runs of this machine at once when the process is gone.

A lease lives by the store's clock and is renewed by a timer, in pauses too. Its
fencing token keeps a run that lost it (stopped for long, cut off) from writing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from douyin_crawler.progress import Holder
from douyin_crawler.stores.base import StoreError
from douyin_crawler.stores.patience import patiently

if TYPE_CHECKING:
    from douyin_crawler.progress import Claim, WalkKey
    from douyin_crawler.stores.base import Store
    from douyin_crawler.tickets import Turn

logger = logging.getLogger(__name__)

_RENEWALS = 3
"""Of a lease, in its time."""


class Leases:
    """The leases of one run."""

    def __init__(
        self, store: Store, run_id: str, *, seconds: float, patience: float
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._patience = patience
        path = lock_folder() / f"{run_id}.lock"
        self.holder = Holder(run_id=run_id, host=socket.gethostname(), lock=str(path))
        self._lock = FileLock(path)
        self._timer: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Lock the file that says that this run lives, and begin to renew."""
        path = Path(self.holder.lock)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire(timeout=0)
        except OSError as error:  # the lease alone tells then, when it runs out
            logger.debug("No lock file: %s", error)
        self._timer = asyncio.get_running_loop().create_task(self._renew())

    async def claim(
        self, key: WalkKey, *, spider: str, parent: WalkKey | None = None
    ) -> Claim:
        """Take the lease on *key*, over from a run that is known to be gone, too.

        Raises:
            StoreError: the store is out of reach.
        """
        claim = await self._claim(key, spider, parent)
        if claim.token is None and claim.holder and gone(claim.holder.lock):
            claim = await self._claim(key, spider, parent, over=claim.held_token)
        return claim

    async def next_ticket(self, queue: str, *, spider: str, alone: bool) -> Turn:
        """Take the ticket of *queue* that is to be walked next.

        Raises:
            StoreError: the store is out of reach.
        """
        return await patiently(
            lambda: self._store.next_ticket(
                queue, self.holder, self._seconds, spider=spider, alone=alone
            ),
            seconds=self._patience,
        )

    async def workers(self, queue: str) -> list[Holder]:
        """Return the runs that have tickets; let go of what dead ones had.

        Raises:
            StoreError: the store is out of reach.
        """
        found = await patiently(
            lambda: self._store.holders(queue), seconds=self._patience
        )
        dead = [holder.run_id for holder in found if gone(holder.lock)]
        for run_id in dead:
            await self._store.release(run_id, dead=True)
        return [holder for holder in found if holder.run_id not in dead]

    async def close(self) -> None:
        """Let go of what the run still holds, if the store can be reached.

        If it can't, the free lock file stays: the next run sees that this one is gone.
        """
        if self._timer is None:
            return
        self._timer.cancel()
        try:
            await self._store.release(self.holder.run_id)
        except StoreError as error:
            logger.debug("The leases could not be released: %s", error)
            self._unlock(keep=True)
        else:
            self._unlock(keep=False)

    def _unlock(self, *, keep: bool) -> None:
        self._lock.release()
        if not keep:
            with contextlib.suppress(OSError):
                Path(self.holder.lock).unlink()

    async def _claim(
        self,
        key: WalkKey,
        spider: str,
        parent: WalkKey | None,
        over: int | None = None,
    ) -> Claim:
        return await patiently(
            lambda: self._store.claim(
                key,
                self.holder,
                self._seconds,
                spider=spider,
                parent=parent,
                over=over,
            ),
            seconds=self._patience,
        )

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / _RENEWALS)
            with contextlib.suppress(OSError):
                os.utime(self.holder.lock)  # cleaners of temporary files look at it
            try:
                await self._store.renew(self.holder.run_id, self._seconds)
            except StoreError as error:
                logger.debug("The leases could not be renewed: %s", error)


def gone(lock: str) -> bool:
    """Return whether the run that held the file *lock* is known to be gone."""
    if not lock or not Path(lock).is_file():
        return False  # it may live where this file can't be seen
    probe = FileLock(lock)
    try:
        probe.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    probe.release()
    return True


def lock_folder() -> Path:
    """Return where lock files are: one folder for each user of the machine."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return Path(tempfile.gettempdir()) / f"douyin_crawler-{user}"

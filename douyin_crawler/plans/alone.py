"""One process of this machine at a time: a lock of the system, gone with its holder."""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from douyin_crawler.extensions.leases import lock_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)


@contextmanager
def alone(what: str, name: str, store: str) -> Iterator[bool]:
    """Yield whether no other process is at *what* of the plan or job *name* now.

    Until the block ends, none can be; *store* is the address without its password.
    """
    digest = hashlib.sha256(f"{name} {store}".encode()).hexdigest()[:16]
    path = lock_folder() / f"{what}-{digest}.lock"
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as error:  # the rows of runs alone tell then
        logger.debug("No lock file: %s", error)
    try:
        yield True
    finally:
        lock.release()

"""Bounds in time for what may neither end nor take its being cancelled."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

logger = logging.getLogger(__name__)

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what *work* returns.

    ``asyncio.wait_for`` would wait for what swallows its cancellation, as calls of a
    browser that is gone do.

    Raises:
        TimeoutError: it takes longer; it is cancelled, and left alone.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(retrieved)
    try:
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()


def retrieved(task: asyncio.Future[Any]) -> None:
    """Take note of an exception that nobody waits for any more."""
    if not task.cancelled() and (error := task.exception()):
        logger.debug("A call of the browser failed: %s", type(error).__name__)

"""What a store of either kind holds after a crawl, through its own contract."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import TargetVerdict


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Store]:
    """Open a store that has to be there."""
    store = open_store(url)
    await store.open(create=False)
    try:
        yield store
    finally:
        await store.close()


async def records(url: str, kind: str) -> dict[str, dict[str, Any]]:
    """Return the fields of every record of *kind*."""
    async with reading(url) as store:
        return {one.id: one.fields async for one in store.records(kind)}


async def endings(url: str) -> dict[str, TargetVerdict]:
    """Return how each target ended last."""
    async with reading(url) as store:
        return {ending.id: ending for ending in await store.verdicts()}


async def payload(url: str, kind: str, id: str) -> Any:
    """Return the decoded payload of the best source."""
    async with reading(url) as store:
        found = await store.payload(kind, id)
        assert found is not None, f"no payload of {kind} {id}"
        return json.loads(found.text)

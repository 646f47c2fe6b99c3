"""Many writes at once, and the documents that another process was first to save."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from pymongo.errors import BulkWriteError

from douyin_crawler.stores.base import StoreUnavailable
from douyin_crawler.stores.mongo_errors import DUPLICATE_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pymongo import InsertOne, ReplaceOne, UpdateOne
    from pymongo.asynchronous.collection import AsyncCollection

_ROUNDS = 100
_LONGEST_WAIT = 0.5
"""Seconds."""


async def bulk(
    collection: AsyncCollection[Any],
    operations: Sequence[InsertOne[Any] | ReplaceOne[Any] | UpdateOne],
) -> list[int]:
    """Do *operations*, in any order; return the places of those that lost a race.

    An upsert whose filter asks for more than the ``_id`` meets the document that has
    this ``_id`` and is not as the filter wants it: the server then reports its key
    as a duplicate.
    """
    if not operations:
        return []
    try:
        await collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        return lost_races(error)
    return []


def lost_races(error: BulkWriteError) -> list[int]:
    """Return the places of the operations that met another's document.

    Raises:
        BulkWriteError: it tells of anything else.
    """
    errors = error.details["writeErrors"]
    if error.details["writeConcernErrors"]:
        raise error
    if any(one["code"] != DUPLICATE_KEY for one in errors):
        raise error
    return [one["index"] for one in errors]


async def rounds() -> AsyncIterator[int]:
    """Count up with growing pauses, for what has to be done again after a lost race.

    Whoever loses, another has won: all together always get on.

    Raises:
        StoreUnavailable: it was lost again and again.
    """
    for number in range(_ROUNDS):
        yield number
        longest = min(_LONGEST_WAIT, 0.005 * 2**number)
        await asyncio.sleep(random.uniform(0, longest))
    raise StoreUnavailable(
        "other programs keep changing the same records: run fewer at once",
        transient=True,
    )

"""Writes a share of the same posts as other processes do: ``python -m ... URL N``."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from douyin_crawler.stores import open_store
from tests.stores.samples import post

if TYPE_CHECKING:
    from douyin_crawler.items.observation import Observation, Source

IDS = [str(7_000 + n) for n in range(60)]
ROUNDS = 6
BATCH = 7


def observation(id: str, number: int, round_: int) -> Observation:
    """Return what process *number* sees of a post in one round."""
    source: Source = ("own", "feed")[number % 2]
    known: dict[str, Any] = {"desc": f"{number} {round_:03d}", "digg_count": round_ + 1}
    known["region" if number % 2 else "ip_label"] = f"only {number} knows this"
    return post(id, source=source, seconds=round_, **known)


async def main(url: str, number: int) -> None:
    """Write every post in every round, a few at a time."""
    store = open_store(url)
    await store.open()
    for round_ in range(ROUNDS):
        for start in range(0, len(IDS), BATCH):
            some = IDS[start : start + BATCH]
            await store.write([observation(key, number, round_) for key in some])
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))

"""Walks one list, or claims many: ``python -m ... walk|claim URL RUN``."""

from __future__ import annotations

import asyncio
import random
import sys
from typing import TYPE_CHECKING

from douyin_crawler.progress import Checkpoint, Opened, WalkKey
from douyin_crawler.stores import open_store
from douyin_crawler.stores.buffer import WriteBuffer
from tests.stores.samples import at, post
from tests.stores.walk_samples import ending, holder

if TYPE_CHECKING:
    from douyin_crawler.stores.base import Store

LIST = WalkKey("posts", "MS4wWALK")
PAGES = 400
PER_PAGE = 5
HELD = [WalkKey("held", str(n)) for n in range(60)]
BRIEF = [WalkKey("brief", str(n)) for n in range(3)]
ROUNDS = 30


def ids(page: int) -> list[str]:
    """Return the ids that a page of the list has."""
    return [f"{page:04}.{n}" for n in range(PER_PAGE)]


def child(page: int) -> WalkKey:
    """Return the walk that a page of the list opens."""
    return WalkKey("comments", f"{page:04}")


async def walk(store: Store, run_id: str) -> None:
    """Read the list from where it stands, in place of a run that was killed."""
    me = holder(run_id)
    claim = await store.claim(LIST, me, 600, spider="s")
    if claim.token is None:
        over = claim.held_token
        claim = await store.claim(LIST, me, 600, spider="s", over=over)
    assert claim.token is not None
    buffer = WriteBuffer(store, max_records=9, max_age_seconds=0.01)
    for page in range(claim.progress.pages, PAGES):
        for key in ids(page):
            await buffer.put(post(key, digg_count=page, desc=key * 50))
        opened = Opened(
            key=child(page),
            parent=LIST,
            spider="s",
            announced=page,
            run_id=run_id,
            at=at(page),
        )
        await buffer.put(opened)
        await buffer.put(_checkpoint(claim.token, page + 1, run_id))
        await asyncio.sleep(0)
    await buffer.put(ending(claim.token, LIST, run_id=run_id, pages=PAGES))
    await buffer.close()


def _checkpoint(token: int, pages: int, run_id: str) -> Checkpoint:
    return Checkpoint(
        key=LIST,
        token=token,
        cursor=str(pages),
        pages=pages,
        got=pages * PER_PAGE,
        expected=None,
        state=b"",
        run_id=run_id,
        at=at(pages),
    )


async def claim(store: Store, run_id: str) -> None:
    """Claim what can be had, some of it for a moment only; print what was granted."""
    order = random.Random(run_id)
    for keys, seconds in ((HELD, 600.0), (BRIEF * ROUNDS, 0.001)):
        for key in order.sample(keys, len(keys)):
            run = f"{run_id}.{order.random()}"  # no run has a lease of its own before
            granted = await store.claim(key, holder(run), seconds, spider="s")
            if granted.token is not None:
                sys.stdout.write(f"{key.walk} {key.id} {granted.token}\n")


async def main(what: str, url: str, run_id: str) -> None:
    """Do *what* is asked for."""
    store = open_store(url)
    await store.open()
    await {"walk": walk, "claim": claim}[what](store, run_id)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Processes that walk at the same time, and that are killed while they do."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from typing import TYPE_CHECKING

from douyin_crawler.stores import open_store
from tests.stores import walking_process
from tests.stores.walking_process import BRIEF, HELD, LIST, PAGES, PER_PAGE, child, ids
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from pathlib import Path

    from douyin_crawler.stores.base import Store

_KILLS = 4


async def start(what: str, url: str, run_id: str) -> Process:
    command = (sys.executable, "-m", walking_process.__name__, what, url, run_id)
    return await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


async def check_claims(url: str) -> None:
    """Let three processes claim at once: no walk has two holders."""
    processes = [await start("claim", url, f"run{n}") for n in range(3)]
    outputs = await asyncio.gather(*(p.communicate() for p in processes))
    assert [process.returncode for process in processes] == [0, 0, 0]
    granted = [line for out, _ in outputs for line in out.decode().splitlines()]
    once = Counter(granted)
    assert max(once.values()) == 1  # a token is granted once
    held = [line for line in granted if line.startswith("held")]
    assert sorted(held) == sorted(f"held {key.id} 1" for key in HELD)
    store = open_store(url)
    await store.open()
    for key in BRIEF:
        count = sum(line.startswith(f"brief {key.id} ") for line in granted)
        assert await store.progress(key) is not None
        assert f"brief {key.id} {count}" in once  # and none is left out
    await store.close()


async def check_kills(url: str) -> None:
    """Kill whoever walks; what is stored is never behind the checkpoint."""
    store = open_store(url)
    await store.open()
    moment = random.Random(url)
    for number in range(_KILLS):
        before = await _pages(store)
        process = await start("walk", url, f"run{number}")
        while await _pages(store) == before:
            assert process.returncode is None
            await asyncio.sleep(0.002)
        await asyncio.sleep(moment.uniform(0, 0.05))
        process.kill()
        await process.wait()
        assert before < await _check(store) < PAGES
    last = await start("walk", url, "last")
    assert await last.wait() == 0
    assert await _check(store) == PAGES
    assert await store.count("post") == PAGES * PER_PAGE
    ended = await store.progress(LIST)
    assert ended is not None
    assert ended.final
    await store.close()


async def _pages(store: Store) -> int:
    progress = await store.progress(LIST)
    return progress.pages if progress else 0


async def _check(store: Store) -> int:
    """Return how many pages are done: all that they have is there."""
    progress = await store.progress(LIST)
    assert progress is not None
    done = progress.pages
    wanted = {key for page in range(done) for key in ids(page)}
    stored = await store.load("post", list(wanted))
    assert stored.keys() == wanted
    for page in range(done):
        opened = await store.progress(child(page))
        assert opened is not None
        assert (opened.parent, opened.announced) == (LIST, page)
    return done


async def test_claims_in_sqlite(path: Path) -> None:
    await check_claims(f"sqlite:///{path}")


async def test_claims_in_mongodb(mongodb_url: str) -> None:
    await check_claims(mongodb_url)


async def test_kills_in_sqlite(path: Path) -> None:
    await check_kills(f"sqlite:///{path}")


async def test_kills_in_mongodb(mongodb_url: str) -> None:
    await check_kills(mongodb_url)

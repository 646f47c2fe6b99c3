"""Several processes that write the same posts, and what has to come of it."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from itertools import product
from typing import TYPE_CHECKING

from douyin_crawler.stores import open_store
from douyin_crawler.stores.merge import merge, record_of
from tests.stores import writer_process
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from douyin_crawler.stores.merge import Record


async def start_writer(url: str, number: int = 0) -> Process:
    """Start the process *number*."""
    command = [sys.executable, "-m", "tests.stores.writer_process", url, str(number)]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT)


async def check_two_writers(url: str) -> None:
    """Let two processes write at once; nothing that one of them saw may be lost."""
    processes = [await start_writer(url, number) for number in range(2)]
    assert [await process.wait() for process in processes] == [0, 0]
    store = open_store(url)
    await store.open()
    found = await store.load("post", writer_process.IDS)
    await store.close()
    for key in writer_process.IDS:
        assert dataclasses.replace(found[key], revision=0) == _expected(key)


def _expected(id: str) -> Record:
    known: Record | None = None
    for number, round_ in product(range(2), range(writer_process.ROUNDS)):
        shown = writer_process.observation(id, number, round_)
        known = merge(known, record_of(shown)).record
    assert known is not None
    return known

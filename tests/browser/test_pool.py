"""Pages that are lent, retired and opened beside what goes on."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

from douyin_crawler.browser.pool import PagePool


def page() -> Any:
    """Return what stands in for an open page."""
    return SimpleNamespace(lost=False, retired=False, under_way=0)


async def test_a_retired_page_is_let_go_when_it_is_idle() -> None:
    gone: list[Any] = []
    opened = [page(), page()]
    waiting = iter(opened)
    pool = PagePool(2, gone.append)

    async def open_page() -> Any:
        return next(waiting)

    async with pool.page(open_page) as first:
        first.retired = True
        async with pool.page(open_page) as second:
            assert second is opened[1]
            assert not gone, "something is under way in it"
    async with pool.page(open_page) as again:
        assert again is opened[1]
        assert gone == [opened[0]]


async def test_a_further_page_that_can_t_be_opened_costs_nothing() -> None:
    pool, first = PagePool(2, lambda _: None), page()
    opened = 0

    async def open_page() -> Any:
        nonlocal opened
        opened += 1
        await asyncio.sleep(0)
        if opened > 1:
            raise OSError("nothing answers")
        return first

    async with AsyncExitStack() as lent:
        for _ in range(9):
            assert await lent.enter_async_context(pool.page(open_page)) is first
            await asyncio.sleep(0)
    assert opened == 2, "and is not tried again at once"

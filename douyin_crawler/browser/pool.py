"""The pages of a crawl: few, each for many requests, and replaced when one is lost."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from douyin_crawler.browser.pages import ApiPage

_BUSY = 3
"""Requests under way in a page from which on another page is opened."""


class PagePool:
    """Hands out pages; opens one where there is none, or where all are busy."""

    def __init__(self, most: int, discard: Callable[[ApiPage], None]) -> None:
        self._most = most
        self._discard = discard
        self._pages: list[ApiPage] = []
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def page(
        self, open_page: Callable[[], Awaitable[ApiPage]]
    ) -> AsyncIterator[ApiPage]:
        """Lend a page for one request.

        Raises:
            Exception: what *open_page* raises.
        """
        async with self._opening:
            self._drop_lost()
            page = min(self._pages, key=lambda p: p.under_way, default=None)
            if page is None or (
                page.under_way >= _BUSY and len(self._pages) < self._most
            ):
                page = await open_page()
                self._pages.append(page)
            page.under_way += 1
        try:
            yield page
        finally:
            page.under_way -= 1

    def _drop_lost(self) -> None:
        for page in [page for page in self._pages if page.lost]:
            self._pages.remove(page)
            self._discard(page)

    def forget(self) -> None:
        """Give all pages up."""
        for page in self._pages:
            page.lose("Chromium has ended")
        self._pages.clear()

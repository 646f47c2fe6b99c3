"""The pages of a crawl: few, each for many requests, and replaced when one is lost."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from douyin_crawler.browser.pages import ApiPage

logger = logging.getLogger(__name__)

_BUSY = 3
"""Requests under way in a page from which on another page is opened."""
_APART = 60.0
"""Seconds after which a further page is tried again that could not be opened."""


class PagePool:
    """Hands out pages; opens one where there is none, or where all are busy."""

    def __init__(self, most: int, discard: Callable[[ApiPage], None]) -> None:
        self._most = most
        self._discard = discard
        self._pages: list[ApiPage] = []
        self._opening = asyncio.Lock()
        self._further: asyncio.Task[None] | None = None
        self._further_at = 0.0

    @property
    def empty(self) -> bool:
        """Whether no page is there to ask in."""
        return all(page.lost for page in self._pages)

    @asynccontextmanager
    async def page(
        self, open_page: Callable[[], Awaitable[ApiPage]]
    ) -> AsyncIterator[ApiPage]:
        """Lend a page for one request.

        The first is waited for. A further one is opened beside what goes on, and costs
        no request anything if it can't be.

        Raises:
            Exception: what *open_page* raises.
        """
        async with self._opening:
            usable = self._usable()
            if not usable:
                self._pages.append(await open_page())
                usable = self._pages[-1:]
            page = min(usable, key=lambda p: p.under_way)
            if page.under_way >= _BUSY and len(usable) < self._most:
                self._open_further(open_page)
            page.under_way += 1
        try:
            yield page
        finally:
            page.under_way -= 1

    def _usable(self) -> list[ApiPage]:
        """Return the pages to ask in; let go of those that are none any more."""
        for page in list(self._pages):
            if page.lost or (page.retired and not page.under_way):
                self._pages.remove(page)
                self._discard(page)
        return [page for page in self._pages if not page.retired]

    def _open_further(self, open_page: Callable[[], Awaitable[ApiPage]]) -> None:
        under_way = self._further is not None and not self._further.done()
        if not under_way and time.monotonic() >= self._further_at:
            self._further = asyncio.ensure_future(self._open_beside(open_page))

    async def _open_beside(self, open_page: Callable[[], Awaitable[ApiPage]]) -> None:
        try:
            self._pages.append(await open_page())
        except Exception as error:
            self._further_at = time.monotonic() + _APART
            if isinstance(error, IgnoreRequest) and not str(error):
                return  # the run ends
            logger.info("No further page could be opened: %s", error)

    def forget(self) -> None:
        """Give all pages up."""
        if self._further is not None:
            self._further.cancel()
        for page in self._pages:
            page.lose("Chromium has ended")
        self._pages.clear()

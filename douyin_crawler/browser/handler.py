"""scrapy-playwright's handler, started when it is needed and not with the engine."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any, TypeVar

    from playwright.async_api import BrowserContext, Page, Request
    from scrapy.crawler import Crawler

    T = TypeVar("T")

_UNSEEN = frozenset({"image", "media", "font"})
"""Kinds of resources that no script needs to sign a request."""
_MOST = 1_000
"""Pages of a context: how many there are is decided by the pool."""


def _is_no_end_of_the_driver(record: logging.LogRecord) -> bool:
    """Leave out what Playwright has under way when its driver ends: it is told anew."""
    error = record.exc_info[1] if record.exc_info else None
    return "Connection closed while reading from the driver" not in str(error)


class PageHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Navigates pages as scrapy-playwright does, with what this project decides.

    Chromium's own headers go out; images, media, fonts and what *allow* refuses (by
    its address) do not.
    """

    def __init__(self, crawler: Crawler, allow: Callable[[str], bool]) -> None:
        super().__init__(crawler)
        # It would start Playwright with the engine, and this one is made later.
        crawler.signals.disconnect(self._maybe_launch_in_thread, signals.engine_started)
        # It logs the signed address of each request.
        logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)
        logging.getLogger("asyncio").addFilter(_is_no_end_of_the_driver)
        self._allow = allow
        self.process_request_headers = None
        self.abort_request = self._refuses
        self.config.max_pages_per_context = _MOST
        self.config.download_timeout_secs = 1.0  # no page of the site is a download

    async def start(self) -> None:
        """Start Playwright's driver; Chromium starts with the first context."""
        await self.on_loop(self._launch())

    async def context(self, name: str, options: dict[str, Any]) -> BrowserContext:
        """Start Chromium with *options* of ``launch_persistent_context``."""
        wrapper = await self._create_browser_context(name, options)
        context: BrowserContext = wrapper.context
        return context

    async def window(self, context: BrowserContext) -> Page:
        """Open an empty page in a window of its own.

        Of several in one window only the one in front tells the window's true size,
        and a page that shows two fingerprints is refused [seen with Chromium 156].
        """
        assert context.browser is not None
        cdp = await context.browser.new_browser_cdp_session()
        blank = {"url": "about:blank", "newWindow": True}
        async with context.expect_page() as opened:
            await cdp.send("Target.createTarget", blank)
        await cdp.detach()
        return await opened.value

    async def on_loop(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run *coroutine* where Playwright runs: on Windows, in a loop of its own."""
        run: Awaitable[T] = self._maybe_future_from_coro(coroutine)
        return await run

    def _refuses(self, request: Request) -> bool:
        return request.resource_type in _UNSEEN or not self._allow(request.url)

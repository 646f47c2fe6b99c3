"""The browser of a run: started when it is needed, anew when it is killed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadFailedError

from douyin_crawler.api.errors import BrowserFailed
from douyin_crawler.browser.bounded import within
from douyin_crawler.browser.pages import PageLost
from douyin_crawler.browser.pool import PagePool
from douyin_crawler.browser.start import StartedChromium

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping

    from scrapy.crawler import Crawler

    from douyin_crawler.api.browser import PageFacts
    from douyin_crawler.browser.pages import ApiPage
    from douyin_crawler.extensions.run import RunExtension

logger = logging.getLogger(__name__)

_STEPS, _GRACE = 2, 10.0
"""What opening a page takes at most: two steps of DOWNLOAD_TIMEOUT, and seconds."""
_STARTS = 3
"""Times that a page is tried to be opened while Chromium ends under it."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit of the site's page has brought."""

    cookies: dict[str, str] = field(repr=False)
    facts: PageFacts


class BrowserEngine:
    """Opens the site's pages in a Chromium that lives as long as they are needed."""

    def __init__(self, crawler: Crawler, run: RunExtension) -> None:
        self._crawler = crawler
        self._run = run
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._pool = PagePool(run.config.browser_pages, self._discard)
        self._chromium: StartedChromium | None = None
        self._has_started = False
        self._one_by_one = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def page(
        self, visit: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[ApiPage]:
        """Lend a page for one request; *visit* is awaited before one is opened.

        Raises:
            BrowserFailed: Chromium does not start.
            ApiError: the site refuses the page, or shows a captcha.
            Exception: what plain HTTP raises when nothing answers.
        """

        async def open_page() -> ApiPage:
            await visit()
            return await self._open_page()

        async with self._pool.page(open_page) as page:
            yield page

    async def visit(self) -> Visited:
        """Return what a new visitor (or the login) gets of the site's page.

        Chromium is started for it, and ended.

        Raises:
            As `page` does.
        """
        session = self._run.session
        chromium = await self._start(session.cookies if session.logged_in else {})
        try:
            page = await self._open_in(chromium)
            assert page.facts is not None
            return Visited(await chromium.cookies(), page.facts)
        finally:
            await chromium.close()

    async def keep_secrets(self) -> None:
        """Let the session know what cookies the site's script has set."""
        if self._chromium is not None and not self._chromium.gone:
            self._run.session.update(await self._chromium.cookies())

    async def close(self) -> None:
        """End Chromium and its profile; within some ten seconds, whatever it does."""
        self._pool.forget()
        chromium, self._chromium = self._chromium, None
        if chromium is not None:
            await chromium.close()
        if self._ending:
            await asyncio.wait(self._ending)

    def _discard(self, page: ApiPage) -> None:
        """Close a page that was lost, beside what goes on."""
        self._run.count("browser/pages_lost")
        if self._chromium and not self._chromium.gone:
            self._beside(self._close_page(page, self._chromium))

    async def _close_page(self, page: ApiPage, chromium: StartedChromium) -> None:
        if not await page.close() and not chromium.gone:
            logger.warning("A page that hangs can't be closed: Chromium is ended")
            self._pool.forget()
            await chromium.close()

    async def _open_page(self) -> ApiPage:
        """Open a page in the run's Chromium, which may be killed meanwhile."""
        async with self._one_by_one:
            return await self._open_in_turn()

    async def _open_in_turn(self) -> ApiPage:
        for _ in range(_STARTS):
            if self._chromium is None or self._chromium.gone:
                if self._chromium is not None:
                    self._run.count("browser/restarts")
                    logger.warning("Chromium has ended, and is started anew")
                    self._pool.forget()
                    self._beside(self._chromium.close())
                self._chromium = await self._start(self._run.session.cookies)
            try:
                page = await self._open_in(self._chromium)
                await self.keep_secrets()
            except PageLost as lost:
                logger.info("A page was lost while it was opened: %s", lost)
                if not (self._chromium.gone or self._pool.empty):
                    raise DownloadFailedError(str(lost)) from None
                self._chromium.gone = True
            else:
                return page
        raise DownloadFailedError("Chromium ends as often as it is started")

    async def _start(self, cookies: Mapping[str, str]) -> StartedChromium:
        """Start Chromium; once more where it has started before."""
        for last in (not self._has_started, True):
            chromium = StartedChromium(self._crawler, self._run.config)
            try:
                await chromium.start(cookies)
                break
            except BrowserFailed as error:
                if last:
                    raise
                logger.warning("%s; once more", error.evidence)
        self._has_started = True
        self._run.count("browser/starts")
        return chromium

    async def _open_in(self, chromium: StartedChromium) -> ApiPage:
        """Open the site's page and wait until it is ready.

        Raises:
            PageLost: Chromium or the page ended meanwhile.
        """
        # Playwright is there by now.
        from douyin_crawler.browser.opening import open_page  # noqa: PLC0415

        work = open_page(chromium, self._run.config.base_url, self._timeout)
        try:
            page = await within(_STEPS * self._timeout + _GRACE, work)
        except TimeoutError:
            raise PageLost("it could not be opened in time") from None
        self._run.count("browser/pages")
        return page

    def _beside(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

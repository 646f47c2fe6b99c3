"""One start of Chromium: the driver, the profile and the context, from begin to end."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
from scrapy import Request

from douyin_crawler.api.errors import BrowserFailed
from douyin_crawler.api.evidence import one_line
from douyin_crawler.browser.bounded import within
from douyin_crawler.browser.chromium import BrowserMissing, launch_options
from douyin_crawler.browser.pages import PageLost
from douyin_crawler.browser.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from playwright.async_api import BrowserContext, Page
    from scrapy.crawler import Crawler

    from douyin_crawler.browser.handler import PageHandler
    from douyin_crawler.config import Config

logger = logging.getLogger(__name__)

_CLOSING = 10.0
"""Seconds for an orderly end; what has not ended then is killed."""
_COMPLAINT = re.compile(r"ERROR:|FATAL:|error while|No usable sandbox|not found")
_OTHER_SCHEMES = frozenset({"data", "blob", "about"})


class StartedChromium:
    """A Chromium with a temporary profile of its own."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._config = config
        self._handler: PageHandler | None = None
        self._profile: Profile | None = None
        self._context: BrowserContext | None = None
        self._drivers: list[psutil.Process] = []
        self.gone = False
        """Whether it has ended, by whomever."""

    async def start(self, cookies: Mapping[str, str]) -> None:
        """Start it, with *cookies* for the site.

        Raises:
            BrowserFailed: it does not start.
        """
        try:
            options = await asyncio.to_thread(
                launch_options, self._config, headless=True
            )
            self._profile = await asyncio.to_thread(Profile.create)
            options["env"] |= self._profile.environment
            await self._launch(options | {"user_data_dir": str(self._profile.path)})
        except (BrowserMissing, OSError) as error:
            await self.close()
            raise BrowserFailed(str(error)) from None
        except Exception as error:
            await self.close()
            raise BrowserFailed(_reason(error)) from None
        await self._on_loop(self._give(cookies))

    async def _launch(self, options: dict[str, Any]) -> None:
        # Half a second and much memory, that plain crawls need not pay.
        from douyin_crawler.browser.handler import PageHandler  # noqa: PLC0415

        before = set(psutil.Process().children())
        self._handler = PageHandler(self._crawler, self._allows)
        await self._handler.start()
        self._drivers = [p for p in psutil.Process().children() if p not in before]
        options = options | {"service_workers": "block"}
        self._context = await self._on_loop(self._handler.context("douyin", options))
        self._context.on("close", self._ended)

    def _ended(self, _context: object = None) -> None:
        self.gone = True

    async def open(
        self,
        url: str,
        prepare: Callable[[Page], Awaitable[None]],
        *,
        timeout: float,  # noqa: ASYNC109 - Playwright's own
    ) -> None:
        """Open a page, prepare it, and begin to load *url* in it.

        Raises:
            playwright.async_api.Error: it can't be opened, or nothing is there.
        """
        assert self._handler is not None
        assert self._context is not None

        async def prepared(page: Page, _request: Request) -> None:
            await prepare(page)

        meta = {
            "playwright": True,
            "playwright_context": "douyin",
            "playwright_page": await self._on_loop(self._handler.window(self._context)),
            "playwright_include_page": True,
            "playwright_page_init_callback": prepared,
            "playwright_page_goto_kwargs": {
                "wait_until": "commit",
                "timeout": timeout * 1000,
            },
        }
        await self._handler.download_request(Request(url, meta=meta))

    async def cookies(self) -> dict[str, str]:
        """Return the site's cookies, by name.

        Raises:
            PageLost: Chromium has ended.
        """
        assert self._context is not None
        url = self._config.base_url
        try:
            cookies = await self._on_loop(self._context.cookies(url))
        except Exception as error:
            raise PageLost(f"Chromium has ended ({type(error).__name__})") from None
        return {cookie["name"]: cookie["value"] for cookie in cookies}

    async def _give(self, cookies: Mapping[str, str]) -> None:
        assert self._context is not None
        where = {"url": self._config.base_url}
        if not self._config.moved:
            where = {"domain": ".douyin.com", "path": "/"}
        for name, value in cookies.items():
            # One that Chromium does not take keeps the others from no page.
            with suppress(Exception):
                cookie: Any = {"name": name, "value": value, **where}
                await self._context.add_cookies([cookie])

    async def close(self) -> None:
        """End all of it, within seconds: by force what does not end by itself."""
        self.gone = True
        handler, self._handler = self._handler, None
        if handler is not None:
            with suppress(Exception):  # by force, then
                await within(_CLOSING, handler.close())
        if self._profile is not None:
            await asyncio.to_thread(self._profile.end)
        for driver in self._drivers:
            with suppress(psutil.Error):
                driver.kill()

    def _allows(self, address: str) -> bool:
        if not self._config.moved:
            return True
        parts = urlsplit(address)
        return (
            parts.scheme in _OTHER_SCHEMES
            or parts.hostname == urlsplit(self._config.base_url).hostname
        )

    async def _on_loop(self, coroutine: Any) -> Any:
        assert self._handler is not None
        return await self._handler.on_loop(coroutine)


def _reason(error: Exception) -> str:
    """Return what Chromium itself says of its end, else what Playwright says."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = [line for line in lines if _COMPLAINT.search(line)]
    return one_line((said or lines or [type(error).__name__])[0])

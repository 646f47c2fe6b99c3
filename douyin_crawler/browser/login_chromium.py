"""The Chromium of a login: with a profile of its own, and gone when the login is."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import psutil
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright

from douyin_crawler.browser.bounded import within
from douyin_crawler.browser.chromium import launch_options
from douyin_crawler.browser.profiles import end_processes
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import BrowserContext, Playwright

    from douyin_crawler.config import Config

_STARTING = 30_000.0
"""Milliseconds for its start."""
_CLOSING = 10.0
"""Seconds for an orderly end, in which the profile is written."""


class LoginFailed(Exception):  # noqa: N818 - it says how it ended
    """Nobody has logged in; one line, and the exit status that goes with it."""

    def __init__(self, message: str, status: ExitStatus = ExitStatus.LOGIN) -> None:
        super().__init__(message)
        self.status = status


@asynccontextmanager
async def chromium_of(
    config: Config, *, headless: bool
) -> AsyncIterator[BrowserContext]:
    """Start it; end it in order, and whatever of it does not end.

    Raises:
        LoginFailed: it does not start.
        BrowserMissing: there is none.
    """
    options = launch_options(config, headless=headless)
    profile = config.profile_path
    try:
        async with _driver() as playwright:
            try:
                context = await playwright.chromium.launch_persistent_context(
                    profile, timeout=_STARTING, **options
                )
            except PlaywrightError as error:
                raise LoginFailed(_why_not_started(error), ExitStatus.USAGE) from None
            try:
                yield context
            finally:
                with suppress(PlaywrightError, TimeoutError):
                    await within(_CLOSING, context.close())
    finally:
        end_processes(profile)


@asynccontextmanager
async def _driver() -> AsyncIterator[Playwright]:
    """Start Playwright's driver; end it, by force where it does not end."""
    before = set(psutil.Process().children())
    playwright = await async_playwright().start()
    begun = [one for one in psutil.Process().children() if one not in before]
    try:
        yield playwright
    finally:
        with suppress(Exception):
            await within(_CLOSING, playwright.stop())
        for process in begun:
            with suppress(psutil.Error):
                process.kill()


def _why_not_started(error: PlaywrightError) -> str:
    lines = [line.strip(" -│║╔╗╚╝═") for line in error.message.splitlines()]
    told = next((li for li in lines if ":ERROR:" in li or "rror while" in li), lines[0])
    told = re.sub(r"^.*?:ERROR:\S*?\s", "", told)
    return f"Chromium does not start: {told}"

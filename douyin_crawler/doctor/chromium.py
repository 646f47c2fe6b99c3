"""Chromium: found, of which version, and whether it starts and opens a page."""

from __future__ import annotations

import asyncio
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from douyin_crawler.doctor.finding import failed, ok, skipped, warning
from douyin_crawler.doctor.threads import in_thread

if TYPE_CHECKING:
    from douyin_crawler.config import Config
    from douyin_crawler.doctor.finding import About, Finding

_NAME = "chromium"
_PACKAGES = ("playwright", "scrapy_playwright")
_START = 30.0
"""Seconds for the start, and for a page."""


async def check_chromium(about: About) -> list[Finding]:
    """Start it without a window, and open a blank page; nothing is asked."""
    if any(find_spec(package) is None for package in _PACKAGES):
        return [_missing(about, "scrapy-playwright is not installed")]
    # It is no small import, and most runs need no browser.
    from douyin_crawler.browser.chromium import (  # noqa: PLC0415
        BrowserMissing,
        find_chromium,
    )

    try:
        path = await in_thread(lambda: find_chromium(about.config.chromium))
        version = await _opened(about.config)
    except BrowserMissing as error:
        return [_missing(about, str(error))]
    except Exception as error:
        return [_broken(about, error)]
    where = "Playwright's own" if path is None else str(path)
    return [ok(_NAME, f"{version}, {where}: starts and opens a page")]


def _missing(about: About, told: str) -> Finding:
    wrong, _, advice = told.partition("; ")
    if about.config.needs_browser:
        return failed(_NAME, wrong, advice)
    if about.wants_browser:
        return warning(_NAME, f"{wrong}, so DOUYIN_SIGNER=auto stays plain", advice)
    if about.config.chromium:
        return warning(_NAME, wrong, advice)
    return skipped(_NAME, f"{wrong}, and nothing needs it", advice)


def _broken(about: About, error: Exception) -> Finding:
    # Playwright's messages are pages long: the first line says it.
    told = next(filter(None, str(error).splitlines()), type(error).__name__)
    advice = "start it by hand, or name another one in DOUYIN_CHROMIUM"
    judge = failed if about.wants_browser else warning
    return judge(_NAME, f"it is there and does not start: {told[:200]}", advice)


async def _opened(config: Config) -> str:
    """Return the version of the Chromium that has opened a page.

    Raises:
        Exception: whatever Playwright has to say.
    """
    from playwright.async_api import async_playwright  # noqa: PLC0415

    from douyin_crawler.browser.chromium import launch_options  # noqa: PLC0415
    from douyin_crawler.browser.profiles import Profile  # noqa: PLC0415

    options = await in_thread(lambda: launch_options(config, headless=True))
    profile = await in_thread(Profile.create)
    try:
        async with asyncio.timeout(_START), async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                profile.path, **options
            )
            try:
                page = await context.new_page()
                await page.goto("about:blank")
                return _version(await page.evaluate("navigator.userAgent"))
            finally:
                await context.close()
    finally:
        await in_thread(profile.end)


def _version(user_agent: str) -> str:
    found = re.search(r"Chrome/(\d+)", user_agent)
    return f"version {found[1]}" if found else "of an unknown version"

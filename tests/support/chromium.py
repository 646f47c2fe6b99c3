"""A real Chromium for tests: headless, with an empty profile of its own."""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import BrowserContext, Page

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    # A desktop of 1080p with a task bar, as the site's visitors have it.
    *("--window-size=1920,1032", "--screen-info={1920x1080 workAreaBottom=48}"),
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def _found() -> str | None:
    given = os.environ.get("DOUYIN_CHROMIUM")
    return given or next(filter(None, map(shutil.which, _NAMES)), None)


CHROMIUM = _found()
"""The executable; None where there is none."""

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None,
    reason="playwright or Chromium is missing (apt-get install chromium)",
)


@asynccontextmanager
async def browser_context(**options: Any) -> AsyncIterator[BrowserContext]:
    """Start Chromium; a context for Playwright's *options* (``user_agent``, ...)."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield await browser.new_context(no_viewport=True, **options)
        finally:
            await browser.close()


@asynccontextmanager
async def browser_page(**options: Any) -> AsyncIterator[Page]:
    """Start Chromium and open one page."""
    async with browser_context(**options) as context:
        yield await context.new_page()

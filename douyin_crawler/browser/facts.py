"""What a page tells of the browser that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from douyin_crawler.api.browser import PageFacts
from douyin_crawler.browser.scripts import script

if TYPE_CHECKING:
    from playwright.async_api import Page


async def page_facts(page: Page) -> PageFacts:
    """Return what the script of *page* can read of its browser.

    Raises:
        playwright.async_api.Error: the page is gone, or goes elsewhere.
        msgspec.ValidationError: it tells what no browser is.
    """
    told = await page.evaluate(script("facts"))
    return msgspec.convert(told, PageFacts, strict=False)

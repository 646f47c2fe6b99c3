"""Opens a page of the site, up to where requests can be made in it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.async_api import Error, Page
from playwright.async_api import TimeoutError as NotInTime
from scrapy.exceptions import DownloadTimeoutError

from douyin_crawler.browser.net_errors import network_error
from douyin_crawler.browser.pages import ApiPage, PageLost
from douyin_crawler.browser.ready import wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.browser.start import StartedChromium

_API = "/aweme/"


async def open_page(
    chromium: StartedChromium,
    base_url: str,
    timeout: float,  # noqa: ASYNC109 - of each step
) -> ApiPage:
    """Return a page in which requests can be made.

    Raises:
        PageLost: the page, or Chromium, ended meanwhile.
        ApiError: the site refuses the page, or shows a captcha.
        Exception: what plain HTTP raises when nothing answers.
    """
    opened: list[ApiPage] = []
    url = f"{base_url.rstrip('/')}/"

    async def prepare(page: Page) -> None:
        opened.append(ApiPage(page))
        await opened[0].prepare(f"{base_url.rstrip('/')}{_API}")

    try:
        with _while_it_moves(opened):
            await chromium.open(url, prepare, timeout=timeout)
        await wait_until_ready(opened[0], url, timeout)
    except BaseException as error:
        if opened:
            await opened[0].close()
        if isinstance(error, Error):
            raise _named(error, timeout) from None
        raise
    return opened[0]


@contextmanager
def _while_it_moves(opened: list[ApiPage]) -> Iterator[None]:
    """Take no offence at a page that loads itself anew, as a challenge does.

    scrapy-playwright reads the text of a page that has come; we read it when it rests.
    """
    try:
        yield
    except Error as error:
        came = opened and opened[0].document[0] and not opened[0].lost
        if not came or "navigating" not in error.message:
            raise


def _named(error: Error, seconds: float) -> Exception:
    if isinstance(error, NotInTime):
        return DownloadTimeoutError(f"the page did not load within {seconds:g} s")
    if "net::" in error.message:
        return network_error(error.message)
    return PageLost("it ended while it was opened")

"""A page of the site in which requests are made, by its own script."""

from __future__ import annotations

import asyncio
import base64
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from douyin_crawler.api.browser import Browser
from douyin_crawler.browser.bounded import retrieved
from douyin_crawler.browser.facts import page_facts
from douyin_crawler.browser.net_errors import network_error
from douyin_crawler.browser.scripts import script

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page, Request, Response

    from douyin_crawler.api.browser import PageFacts

_LOOK = 3.0
"""Seconds of silence after which a page is asked whether it is still there."""
_PATIENCE = 8.0
"""Seconds that it has for the answer."""
_REASON = 2.0
"""Seconds for Chromium to say why a request failed."""
_STOPPED = "BlockedByResponse"
"""How a redirect is stopped; the page sees a request that failed."""
_OURS = ("net::ERR_BLOCKED_BY_RESPONSE", "net::ERR_ABORTED")
"""What requests fail of that were stopped by us or by the page's script."""


class PageLost(Exception):  # noqa: N818 - the page, not the request
    """A page crashed, hangs or went elsewhere: its requests are to be made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, as the page is asked to make it."""

    method: str
    url: str = field(repr=False)
    headers: dict[str, str]
    body: str | None = field(repr=False)
    timeout: float
    largest: int
    """Bytes; 0: as many as come."""
    by: str
    """``fetch`` or ``xhr``."""

    def is_made_by(self, request: Seen) -> bool:
        """Return whether *request* is this one with what the script added to it."""
        ours, made = urlsplit(self.url), urlsplit(request.url)
        return (
            request.method == self.method
            and ours.path == made.path
            and _pairs(ours.query) <= _pairs(made.query)
            and _pairs(self.body or "") <= _pairs(request.body)
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body is exact, and unpacked."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as Chromium saw it: signed, so no log may show it."""

    method: str
    url: str = field(repr=False)
    body: str = field(repr=False)
    at: float
    failure: str = ""
    answer: Answer | None = None


class ApiPage:
    """One page; many requests may be under way in it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._born = 0.0
        self._seen: deque[Seen] = deque(maxlen=50)
        self._news = asyncio.Event()
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._cdp: CDPSession | None = None
        self.under_way = 0
        self.proven = False
        """Whether it has brought data that has to be signed for."""
        self.retired = False
        """Whether nothing new is to be asked in it."""
        self.document: tuple[int, dict[str, str]] = (0, {})
        """Status and headers of what was loaded last."""
        self.ways: tuple[str, ...] = ("fetch", "xhr")
        """``fetch`` and ``xhr``, first what the page's script has hooked."""
        self.browser: Browser | None = None
        self.facts: PageFacts | None = None

    @property
    def lost(self) -> bool:
        """Whether nothing can be asked in it any more."""
        return self._lost.done()

    async def prepare(self, api: str) -> None:
        """Watch for its end, and for what becomes of requests below *api*."""
        self._page.on("crash", lambda _: self.lose("it crashed"))
        self._page.on("close", lambda _: self.lose("it was closed"))
        self._page.on("requestfailed", self._failed)
        self._page.on("response", self._loaded)
        self._cdp = await self._page.context.new_cdp_session(self._page)
        self._cdp.on("Fetch.requestPaused", self._paused)
        patterns = [{"urlPattern": f"{api}*", "requestStage": "Response"}]
        await self._cdp.send("Fetch.enable", {"patterns": patterns})

    async def take_stock(self, born: float, hooked: dict[str, bool]) -> None:
        """Note what the page is, now that it is ready."""
        self._born = born
        self.ways = tuple(sorted(self.ways, key=lambda way: not hooked[way]))
        self.facts = await page_facts(self._page)
        self.browser = Browser.from_page(self.facts)

    def lose(self, why: str) -> None:
        """Give the page up, and all that is under way in it."""
        if not self._lost.done():
            self._lost.set_result(why)
            self._news.set()

    async def look(self, text: str) -> Any:
        """Evaluate something that takes no time.

        Raises:
            PageLost: the page hangs, or is gone.
            playwright.async_api.Error: it goes elsewhere.
        """
        asked = asyncio.ensure_future(self._page.evaluate(text))
        asked.add_done_callback(retrieved)
        await self._wait(asked, _PATIENCE)
        if not asked.done():
            self.lose("it hangs")
        if self.lost:
            raise PageLost(self._lost.result())
        return asked.result()

    async def close(self) -> bool:
        """Close it; return whether it did close in time."""
        self.lose("it is not needed any more")
        closing = asyncio.ensure_future(self._page.close())
        closing.add_done_callback(retrieved)
        await asyncio.wait({closing}, timeout=_PATIENCE)
        return closing.done()

    async def fetch(self, call: Call) -> Answer:
        """Make the request in the page.

        Raises:
            PageLost: the page did not live to see the answer.
            Exception: what plain HTTP raises; without any address.
        """
        began = time.monotonic()
        told = await self._evaluate(
            script("fetch"), _described(call, self._born), call.timeout
        )
        match told.get("error"):
            case None:
                headers = [(str(n), str(v)) for n, v in told["headers"]]
                return Answer(told["status"], headers, base64.b64decode(told["body"]))
            case "moved":
                self.lose("it loaded anew")
                raise PageLost("it loaded anew")
            case "timeout":
                raise DownloadTimeoutError(f"no answer within {call.timeout:g} s")
            case "large":
                raise DownloadCancelledError(
                    f"the answer is larger than {call.largest} bytes"
                )
        return await self._fate(call, began)

    async def _fate(self, call: Call, began: float) -> Answer:
        """Return the redirect that was stopped, or raise why the request failed."""
        until = time.monotonic() + _REASON
        while True:
            for seen in list(self._seen):
                if seen.at < began or not call.is_made_by(seen):
                    continue
                self._seen.remove(seen)
                if seen.answer:
                    return seen.answer
                raise network_error(seen.failure)
            left = until - time.monotonic()
            if left <= 0 or self.lost:
                raise DownloadFailedError("the page's script did not send it")
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)

    async def _evaluate(self, text: str, argument: Any, within: float) -> Any:
        """Evaluate in the page, which may crash, hang or go elsewhere meanwhile."""
        asked = asyncio.ensure_future(self._page.evaluate(text, argument))
        asked.add_done_callback(retrieved)
        until = time.monotonic() + within + _PATIENCE
        while not self.lost:
            await self._wait(asked, _LOOK)
            if asked.done():
                break
            if time.monotonic() > until or not await self._answers():
                self.lose("it hangs")
        if asked.done() and not asked.cancelled() and not asked.exception():
            return asked.result()
        if asked.done():
            self.lose("it went elsewhere, or Chromium ended")
        raise PageLost(self._lost.result())

    async def _answers(self) -> bool:
        probe = asyncio.ensure_future(self._page.evaluate("1"))
        probe.add_done_callback(retrieved)
        await self._wait(probe, _PATIENCE)
        return probe.done()

    async def _wait(self, future: asyncio.Future[Any], seconds: float) -> None:
        """Wait for what is evaluated, or for the end of the page."""
        both: set[asyncio.Future[Any]] = {future, self._lost}
        await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def _loaded(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self.document = response.status, response.headers

    def _failed(self, request: Request) -> None:
        if (failure := request.failure) and not failure.startswith(_OURS):
            self._note(
                Seen(
                    request.method,
                    request.url,
                    request.post_data or "",
                    time.monotonic(),
                    failure=failure,
                )
            )

    def _paused(self, event: dict[str, Any]) -> None:
        going = asyncio.ensure_future(self._let_go(event))
        going.add_done_callback(retrieved)

    async def _let_go(self, event: dict[str, Any]) -> None:
        """Let an answer through to the page; a redirect is not followed."""
        assert self._cdp is not None
        which = {"requestId": event["requestId"]}
        status = event.get("responseStatusCode", 0)
        if not 300 <= status < 400 or status == 304:
            await self._cdp.send("Fetch.continueRequest", which)
            return
        request = event["request"]
        headers = [(h["name"], h["value"]) for h in event.get("responseHeaders", ())]
        self._note(
            Seen(
                request["method"],
                request["url"],
                request.get("postData", ""),
                time.monotonic(),
                answer=Answer(status, headers, b""),
            )
        )
        await self._cdp.send("Fetch.failRequest", which | {"errorReason": _STOPPED})

    def _note(self, seen: Seen) -> None:
        self._seen.append(seen)
        self._news.set()


def _described(call: Call, born: float) -> dict[str, Any]:
    return {
        "method": call.method,
        "url": call.url,
        "headers": call.headers,
        "body": call.body,
        "timeout": call.timeout,
        "largest": call.largest,
        "by": call.by,
        "born": born,
    }


def _pairs(query: str) -> set[tuple[str, str]]:
    return set(parse_qsl(query, keep_blank_values=True))

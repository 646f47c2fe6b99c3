"""Requests made inside a page of the site, whose own script signs them."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadFailedError
from scrapy.http import Headers, TextResponse

from douyin_crawler.api import errors
from douyin_crawler.api.classify import classify
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.evidence import header_texts
from douyin_crawler.api.requests import ENDPOINT, as_browser
from douyin_crawler.browser.pages import Call, PageLost
from douyin_crawler.middlewares.choice import BROWSER
from douyin_crawler.session.session import TOKEN_HEADERS

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from douyin_crawler.api.errors import ApiError
    from douyin_crawler.browser.pages import Answer, ApiPage
    from douyin_crawler.extensions.run import RunExtension

logger = logging.getLogger(__name__)

_AGAIN = 2
"""Times that a request is made again because its page was lost."""
_OURS = ("Accept", "Content-Type")
"""Headers that the request brings; all others are Chromium's."""
_PACKED = ("Content-Encoding", "Content-Length", "Transfer-Encoding")
"""Headers that tell of the body as it was on the wire."""
_OTHER = {"fetch": "xhr", "xhr": "fetch"}
_UNSIGNED = (
    errors.EmptyBody,
    errors.GatewayRefused,
    errors.UifidMissing,
    errors.WebSignatureMissing,
    errors.WebSignatureWrong,
)
"""How a request may be refused that no script has signed."""


class InPageWire:
    """Lets a page make the request; adds no token and no signature."""

    def __init__(self, run: RunExtension, settings: BaseSettings) -> None:
        self._run = run
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._largest = settings.getint("DOWNLOAD_MAXSIZE")
        self._way = ""
        """``fetch`` or ``xhr``, as long as what is made by it is not refused."""

    async def send(self, request: Request) -> Response:
        """Return the answer to *request* as a page of the site got it.

        As long as it is not known which way the script signs, the other is tried as
        well where the first looks as if nothing had signed it.
        """
        way = self._way
        response, made_by = await self._ask(request, way)
        if not way and self._unsigned(request, response):
            other, _ = await self._ask(request, _OTHER[made_by], beside=True)
            return response if self._unsigned(request, other) else other
        return response

    def _learn(self, page: ApiPage, request: Request, by: str, answer: Answer) -> None:
        """Take note of what an answer tells of the page, and of the way it was asked.

        Data of an endpoint that asks for signatures proves that they are made. A page
        that is refused after it has brought data has had its time.
        """
        error = self._named(request, answer)
        if error is None and ENDPOINTS[request.meta[ENDPOINT]].login != "no":
            page.proven = True
            if self._way != by:
                self._way = by
                logger.debug("The page's script signs what is made by %s", by)
        elif isinstance(error, _UNSIGNED):
            self._way = ""
            if page.proven:
                page.retired = True
                logger.info("A page is refused now: another is opened in its place")

    async def _ask(
        self, request: Request, way: str, *, beside: bool = False
    ) -> tuple[Response, str]:
        """Ask in a page; in another if that is lost. Return by which way, too.

        *beside*: the request has had its turn of the breaker.
        """

        async def visit() -> None:
            await self._run.pace.turn(request, beside=True)

        lost = ""
        for attempt in range(_AGAIN + 1):
            async with self._run.browser.page(visit):
                pass  # one is open, before the request's turn comes
            await self._run.pace.turn(request, beside=beside or attempt > 0)
            try:
                async with self._run.browser.page(visit) as page:
                    by = way or page.ways[0]
                    answer = await self._fetch(page, request, by)
                    self._learn(page, request, by, answer)
                    return self._response(request, answer), by
            except PageLost as error:
                lost = str(error)
                logger.info("A page was lost (%s): its request is made again", lost)
                self._run.count("browser/repeated")
            finally:
                with suppress(PageLost):
                    await self._run.browser.keep_secrets()
        raise DownloadFailedError(f"{_AGAIN + 1} pages were lost, the last: {lost}")

    async def _fetch(self, page: ApiPage, request: Request, by: str) -> Answer:
        assert page.browser is not None
        base, _, query = request.url.partition("?")
        endpoint = ENDPOINTS[request.meta[ENDPOINT]]
        query = as_browser(query, page.browser, endpoint)
        headers = {name: request.headers.get(name) for name in _OURS}
        call = Call(
            method=request.method,
            url=f"{base}?{query}",
            headers={n: v.decode("latin-1") for n, v in headers.items() if v},
            body=request.body.decode() if request.body else None,
            timeout=request.meta.get("download_timeout") or self._timeout,
            largest=request.meta.get("download_maxsize", self._largest),
            by=by,
        )
        began = time.monotonic()
        self._run.count(f"signer/{BROWSER}")
        try:
            return await page.fetch(call)
        finally:
            request.meta["download_latency"] = time.monotonic() - began

    def _response(self, request: Request, answer: Answer) -> Response:
        headers = Headers()
        for name, value in answer.headers:
            headers.appendlist(name, value)
        self._run.session.absorb(headers)
        for name in (*TOKEN_HEADERS, *_PACKED):
            headers.pop(name, None)
        return TextResponse(
            url=request.url,
            status=answer.status,
            headers=headers,
            body=answer.body,
            request=request,
            encoding="utf-8",
        )

    def _unsigned(self, request: Request, answer: Response) -> bool:
        return isinstance(self._named(request, answer), _UNSIGNED)

    @staticmethod
    def _named(request: Request, answer: Response | Answer) -> ApiError | None:
        endpoint = ENDPOINTS[request.meta[ENDPOINT]]
        headers = header_texts(Headers(answer.headers))
        return classify(endpoint, answer.status, headers, answer.body)

"""The download handler behind Scrapy's slot: what no one before it may know.

The request that scheduler, middlewares, logs and errors see is the unsigned one.
Here, when its turn on the wire has come, a copy gets tokens, signature and cookies.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import NotConfigured
from scrapy.utils.misc import build_from_crawler
from w3lib.http import basic_auth_header

from douyin_crawler.api.requests import SIGNER
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.handlers.in_page import InPageWire
from douyin_crawler.handlers.plain import PlainWire
from douyin_crawler.middlewares.choice import BROWSER
from douyin_crawler.signing import SIGNERS

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from douyin_crawler.handlers.wire import Wire


class SignedDownloadHandler(BaseDownloadHandler):
    """Sends a request by the wire that the signing middleware chose for it.

    A request without a choice (a short link, a handle) goes out as it is; so does
    every request of a crawl without a run (``scrapy fetch``, ``shell``).
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._http = build_from_crawler(HTTP11DownloadHandler, crawler)
        self._proxy, self._proxy_authorization = "", b""
        self._wires: dict[str, Wire] = {}
        self._run: RunExtension | None = None
        with suppress(NotConfigured):
            self._join(RunExtension.find(crawler))

    def _join(self, run: RunExtension) -> None:
        """Go by the run's settings and pace, and sign with its session."""
        self._run = run
        self._proxy, self._proxy_authorization = _proxy(run.config.proxy)
        for name in SIGNERS:
            self._wires[name] = PlainWire(self._send, name, run)
        self._wires[BROWSER] = InPageWire(run, self.crawler.settings)

    async def download_request(self, request: Request) -> Response:
        """Sign, send and answer as if the unsigned request had been sent."""
        wire = self._wires.get(request.meta.get(SIGNER, ""))
        if wire is not None:
            return await wire.send(request)
        if self._run is not None:
            await self._run.pace.turn(request)
        return await self._send(request)

    async def close(self) -> None:
        """Close the connections, and end the browser."""
        if self._run is not None:
            await self._run.browser.close()
        await self._http.close()

    async def _send(self, request: Request) -> Response:
        if self._run is not None:
            request.headers.update(self._run.session.browser.headers)
        if self._proxy:
            request.meta["proxy"] = self._proxy
            if self._proxy_authorization:
                request.headers["Proxy-Authorization"] = self._proxy_authorization
        return await self._http.download_request(request)


def _proxy(url: str) -> tuple[str, bytes]:
    """Return the proxy's address without the login, and the login as a header."""
    parts = urlsplit(url)
    if not parts.username:
        return url, b""
    address = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))
    user, password = unquote(parts.username), unquote(parts.password or "")
    return address, basic_auth_header(user, password)

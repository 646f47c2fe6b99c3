"""The first visit, which hands out a visitor's tokens."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from douyin_crawler.api.classify import classify_exception, classify_plain
from douyin_crawler.api.errors import NoTokens

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from scrapy.http import Response

    from douyin_crawler.api.errors import ApiError
    from douyin_crawler.session.session import Session

logger = logging.getLogger(__name__)


class Visits(Protocol):
    """How a session comes by its tokens."""

    async def ensure(
        self,
        turn: Callable[[], Awaitable[None]],
        fetch: Callable[[Request], Awaitable[Response]],
    ) -> bool:
        """Visit a page if the session needs it; return whether it did."""

    def refused(self, meta: Mapping[str, Any], error: ApiError) -> bool:
        """Take note that a request was refused, whose *meta* says how it was signed.

        Return whether it is worth asking once more, with another session.
        """


class FirstVisit:
    """Visits a page once for all requests that wait for its tokens.

    The page sets ``ttwid`` and ``UIFID_TEMP``; a session that has a ``ttwid``
    already needs no visit.
    """

    def __init__(self, session: Session, url: str, timeout: float) -> None:
        self._session = session
        self._url = url
        self._timeout = timeout
        self._lock = asyncio.Lock()

    def refused(self, meta: Mapping[str, Any], error: ApiError) -> bool:
        """Do nothing: the same visit would hand out the same."""
        return False

    async def ensure(
        self,
        turn: Callable[[], Awaitable[None]],
        fetch: Callable[[Request], Awaitable[Response]],
    ) -> bool:
        """Visit, when it is its *turn*, if the session needs it; return whether it did.

        Raises:
            NoTokens: the page answered, but set no ``ttwid``.
            ApiError: it did not answer, or was not sent.
        """
        if not self._session.needs_visit:
            return False
        async with self._lock:
            if not self._session.needs_visit:
                return False
            try:
                await turn()
                response = await fetch(self._request())
            except IgnoreRequest:  # it was not sent: no budget, or the run ends
                raise
            except Exception as exc:
                error = classify_exception(exc)
                named = f"the first visit of {self._url}: {error.evidence}"
                raise type(error)(named) from None
            self._session.absorb(response.headers)
            refused = classify_plain(response.status, {}, b"-")
            if refused and self._session.needs_visit:
                raise type(refused)(
                    f"the first visit of {self._url}: {refused.evidence}"
                )
        if self._session.needs_visit:
            raise NoTokens(f"{self._url} answered {response.status} without a ttwid")
        logger.info("Visited %s: it handed out a session's tokens", self._url)
        return True

    def _request(self) -> Request:
        headers = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
        if self._session.cookie_header:
            headers["Cookie"] = self._session.cookie_header
        meta = {"download_timeout": self._timeout}
        return Request(self._url, headers=headers, meta=meta)

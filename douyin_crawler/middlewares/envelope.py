"""Names what came back: data, or one of the errors of ``api/errors.py``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from douyin_crawler.api.classify import classify, classify_exception, classify_plain
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.errors import Action, ApiError, BudgetSpent
from douyin_crawler.api.evidence import header_texts
from douyin_crawler.api.failures import UnexpectedError
from douyin_crawler.api.requests import ENDPOINT, PAUSE, SIGNER
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.middlewares.retry import RetryPolicy, seconds_asked
from douyin_crawler.session.pace import LONGEST, held_off

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


logger = logging.getLogger(__name__)


class EnvelopeMiddleware:
    """Reads every answer by one table; retries, or raises the error's name.

    A retried request is signed afresh, since only the download handler signs.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._run = RunExtension.find(crawler)
        self._policy = RetryPolicy(crawler, self._run.config)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware for *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait as long as the request asks for, unless the run ends."""
        pause = request.meta.get(PAUSE, 0)
        if pause:
            await self._run.pause(pause)

    async def process_response(
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return an answer that is data; retry or raise anything else.

        What the service repeats of the session goes no further than here. The wait
        that it asks for holds all processes of the session; for a long one the run
        ends.
        """
        response = self._redacted(response)
        headers = header_texts(response.headers)
        name = request.meta.get(ENDPOINT)
        if name is None:
            error = classify_plain(response.status, headers, response.body)
        else:
            error = classify(ENDPOINTS[name], response.status, headers, response.body)
        if error is None:
            self._run.count("answers")
            self._run.answered(request, "data")
            self._run.breaker.answered()
            self._run.signer.answered()
            return response
        error.body = response.body
        asked = 0.0
        if error.action in (Action.REFUSED, Action.TRANSIENT):
            asked = seconds_asked(headers.get("Retry-After"))
        if asked:
            await self._run.pace.hold(asked)
        return self._refuse(request, error, asked)

    def _redacted(self, response: Response) -> Response:
        session = self._run.session
        for name, values in response.headers.items():
            texts = [value.decode("latin-1") for value in values]
            if (clean := [session.redact(text) for text in texts]) != texts:
                response.headers[name] = clean
        body = session.redact_body(response.body)
        return response if body is response.body else response.replace(body=body)

    def process_exception(
        self, request: Request, exception: Exception
    ) -> Request | None:
        """Retry a network error, or raise it under its name."""
        if isinstance(exception, IgnoreRequest) and not isinstance(exception, ApiError):
            return None
        if isinstance(exception, BudgetSpent):
            raise exception
        error = classify_exception(exception)
        if isinstance(error, UnexpectedError):
            self._run.found_bug()
            logger.error("%s", error, exc_info=exception)
        return self._refuse(request, error)

    def _refuse(self, request: Request, error: ApiError, asked: float = 0.0) -> Request:
        self._run.count(f"refused/{error.slug}")
        self._run.answered(request, error.slug)
        if asked > LONGEST:
            raise held_off(asked, error.evidence)
        again = self._policy.retry(request, error, asked)
        if again is None:
            signer, session = request.meta.get(SIGNER, ""), self._run.session
            raise self._run.signer.explained(error, signer, logged_in=session.logged_in)
        return again

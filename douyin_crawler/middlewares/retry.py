"""Which refusals are tried again, how often, and after what pause."""

from __future__ import annotations

import logging
import random
import sys
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import get_retry_request

from douyin_crawler.api.errors import Action
from douyin_crawler.api.requests import PAUSE, SIGNER
from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.middlewares.breaker import MAX_PAUSE

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from douyin_crawler.api.errors import ApiError
    from douyin_crawler.config import Config

logger = logging.getLogger(__name__)

_DAY = 86_400.0
_JITTER = 0.3
# A refusal is met by going slower, a fault of the network is not.
_SLOWER = {Action.REFUSED: 2.0}
_IN_ORDER = frozenset({Action.GONE, Action.PRIVATE})
"""What the service says in place of data, while it refuses nothing."""
_TRIES = "douyin_tries"
"""Attempts of a request by signer and by what came of them: one fault spends no
other's retries."""


class RetryPolicy:
    """Retries through Scrapy's ``get_retry_request``, freshly signed each time.

    It also tells the breaker what came back, which may hold all requests.
    """

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._config = config
        run = RunExtension.find(crawler)
        self._breaker, self._signer, self._count = run.breaker, run.signer, run.count
        self._visits = run.first_visit
        self._random = random.Random()

    def retry(
        self, request: Request, error: ApiError, asked: float = 0.0
    ) -> Request | None:
        """Return the request to send next, or None when there is no use in it.

        *asked*: seconds that the service asks to wait.
        """
        signer = request.meta.get(SIGNER, "")
        tries: dict[str, int] = request.meta.get(_TRIES, {})
        key = f"{signer} {error.action}"
        tried = tries.get(key, 0)
        if self._goes_over(signer, error, tried, asked):
            return self._again(request, error, tries, 0.0)
        another = self._visits.refused(request.meta, error)
        if not self._goes_on(error, tried, asked, another=another):
            logger.debug("Gave up after %d attempts: %s", tried + 1, error)
            return None
        tries = tries | {key: tried + 1}
        if self._breaker.open:
            logger.info("%s; again when the others go on", error.what)
            return self._again(request, error, tries, 0.0)
        pause = self._pause(tried, error.action, asked)
        logger.info("%s; again in %.1f s", error.what, pause)
        return self._again(request, error, tries, pause)

    def _again(
        self, request: Request, error: ApiError, tries: dict[str, int], pause: float
    ) -> Request:
        assert self._crawler.spider
        again = get_retry_request(
            request,
            spider=self._crawler.spider,
            reason=error.slug,
            max_retry_times=sys.maxsize,
            priority_adjust=0,
            stats_base_key="douyin/retry",
        )
        assert again
        again.meta[_TRIES] = tries
        again.meta[PAUSE] = pause
        return again

    def _goes_over(
        self, signer: str, error: ApiError, tried: int, asked: float
    ) -> bool:
        """Return whether the browser is to ask; what waits then goes on at once."""
        used_up = tried >= self._times(error.action)
        before = self._signer.name
        if asked or not self._signer.goes_over(signer, error, used_up=used_up):
            return False
        if self._signer.name != before:
            self._count("signer/switched")
            self._breaker.begin_anew()
        else:
            self._breaker.inconclusive()
        return True

    def _goes_on(
        self, error: ApiError, tried: int, asked: float, *, another: bool
    ) -> bool:
        """Tell the breaker; return whether the request is sent again.

        *another*: with another session, which what is else not retried gets once.
        """
        times = self._times(error.action)
        if error.action is Action.REFUSED:
            # One that is refused though others are not comes to an end, too.
            if tried >= times + self._config.breaker_rounds:
                return False
            return self._breaker.refused(error, asked, used_up=tried >= times)
        if asked:
            self._breaker.hold(asked)
        if error.action in _IN_ORDER:
            self._breaker.answered()
        else:
            self._breaker.inconclusive()
        return tried < max(times, int(another))

    def _times(self, action: Action) -> int:
        if action in (Action.TRANSIENT, Action.REFUSED):
            return self._config.retry_times
        return min(1, self._config.retry_times) if action is Action.MALFORMED else 0

    def _pause(self, tried: int, action: Action, asked: float) -> float:
        pause = self._config.retry_pause * 2.0**tried * _SLOWER.get(action, 1.0)
        pause *= 1 + self._random.uniform(-_JITTER, _JITTER)
        return max(min(MAX_PAUSE, pause), asked)


def seconds_asked(retry_after: str | None) -> float:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3).

    At most a day; 0 for what is neither a number nor a date.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(_DAY, float(text))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(_DAY, max(0.0, (at - datetime.now(UTC)).total_seconds()))

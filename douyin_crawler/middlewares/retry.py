"""Which refusals are tried again, how often, and after what pause."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import get_retry_request

from douyin_crawler.api.errors import Action
from douyin_crawler.api.requests import PAUSE

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from douyin_crawler.api.errors import ApiError
    from douyin_crawler.config import Config

logger = logging.getLogger(__name__)

MAX_PAUSE = 600.0
_JITTER = 0.3
# A refusal is met by going slower, a fault of the network is not.
_SLOWER = {Action.REFUSED: 2.0}


class RetryPolicy:
    """Retries through Scrapy's ``get_retry_request``, freshly signed each time."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._config = config
        self._random = random.Random()

    def retry(
        self, request: Request, error: ApiError, retry_after: str | None = None
    ) -> Request | None:
        """Return the request to send next, or None when there is no use in it."""
        times = self._times(error.action)
        tried = request.meta.get("retry_times", 0)
        if tried >= times:
            logger.debug("Gave up after %d attempts: %s", tried + 1, error)
            return None
        assert self._crawler.spider
        again = get_retry_request(
            request,
            spider=self._crawler.spider,
            reason=error.slug,
            max_retry_times=times,
            priority_adjust=0,
            stats_base_key="douyin/retry",
        )
        assert again
        again.meta[PAUSE] = self._pause(tried, error.action, retry_after)
        logger.info("%s; again in %.1f s", error, again.meta[PAUSE])
        return again

    def _times(self, action: Action) -> int:
        if action in (Action.TRANSIENT, Action.REFUSED):
            return self._config.retry_times
        return min(1, self._config.retry_times) if action is Action.MALFORMED else 0

    def _pause(self, tried: int, action: Action, retry_after: str | None) -> float:
        asked = _seconds(retry_after)
        pause = self._config.retry_pause * 2.0**tried * _SLOWER.get(action, 1.0)
        pause *= 1 + self._random.uniform(-_JITTER, _JITTER)
        return min(MAX_PAUSE, max(pause, asked))


def _seconds(retry_after: str | None) -> float:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3).

    At most ``MAX_PAUSE``; 0 for what is neither a number nor a date.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(MAX_PAUSE, float(text))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(MAX_PAUSE, max(0.0, (at - datetime.now(UTC)).total_seconds()))

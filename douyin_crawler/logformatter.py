"""Log lines of single items and pages, at DEBUG only."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure


class QuietLogFormatter(LogFormatter):
    """Names an item by kind and id instead of printing all of it.

    A post is 30 KB; a page holds twenty of them.
    """

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the formatter; it makes no lines that nobody would see."""
        level = logging.getLevelNamesMapping().get(crawler.settings["LOG_LEVEL"], 0)
        return cls(silent=level > logging.DEBUG)

    # Scrapy takes None for no line, as its documentation says; its types do not.
    def scraped(  # type: ignore[override]
        self, item: Any, response: Response | Failure | None, spider: Spider | None
    ) -> LogFormatterResult | None:
        """Return the line for an item that went through all pipelines."""
        return None if self._silent else _line("Kept %(item)s", item)

    def dropped(  # type: ignore[override]
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider | None,
    ) -> LogFormatterResult | None:
        """Return the line for an item that a pipeline dropped."""
        if self._silent:
            return None
        return _line("Dropped (%(reason)s) %(item)s", item, reason=str(exception))


def _line(message: str, item: Any, **more: str) -> LogFormatterResult:
    kind = getattr(item, "kind", type(item).__name__)
    key = getattr(item, "id", getattr(item, "aweme_id", getattr(item, "sec_uid", "")))
    return {
        "level": logging.DEBUG,
        "msg": message,
        "args": {"item": f"{kind} {key}", **more},
    }

"""Chooses who signs a request; signs nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.api.requests import ENDPOINT, SIGNER
from douyin_crawler.extensions.run import RunExtension

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler


class SigningMiddleware:
    """Leaves its choice on the request; the download handler acts on it.

    A signature made here would be seconds old when the slot lets the request go,
    and would be sent again by every retry.
    """

    def __init__(self, run: RunExtension) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware for *crawler*."""
        return cls(RunExtension.find(crawler))

    def process_request(self, request: Request) -> None:
        """Choose for API requests; leave all others alone."""
        if ENDPOINT in request.meta:
            request.meta[SIGNER] = self._run.signer.name

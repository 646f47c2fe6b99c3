"""What one kind of list is: how its target is named, what its entries show."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy import Request

    from douyin_crawler.items.page import Entry, Page
    from douyin_crawler.spiders.walk import Walk

_LISTED = 0.95


class Listing:
    """The facts of one kind of list; the paging is :class:`PagedSpider`'s."""

    @abstractmethod
    def parameters(self, walk: Walk) -> dict[str, str]:
        """Return the parameters that name the target of *walk*."""

    @abstractmethod
    def observe(self, walk: Walk, entry: Entry, observed_at: datetime) -> Iterator[Any]:
        """Yield what one entry of a page shows.

        Note in *walk* that it was met, the records that count, and what it opens.
        """

    def note(self, walk: Walk, page: Page) -> None:
        """Note in *walk* what stands beside the entries."""

    def past_range(self, walk: Walk, page: Page) -> bool:
        """Return whether everything behind *page* lies before the range."""
        return False

    def check_empty(self, walk: Walk) -> Request | None:
        """Return the request without whose answer an empty list is no end."""
        return None

    async def expected(self, walk: Walk) -> int | None:
        """Return how many records the service says there are, if it does."""
        return walk.expected

    async def kept_before(self, walk: Walk) -> set[str]:
        """Return the ids that count against the limit of a walk that goes on."""
        return set()

    def stopped_short(self, walk: Walk, got: int, expected: int) -> bool:
        """Return whether a list of *got* records ended before its time.

        The service's own number includes what it does not list: up to one in twenty.
        """
        return got < expected * _LISTED

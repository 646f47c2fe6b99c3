"""Many targets in one request; each has a verdict of its own."""

from __future__ import annotations

from abc import abstractmethod
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.page import MalformedPage, TooDeep, split_page
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.items.observation import Observation, Source
    from douyin_crawler.items.page import Entry
    from douyin_crawler.spiders.walk import Walk

BATCH = "batch"
"""The argument of callbacks that holds the walks of a request; see base.py."""


class BatchSpider(DouyinSpider):
    """Asks for so many targets at once; what an answer leaves out is said by id."""

    batch: ClassVar[int]
    """Targets of one request."""
    source: ClassVar[Source] = "own"
    """What kind of copy an answer holds."""

    @abstractmethod
    def batch_parameters(self, walks: Sequence[Walk]) -> dict[str, str]:
        """Return the parameters that name the targets of *walks*."""

    @abstractmethod
    def observe_entry(
        self, entry: Entry, source: Source, observed_at: datetime
    ) -> list[Observation]:
        """Return what one entry of an answer shows, the target's own record first.

        Raises:
            TooDeep: the entry is nested too deeply to be read.
        """

    @abstractmethod
    def left_out(self, walk: Walk, *, alone: bool) -> tuple[Verdict, str]:
        """Return how a target ends that the answer leaves out.

        *alone*: the answer has some others.
        """

    def batch_request(self, walks: Sequence[Walk]) -> Request:
        """Return the request for *walks*, which stand in one slot of the window."""
        for walk in walks[1:]:
            walk.slot = False
        endpoint = ENDPOINTS[self.endpoints[walks[0].kind]]
        parameters = self.batch_parameters(walks)
        request = self.request(endpoint, walks[0], self.parse_batch, parameters)
        request.cb_kwargs[BATCH] = tuple(walks)
        return request

    def walk_request(self, walk: Walk) -> Request:
        """Return a request for *walk* alone."""
        return self.batch_request([walk])

    def parse_batch(
        self, response: Response, walk: Walk, batch: Sequence[Walk]
    ) -> Iterator[Any]:
        """Yield the records of the answer, then the verdict of each target."""
        observed_at = self.run.clock.read(response)
        endpoint = ENDPOINTS[self.endpoints[walk.kind]]
        try:
            page = split_page(response.body, endpoint.payload_key)
        except MalformedPage as error:
            yield self.page(walk, response.body, observed_at)
            for one in batch:
                yield from self.finish(one, Verdict.FAILED, str(error))
            return
        self.run.count("pages")
        yield self.page(walk, page.rest, observed_at)
        shown = [
            self.observed(walk, entry, self.source, observed_at)
            for entry in page.entries or ()
        ]
        found = {observed[0].id for observed in shown if observed}
        yield from chain.from_iterable(shown)
        for one in batch:
            one.pages += 1
            yield from self._end(one, found)

    def observed(
        self, walk: Walk, entry: Entry, source: Source, observed_at: datetime
    ) -> list[Observation]:
        """Return what an entry shows, or count why it is not kept."""
        try:
            observed = self.observe_entry(entry, source, observed_at)
        except TooDeep:
            self.drop("too_deep", f"an entry of {walk.kind} {walk.id}")
            return []
        if not observed:
            self.drop("no_id", f"an entry of {walk.kind} {walk.id}")
        return observed

    def _end(self, walk: Walk, found: set[str]) -> Iterator[Any]:
        if walk.id in found:
            walk.count(walk.id)
            yield from self.finish(walk, Verdict.COMPLETE)
        else:
            verdict, reason = self.left_out(walk, alone=bool(found))
            yield from self.finish(walk, verdict, reason)

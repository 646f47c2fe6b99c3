"""What one answer tells all about: no pages, no cursor."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.items.page import MalformedPage
from douyin_crawler.spiders.base import DouyinSpider
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.items.observation import Observation
    from douyin_crawler.spiders.walk import Walk


@dataclass(slots=True, kw_only=True)
class Answer:
    """What an answer shows, and what that says of its target."""

    rest: bytes
    """Its text without the records; its other members byte for byte."""
    observations: list[Observation] = field(default_factory=list)
    without_id: int = 0
    """Records that can't be told apart from others, so they are not kept."""
    verdict: Verdict = Verdict.COMPLETE
    reason: str = ""


class SoleTarget(DouyinSpider):
    """Has one target, which no argument names."""

    @abstractmethod
    def sole_target(self) -> str:
        """Return the id of the only walk."""

    def first_requests(self) -> Iterator[Request]:
        """Yield the only first request."""
        for walk in self.unreached():
            yield self.walk_request(walk)

    def unreached(self) -> Iterator[Walk]:
        """Yield the only walk, if it has not begun."""
        walk = self.new_walk(self.sole_target())
        if not self.is_met(walk) and self.begin(walk):
            yield walk


class SingleSpider(DouyinSpider):
    """Asks once for each target; the answer holds its records, and its verdict."""

    @abstractmethod
    def parameters(self, walk: Walk) -> dict[str, str]:
        """Return the parameters that name the target of *walk*."""

    @abstractmethod
    def read(self, walk: Walk, body: bytes, observed_at: datetime) -> Answer:
        """Return what the answer *body* shows.

        Raises:
            MalformedPage: it can't be read.
        """

    def walk_request(self, walk: Walk) -> Request:
        """Return the only request of *walk*."""
        endpoint = ENDPOINTS[self.endpoints[walk.kind]]
        return self.request(endpoint, walk, self.parse_answer, self.parameters(walk))

    def parse_answer(self, response: Response, walk: Walk) -> Iterator[Any]:
        """Yield the records of the answer, then the verdict."""
        observed_at = self.run.clock.read(response)
        try:
            answer = self.read(walk, response.body, observed_at)
        except MalformedPage as error:
            yield self.page(walk, response.body, observed_at)
            yield from self.finish(walk, Verdict.FAILED, str(error))
            return
        walk.pages += 1
        self.run.count("pages")
        yield self.page(walk, answer.rest, observed_at)
        for _ in range(answer.without_id):
            self.drop("no_id", f"an entry of {walk.kind} {walk.id}")
        for observation in answer.observations:
            if isinstance(observation.item, self.item_class):
                walk.count(observation.id)
            yield observation
        yield from self.finish(walk, answer.verdict, answer.reason)

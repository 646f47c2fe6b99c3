"""Whether the service takes the session: one request, the way every crawl goes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy import signals

from douyin_crawler.api.classify import classify_exception
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.errors import LoginError
from douyin_crawler.api.requests import api_request
from douyin_crawler.asking import AskingSpider, ask
from douyin_crawler.browser.login_who import nickname_in
from douyin_crawler.extensions.run import RunEnds
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError
from douyin_crawler.verdicts import ExitStatus, exit_status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import Settings
    from twisted.python.failure import Failure

    from douyin_crawler.config import Config


@dataclass(slots=True)
class Trial:
    """What came of it."""

    endpoint: str = "user_profile_self"
    outcome: str = "stopped"
    """``data``, ``visitor``, or the name of the error."""
    message: str = "it was stopped before an answer came"
    user: str | None = None
    """The nickname of who is logged in."""
    status: ExitStatus = ExitStatus.STOPPED


class TrialSpider(AskingSpider):
    """Asks who is logged in."""

    name = "trial"

    def __init__(self, name: str | None = None, *, trial: Trial) -> None:
        super().__init__(name)
        self.trial = trial

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider, and let it hear how the run ends."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.end, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Ask; a visitor is told so, which is an answer as well."""
        yield api_request(
            ENDPOINTS[self.trial.endpoint],
            {},
            base_url=self.run.config.base_url,
            browser=self.run.session.browser,
            callback=self.answered,
            errback=self.refused,
        )

    def answered(self, response: Response) -> None:
        """Take note of whose session it is."""
        trial = self.trial
        trial.user = nickname_in(response.body)
        trial.outcome, trial.status = "data", ExitStatus.OK
        trial.message = (
            f"it is the session of {trial.user or 'somebody without a name'}"
        )

    def refused(self, failure: Failure) -> None:
        """Take note of what came in place of data."""
        raised = failure.value or Exception("no cause given")
        if isinstance(raised, RunEnds):
            return
        error = classify_exception(raised)
        trial = self.trial
        if isinstance(error, LoginError) and not self.run.session.logged_in:
            trial.outcome, trial.status = "visitor", ExitStatus.OK
            trial.message = "the service answers, as it answers a visitor"
            return
        trial.outcome, trial.message = error.slug, str(error)
        trial.status = exit_status([error.verdict])
        if error.of_machine:
            trial.status = ExitStatus.USAGE

    def end(self, reason: str) -> None:
        """Take note of a run that ends before there is an answer."""
        if self.trial.outcome == "stopped" and self.run.reason:
            self.trial.message = self.run.reason
            self.trial.status = self.run.exit_status


def try_session(settings: Settings, config: Config, *, logs: bool) -> Trial:
    """Send one request with the session of *settings*, and return what came of it.

    *logs*: whether the log of the crawl is to be seen.
    """
    trial = Trial()
    at_hand = asyncio.run(_is_at_hand(config.store))
    if not ask(TrialSpider, settings, at_hand=at_hand, logs=logs, trial=trial):
        trial.message, trial.status = "a crawl can't be begun", ExitStatus.BUG
    return trial


async def _is_at_hand(url: str) -> bool:
    """Return whether there is a store, in which the session's pace and budget lie."""
    store = open_store(url)
    try:
        await store.open(create=False)
    except StoreError:
        return False
    await store.close()
    return True

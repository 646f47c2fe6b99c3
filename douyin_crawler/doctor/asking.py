"""The spider of the doctor: it asks little, one thing after the other."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from scrapy import signals

from douyin_crawler.api import errors
from douyin_crawler.api.classify import classify_exception
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.failures import Timeout, UnreachableError
from douyin_crawler.api.requests import ENDPOINT, api_request
from douyin_crawler.asking import AskingSpider
from douyin_crawler.doctor.finding import Finding, State, failed, ok, skipped, warning
from douyin_crawler.extensions.run import RunEnds
from douyin_crawler.middlewares.choice import BROWSER, mendable
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from douyin_crawler.api.errors import ApiError

NOBODY = "MS4wLjABAAAA" + "A" * 43
"""A sec_uid that nobody has: an answer that says so is one, too."""
_CLASSES = {
    "hot_search_list": "no login",
    "user_profile_self": "login",
    "user_profile_other": "visitor",
    "aweme_post": "protected",
}
"""An endpoint of each class, in the order of the questions."""
IN_BROWSER = "service, browser"
_THROUGH = "DOUYIN_SIGNER=browser or auto"
_OF_A_USER = ("user_profile_other", "aweme_post")
_SECONDS = 90.0
"""For all of it, waits for the session's turns among them."""
_OFF, _FAR_OFF = 60.0, 300.0
"""Seconds that this clock may be off before it is said, and before it costs a run."""
_NO_MORE = (
    errors.BudgetSpent,
    errors.HeldOff,
    errors.RateLimited,
    errors.TooOften,
    errors.Throttled,
    errors.CaptchaDemanded,
    errors.CaptchaPage,
    errors.IdentityCheck,
    errors.AccountBlocked,
    errors.RiskControl,
    UnreachableError,
    Timeout,
)
"""After these, nothing more is asked: it would do harm, or tell nothing."""
_OF_NOBODY = (errors.ParameterRefused, errors.Restricted, errors.RecordMissing)


@dataclass(slots=True)
class Asking:
    """What is asked, and what came."""

    user: str = ""
    outcomes: dict[str, Finding] = field(default_factory=dict)
    """By endpoint."""
    ahead: float | None = None
    """Seconds that this clock is ahead of the service's; None: it has not told."""
    stopped: bool = False
    """Whether a signal has ended it."""
    has_browser: bool = False
    """Whether Chromium starts, so that what is refused can be asked in a page."""
    is_auto: bool = False
    """Whether a run would go over to the browser by itself."""
    refused: dict[str, Finding] = field(default_factory=dict)
    """By endpoint: what plain requests came to, where the browser may fare better."""
    in_browser: Finding | None = None
    """What the one request of those through the browser came to."""

    def findings(self) -> list[Finding]:
        """Return a line for each class, and one for the clock."""
        late = f"no answer in {_SECONDS:g} s"
        advice = "see whether another crawl with this session is running"
        found = [
            self.outcomes.get(name) or failed(named(name), late, advice)
            for name in _CLASSES
        ]
        found += [self.in_browser] if self.in_browser else []
        return [*found, clock_finding(self.ahead)]


def named(endpoint: str) -> str:
    """Return how the table names the question to *endpoint*."""
    return f"service, {_CLASSES[endpoint]}"


def browser_finding(error: ApiError | None) -> Finding:
    """Return what there is to say of a request that the site's own page made."""
    if error is None:
        return ok(IN_BROWSER, f"through the browser it works: {_THROUGH}")
    told = f"through the browser it does not work either: {error.slug}, {error.what}"
    return warning(IN_BROWSER, told, error.advice or "look at the rows above")


def clock_finding(ahead: float | None) -> Finding:
    """Return what there is to say of a clock that is so many seconds ahead."""
    if ahead is None:
        return skipped("clock", "no answer told the service's time")
    off = abs(ahead)
    if off <= _OFF:
        return ok("clock", "agrees with the service's")
    found = f"{off:,.0f} s {'ahead of' if ahead > 0 else 'behind'} the service's"
    advice = "set it by the network (timedatectl set-ntp true): signatures tell it"
    judge = failed if off > _FAR_OFF else warning
    return judge("clock", found, advice)


class DoctorSpider(AskingSpider):
    """Asks an endpoint of each class."""

    name = "doctor"

    def __init__(self, name: str | None = None, *, asking: Asking) -> None:
        super().__init__(name)
        self.asking = asking
        self._in_browser = False
        self._late: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider, and let it hear of every answer."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        connect = crawler.signals.connect
        connect(spider.read_clock, signal=signals.response_downloaded)
        connect(spider.end, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Ask the first question; each answer brings the next."""
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(
            _SECONDS, self.run.end, Verdict.STOPPED, "the doctor waits no longer"
        )
        for request in await self._next():
            yield request

    async def answered(self, response: Response) -> list[Request]:
        """Take note of data, and ask the next question."""
        if self._in_browser:
            return self._end_in_browser(None)
        name = response.request.meta[ENDPOINT]  # type: ignore[union-attr]
        if name == "user_profile_self":
            self.asking.user = self.asking.user or _own_id(response.body)
        self.asking.outcomes[name] = ok(named(name), f"{name}: data")
        return await self._next()

    async def refused(self, failure: Failure) -> list[Request]:
        """Take note of what came in place of data, and ask the next question."""
        raised = failure.value or Exception("no cause given")
        if isinstance(raised, RunEnds):
            return []
        error = classify_exception(raised)
        name = failure.request.meta[ENDPOINT]  # type: ignore[attr-defined]
        if self._in_browser:
            answered = self._judged(name, error).state is State.OK
            return self._end_in_browser(None if answered else error)
        self.asking.outcomes[name] = self._judged(name, error)
        if mendable(error) and self.run.signer.name != BROWSER:
            self.asking.refused[name] = self.asking.outcomes[name]
        if isinstance(error, _NO_MORE):
            self.asking.refused.clear()
            for other in self._open():
                why = f"after {error.slug} nothing more is asked"
                self.asking.outcomes[other] = skipped(named(other), why)
        return await self._next()

    def read_clock(self, response: Response) -> None:
        """Compare this clock with the first answer's ``Date``."""
        date = (response.headers.get("Date") or b"").decode("latin-1")
        with suppress(ValueError, OverflowError):
            if self.asking.ahead is None:
                told = parsedate_to_datetime(date).timestamp()
                self.asking.ahead = time.time() - told

    def end(self, reason: str) -> None:
        """Take note of a stop."""
        self.asking.stopped = reason == "shutdown"
        if self._late is not None:
            self._late.cancel()

    def _open(self) -> list[str]:
        return [name for name in _CLASSES if name not in self.asking.outcomes]

    async def _next(self) -> list[Request]:
        """Return the next request; none when all is asked."""
        for name in self._open():
            if name == "user_profile_self" and not self.run.session.logged_in:
                self.asking.outcomes[name] = skipped(named(name), "there is no login")
                continue
            if name in _OF_A_USER and not self.asking.user:
                self.asking.user = await self._any_user()
            return [self._request(name)]
        if self.asking.refused and self.asking.has_browser:
            return [self._through_browser(next(iter(self.asking.refused)))]
        return []

    def _through_browser(self, name: str) -> Request:
        """Return the same question, which the site's own page is to ask."""
        self._in_browser = True
        self.run.signer.name = BROWSER
        self.run.breaker.begin_anew()
        return self._request(name)

    def _end_in_browser(self, error: ApiError | None) -> list[Request]:
        """Take note of what came of it; with ``auto`` a run fares as it did."""
        self.asking.in_browser = browser_finding(error)
        if error is None and self.asking.is_auto:
            for name, one in self.asking.refused.items():
                told = f"{one.finding}; a run goes over to the browser"
                self.asking.outcomes[name] = warning(
                    one.check, told, "nothing: it works"
                )
        return []

    def _request(self, name: str) -> Request:
        asked = {"sec_user_id": self.asking.user} if name in _OF_A_USER else {}
        return api_request(
            ENDPOINTS[name],
            asked,
            base_url=self.run.config.base_url,
            browser=self.run.session.browser,
            callback=self.answered,
            errback=self.refused,
        )

    async def _any_user(self) -> str:
        """Return a user whom the store has; one whom nobody knows if it has none."""
        async with aclosing(self.run.store.records("user")) as records:  # type: ignore[type-var]
            async for record in records:
                if record.id.startswith("MS4w"):
                    return record.id
        return NOBODY

    def _judged(self, name: str, error: ApiError) -> Finding:
        evidence = f" ({error.evidence})" if error.evidence else ""
        found = f"{name}: {error.slug}, {error.meaning}{evidence}"
        of_nobody = name in _OF_A_USER and self.asking.user == NOBODY
        if error.verdict.final:
            return ok(named(name), found)
        if of_nobody and isinstance(error, _OF_NOBODY):
            return warning(named(name), found, "give --user, to ask for somebody")
        if error.verdict in (Verdict.BUDGET, Verdict.RESTRICTED):
            return warning(named(name), found, error.advice)
        return failed(named(name), found, error.advice)


def _own_id(body: bytes) -> str:
    with suppress(ValueError, TypeError, KeyError):
        own = json.loads(body)["user"]["sec_uid"]
        return own if isinstance(own, str) else ""
    return ""

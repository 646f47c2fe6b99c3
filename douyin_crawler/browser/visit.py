"""``DOUYIN_SESSION=browser``: the session comes from a real page, and is renewed."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Protocol

from scrapy.exceptions import IgnoreRequest

from douyin_crawler.api import errors
from douyin_crawler.api.browser import Browser, UserAgentError
from douyin_crawler.api.classify import classify_exception
from douyin_crawler.api.errors import Action, ApiError
from douyin_crawler.api.requests import GENERATION, SIGNER
from douyin_crawler.session.visitor import FirstVisit
from douyin_crawler.signing import SIGNERS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from douyin_crawler.api.browser import PageFacts
    from douyin_crawler.extensions.run import RunExtension
    from douyin_crawler.session.session import Session
    from douyin_crawler.session.visitor import Visits

logger = logging.getLogger(__name__)

_APART = 60.0
"""Seconds between two renewals for refusals: more would be a hammering of its own."""
_ANOTHER_MAY = (
    errors.EmptyBody,
    errors.GatewayRefused,
    errors.Redirected,
    errors.UifidMissing,
    errors.UifidUnknown,
    errors.JavaScriptChallenge,
    errors.WafChallenge,
)
"""Refusals of a session; those of too many requests are of the person behind it."""


class Visited(Protocol):
    """What a page had when its scripts had run."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """Return the cookies for the site, by name."""

    @property
    def facts(self) -> PageFacts:
        """Return what the page tells of its browser."""


def make_visits(run: RunExtension, timeout: float) -> Visits:
    """Return how the session of *run* comes by its tokens: ``DOUYIN_SESSION``."""
    config = run.config
    if config.session == "browser":
        return BrowserVisit(
            run.session,
            run.browser.visit,
            age=config.session_age,
            count=run.count,
        )
    return FirstVisit(run.session, config.first_visit, timeout)


class BrowserVisit:
    """Takes the session over from a page: at first, when it ages, after refusals.

    One visit serves all requests that wait for it. What is asked of the service is
    one turn of the pace a visit; a page's own requests are those of any visitor.
    """

    def __init__(
        self,
        session: Session,
        visit: Callable[[], Awaitable[Visited]],
        *,
        age: float,
        count: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._visit = visit
        self._age = age
        self._count = count
        self._clock = clock
        self._lock = asyncio.Lock()
        self._due_at = 0.0
        self._refused = False
        self._next_for_refusals = 0.0

    async def ensure(self, turn: Callable[[], Awaitable[None]], fetch: object) -> bool:
        """Visit if the session needs it; return whether it did.

        Raises:
            NoTokens: the page set no ``ttwid``.
            ApiError: it could not be opened, or a captcha stands in its place.
        """
        if not self._is_due():
            return False
        async with self._lock:
            if not self._is_due():
                return False
            await turn()
            await self._take_over()
        return True

    def refused(self, meta: Mapping[str, Any], error: ApiError) -> bool:
        """Take note that a request was refused, whose *meta* says how it was signed.

        Return whether it is worth asking once more, with another session, although
        the refusal is one that is else the end.
        """
        if not isinstance(error, _ANOTHER_MAY) or meta.get(SIGNER) not in SIGNERS:
            return False
        now, signed_for = self._session.generation, meta.get(GENERATION, 0)
        if not now:
            return False
        if signed_for == now:
            self._refused = True
        return error.action is Action.BLOCK and (signed_for < now or self._is_due())

    def _is_due(self) -> bool:
        now = self._clock()
        if not self._session.generation or now >= self._due_at:
            return True
        return self._refused and now >= self._next_for_refusals

    async def _take_over(self) -> None:
        first = not self._session.generation
        try:
            cookies, browser = await self._look()
        except ApiError as error:
            passing = isinstance(error, errors.BrowserFailed)
            if first or not (passing or error.action is Action.TRANSIENT):
                raise
            # What there is may do: the page is tried again, and no sooner.
            logger.warning("The session could not be renewed: %s", error)
            self._due_at = self._next_for_refusals = self._clock() + _APART
            return
        self._session.take_over(cookies, browser)
        now = self._clock()
        self._due_at = now + self._age
        if self._refused:
            self._next_for_refusals = now + _APART
        why = "after refusals" if self._refused else "by its age"
        self._refused = False
        self._count("session/visits")
        if first:
            logger.info("A page handed out a session's tokens (%s)", browser.name)
            return
        self._count("session/renewals")
        logger.info("Renewed the session from a page, %s", why)

    async def _look(self) -> tuple[Mapping[str, str], Browser]:
        try:
            visited = await self._visit()
            browser = Browser.from_page(visited.facts)
        except IgnoreRequest:  # an ApiError, or the run ends
            raise
        except UserAgentError as error:
            raise errors.NoTokens(f"the page's browser {error}") from None
        except Exception as exc:
            named = classify_exception(exc)
            raise type(named)(f"the visit of a page: {named.evidence}") from None
        if not visited.cookies.get("ttwid"):
            raise errors.NoTokens("the page was opened, but set no ttwid")
        return visited.cookies, browser

"""A session from a page: taken over once for all who wait, and renewed in time."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from douyin_crawler.api import errors
from douyin_crawler.api.browser import Browser
from douyin_crawler.api.failures import Timeout
from douyin_crawler.api.requests import GENERATION, SIGNER
from douyin_crawler.browser.visit import BrowserVisit
from douyin_crawler.session.session import Session
from tests.support.browsers import BROWSER, FACTS

AGE, APART = 1800.0, 60.0


class Page:
    """Stands in for the browser: hands out a new session each time."""

    def __init__(self) -> None:
        self.opened = 0
        self.error: Exception | None = None
        self.cookies = {"msToken": "m" * 40}

    async def visit(self) -> Any:
        await asyncio.sleep(0)
        self.opened += 1
        if self.error:
            raise self.error
        cookies = {"ttwid": f"1%7Cof-page-{self.opened}", **self.cookies}
        return SimpleNamespace(cookies=cookies, facts=FACTS)


class Ground:
    """A session, its page, and a clock that a test sets."""

    def __init__(self, cookies: dict[str, str] | None = None) -> None:
        self.page, self.now = Page(), 1000.0
        self.counts: Counter[str] = Counter()
        self.turns = 0
        self.session = Session(cookies or {}, browser=BROWSER)
        self.visit = BrowserVisit(
            self.session,
            self.page.visit,
            age=AGE,
            count=lambda name: self.counts.update([name]),
            clock=lambda: self.now,
        )

    async def turn(self) -> None:
        self.turns += 1
        await asyncio.sleep(0)

    async def ensure(self, requests: int = 1) -> int:
        """Let requests begin at once; return how often a page was opened for them."""
        before = self.page.opened
        waiting = (self.visit.ensure(self.turn, None) for _ in range(requests))
        visited = await asyncio.gather(*waiting)
        assert visited.count(True) <= 1
        return self.page.opened - before

    def refused(self, error: errors.ApiError, *, generation: int | None = None) -> bool:
        if generation is None:
            generation = self.session.generation
        meta = {SIGNER: "a_bogus", GENERATION: generation}
        return self.visit.refused(meta, error)


async def test_one_visit_serves_all_and_ages() -> None:
    ground = Ground()
    assert await ground.ensure(requests=8) == 1
    assert ground.session.cookies["ttwid"] == "1%7Cof-page-1"
    assert ground.session.browser == Browser.from_page(FACTS) != BROWSER
    ground.now += AGE - 1
    assert await ground.ensure(requests=8) == 0
    ground.now += 1
    assert await ground.ensure(requests=8) == 1
    assert ground.session.generation == ground.turns == 2
    assert ground.counts == {"session/visits": 2, "session/renewals": 1}


async def test_refusals_renew_once_and_not_too_often() -> None:
    ground = Ground()
    assert not ground.refused(errors.EmptyBody("")), "there is no session yet"
    await ground.ensure()
    for error in (errors.EmptyBody(""), errors.GatewayRefused("403")):
        assert not ground.refused(error), "it has retries of its own"
    assert await ground.ensure(requests=8) == 1
    ground.refused(errors.EmptyBody(""), generation=1)
    assert await ground.ensure() == 0, "that was the session before"
    ground.refused(errors.EmptyBody(""))
    assert await ground.ensure() == 0, "it was renewed a moment ago"
    ground.now += APART
    assert await ground.ensure(requests=8) == 1
    for other in (errors.TooOften(""), errors.RateLimited(""), errors.PostGone("")):
        ground.refused(other)
    ground.now += APART
    assert await ground.ensure() == 0, "of which no other session helps"


async def test_what_is_else_the_end_is_asked_once_more_with_another_session() -> None:
    ground = Ground()
    await ground.ensure()
    unknown = errors.UifidUnknown("403")
    assert ground.refused(unknown)
    assert await ground.ensure() == 1
    assert ground.refused(unknown, generation=1), "there is another by now"
    assert not ground.refused(unknown), "none is at hand so soon"
    meta = {SIGNER: "browser", GENERATION: 1}
    assert not ground.visit.refused(meta, unknown), "the page has its own session"
    assert not ground.refused(errors.CaptchaDemanded(""), generation=1)


async def test_a_login_stays_one() -> None:
    login = {"ttwid": "mine", "sessionid": "s3cr3t-s3cr3t", "UIFID": "u" * 32}
    ground = Ground(login)
    key = ground.session.key
    await ground.ensure()
    kept = ground.session.cookies
    assert kept["sessionid"] == "s3cr3t-s3cr3t"
    assert kept["UIFID"] == "u" * 32
    assert kept["ttwid"] == "1%7Cof-page-1", "the page has it from the site"
    assert ground.session.key == key
    assert ground.session.logged_in


async def test_a_visit_in_vain() -> None:
    ground = Ground()
    ground.page.error = RuntimeError("page crashed")
    with pytest.raises(errors.ApiError, match="the visit of a page"):
        await ground.ensure()
    ground.page.error = None
    assert await ground.ensure() == 1
    ground.now += AGE
    ground.page.error = Timeout("no answer")
    assert await ground.ensure() == 1, "what there is goes on"
    assert await ground.ensure() == 0
    assert ground.session.generation == 1
    ground.now += APART
    ground.page.error = errors.CaptchaDemanded("a page")
    with pytest.raises(errors.CaptchaDemanded):
        await ground.ensure()
    ground.page.error = None
    ground.page.cookies = {"ttwid": ""}
    with pytest.raises(errors.NoTokens):
        await ground.ensure()


async def test_what_a_session_was_stays_struck_out() -> None:
    ground = Ground()
    await ground.ensure()
    ground.session.update({"msToken": "set-by-the-script"})
    made_up = ground.session.verify_fp
    ground.now += AGE
    await ground.ensure()
    text = f"1%7Cof-page-1 set-by-the-script {made_up} {ground.session.ms_token}"
    assert ground.session.redact(text) == "*** *** *** ***"

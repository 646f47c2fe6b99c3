"""Who is logged in in a page: its own script asks the service."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.api.browser import Browser
from douyin_crawler.api.classify import classify
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.errors import LoginError
from douyin_crawler.api.evidence import printable
from douyin_crawler.api.requests import api_request
from douyin_crawler.browser.facts import page_facts
from douyin_crawler.browser.scripts import script
from douyin_crawler.items.observe_entries import observe_self
from douyin_crawler.items.page import MalformedPage
from douyin_crawler.items.user import User

if TYPE_CHECKING:
    from playwright.async_api import Page

    from douyin_crawler.config import Config

_SELF = ENDPOINTS["user_profile_self"]
_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """What the service says of a login."""

    nickname: str | None = None
    refused: bool = False
    """Whether it says that this is no login, or one no longer."""
    doubt: str = ""
    """Why it says nothing of it."""


async def ask_who(page: Page, config: Config) -> Who:
    """Ask once, by the request with which the site asks itself.

    Raises:
        playwright.async_api.Error: the page is gone, or goes elsewhere.
    """
    made: dict[str, Any] = await page.evaluate(
        script("fetch"), await _call(page, config)
    )
    if fault := made.get("error"):
        return Who(doubt=f"the page's request for the profile: {fault}")
    try:
        body = base64.b64decode(made["body"])
    except (KeyError, binascii.Error):
        return Who(doubt="the page's request for the profile: no answer")
    headers = {str(name).lower(): str(value) for name, value in made["headers"]}
    error = classify(_SELF, int(made["status"]), headers, body)
    if error is not None:
        refused = isinstance(error, LoginError)
        return Who(refused=refused, doubt=f"{error.meaning} ({error.evidence})")
    return Who(nickname=nickname_in(body))


async def _call(page: Page, config: Config) -> dict[str, Any]:
    state = await page.evaluate(script("state"))
    request = api_request(
        _SELF,
        {},
        base_url=config.base_url,
        browser=Browser.from_page(await page_facts(page)),
        callback=_unused,
        errback=_unused,
    )
    return {
        "born": state["born"],
        "by": "xhr" if state["xhr"] and not state["fetch"] else "fetch",
        "url": request.url,
        "method": "GET",
        "headers": {},
        "body": None,
        "timeout": _SECONDS,
        "largest": 0,
    }


def nickname_in(body: bytes) -> str | None:
    """Return the nickname in an answer of ``user/profile/self``, if there is one."""
    try:
        shown = observe_self(body, datetime.now(UTC))
    except MalformedPage:
        return None
    user = shown[0].item if shown else None
    if not isinstance(user, User):
        return None
    return printable(user.nickname or "") or None


def _unused(*_: Any) -> None:
    """Stand where Scrapy's requests have a callback; no crawl sends this one."""

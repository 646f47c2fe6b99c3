"""Waits until a page's script is there to sign; names what came in its place."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from douyin_crawler.api.classify import classify_plain
from douyin_crawler.api.errors import CaptchaDemanded, JavaScriptChallenge
from douyin_crawler.browser.pages import PageLost
from douyin_crawler.browser.scripts import script

if TYPE_CHECKING:
    from douyin_crawler.api.errors import ApiError
    from douyin_crawler.browser.pages import ApiPage

_HOOK = 5.0
"""Seconds after its last load that a page has to hook ``fetch`` or XMLHttpRequest."""
_BEAT = 0.1
_VERIFY_TITLE = "验证码中间页"
_CHALLENGE_MARKS = ("_$jsvmprt", "__ac_nonce")


async def wait_until_ready(page: ApiPage, url: str, within: float) -> None:
    """Wait until the script of *page* has hooked what makes requests.

    A page that solves the service's JavaScript challenge loads itself anew, and is
    waited for. One that hooks nothing is taken as it is after some seconds.

    Raises:
        PageLost: the page ended meanwhile.
        ApiError: it is a page of another kind: a captcha, a refusal.
    """
    end = time.monotonic() + within
    born, until = 0.0, end
    while True:
        state = await _state(page)
        now = time.monotonic()
        if state and state["born"] != born:
            born, until = state["born"], min(end, now + _HOOK)
        challenged = bool(state) and _is_challenge(state)
        if state and (refused := _refusal(page, state, url)):
            raise refused
        hooked = bool(state) and (state["fetch"] or state["xhr"])
        if (hooked and state["loaded"] and not challenged) or (
            now > (end if challenged or not state else until)
        ):
            break
        await asyncio.sleep(_BEAT)
    if challenged:
        raise JavaScriptChallenge(f"the page {url} stays at it")
    if not state:
        raise PageLost("it keeps loading")
    await page.take_stock(born, {way: state[way] for way in ("fetch", "xhr")})


async def _state(page: ApiPage) -> dict[str, Any]:
    """Return what the page is; nothing while it goes elsewhere."""
    try:
        state: dict[str, Any] = await page.look(script("state"))
    except Error:
        return {}
    return state


def _is_challenge(state: dict[str, Any]) -> bool:
    hooked = state["fetch"] or state["xhr"]
    return not hooked and any(mark in state["text"] for mark in _CHALLENGE_MARKS)


def _refusal(page: ApiPage, state: dict[str, Any], url: str) -> ApiError | None:
    if _VERIFY_TITLE in state["title"]:
        return CaptchaDemanded(f"the page {url} is {_VERIFY_TITLE}")
    status, headers = page.document
    body = b"-" if state["text"] else b""
    error = classify_plain(status, headers, body) if status else None
    if error is None:
        return None
    return type(error)(f"the page {url}: {error.evidence}")

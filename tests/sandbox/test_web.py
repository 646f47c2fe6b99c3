"""The web pages in a real Chromium: their signatures, their hook, their login."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox import web_text
from douyin_crawler.sandbox.config import SandboxConfig
from douyin_crawler.sandbox.server import Sandbox
from tests.sandbox.client import API, Client, sec_uid
from tests.signing.vectors import vectors
from tests.support.chromium import browser_context, needs_chromium

if TYPE_CHECKING:
    from playwright.async_api import Page

AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36"
)
_SIGN_ALL = """(vectors) => {
%s
const page = (p) => ({ env: p.env_flags, nr: p.nr_flags, nrTag: p.nr_tag,
    detect: p.detect_flags, pageId: p.page_id, aid: p.aid });
return {
    x_bogus: vectors.x_bogus.map((v) =>
        xBogus({ ...v, userAgent: v.user_agent, seconds: v.time })),
    a_bogus: vectors.a_bogus.map((v) => aBogus({ ...v, userAgent: v.user_agent,
        nowMs: v.now_ms, made: v.signed_before, page: page(v.page) })),
    web_signature: vectors.web_signature.map((v) =>
        webSigned(v.query, v.uifid, v.timestamp).query),
};
}"""
_WIRE = {"x_bogus": "x_bogus", "a_bogus": "a_bogus", "web_signature": "wire"}
_FETCH = """async ([method, url, body]) => {
    const headers = body ? { "Content-Type": "application/x-www-form-urlencoded" } : {};
    const answer = await fetch(url, { method, headers, body });
    return [answer.status, await answer.text()];
}"""
_XHR = """([method, url, body]) => new Promise((resolve) => {
    const call = new XMLHttpRequest();
    call.open(method, url);
    const type = "application/x-www-form-urlencoded";
    if (body) call.setRequestHeader("Content-Type", type);
    call.onload = () => resolve([call.status, call.responseText]);
    call.send(body);
})"""
_CODE = "#animate_qrcode_container img"
_OTHER_CODE = f"(old) => document.querySelector('{_CODE}').src !== old"


@needs_chromium
async def test_the_pages_in_a_browser() -> None:
    """One browser for all: it takes longer to start than everything in it."""
    config = SandboxConfig(port=0, users=50, day=30, browser_only=True, challenge=True)
    sandbox = Sandbox(config)
    await sandbox.start()
    try:
        async with (
            browser_context(user_agent=AGENT) as context,
            Client(sandbox.url) as client,
        ):
            page = await context.new_page()
            await page.goto(sandbox.url)
            await page.wait_for_selector("html[data-ready]")  # past the challenge
            await _signs_as_the_vectors(page)
            for way in (_FETCH, _XHR):
                await _is_admitted(sandbox, page, way)
            await _is_bound_to_its_page(sandbox, client)
            await _logs_in(sandbox, page, client)
            await _is_verified(page, client)
            await _misbehaves(sandbox, page, client)
            await _signs_otherwise(sandbox, page)
    finally:
        await sandbox.stop()


async def _signs_as_the_vectors(page: Page) -> None:
    given = {name: vectors(name) for name in _WIRE}
    made = await page.evaluate(_SIGN_ALL % web_text.scripts(web_text.SIGNING), given)
    for name, key in _WIRE.items():
        assert made[name] == [vector[key] for vector in given[name]], name


async def _is_admitted(sandbox: Sandbox, page: Page, way: str) -> None:
    """By relative and whole addresses, GET and POST, tokens before or after."""
    user = sec_uid(sandbox, 0)
    own = f"aid=6383&screen_width=1920&sec_user_id={user}"
    form = f"sec_user_ids=%5B%22{user}%22%5D"
    asked: list[tuple[str, str, str | None]] = [
        ("GET", f"{API}user/profile/other/?{own}&whale_cut_token=", None),
        ("GET", f"{sandbox.url}{API}aweme/post/?{own}&max_cursor=0&count=18", None),
        ("GET", f"{API}comment/list/reply/?aid=6383&item_id=1&comment_id=2", None),
        ("POST", f"{API}im/user/info/?aid=6383", form),
        ("GET", f"{API}emoji/list", None),
    ]
    for call in asked:
        status, text = await page.evaluate(way, list(call))
        (wire,) = sandbox.log.entries("", 1)
        assert (status, wire["refused"], wire["signer"]) == (200, None, "a_bogus")
        assert text
        assert wire["page"]
        names = [pair.partition("=")[0] for pair in wire["query"].split("&")]
        assert len(names) == len(set(names))
        told = "x-secsdk-web-signature" in dict(wire["headers"])
        assert told == ("aweme/post/" in call[1])
    assert "webid" in names


async def _is_bound_to_its_page(sandbox: Sandbox, client: Client) -> None:
    """What the page sent is refused the second time, and with another query."""
    (wire,) = sandbox.log.entries("aweme/post/", 1)
    headers = dict(wire["headers"])
    query = wire["query"].replace("&count=18", "&count=17")
    for sent, reason in ((wire["query"], "replayed"), (query, "sign invalid")):
        answer = await client.send(wire["path"], sent, **headers)
        assert answer.status == 403
        assert answer.body.endswith(b"Sign Invalid")
        assert sandbox.log.entries("", 1)[0]["refused"].endswith(reason)
    (wire,) = sandbox.log.entries("emoji/list", 1)
    spoilt = [
        ("digest", wire["query"] + "&a=1", {}),
        ("malformed", wire["query"], {"x-page-proof": "1"}),
        ("other session", wire["query"], {"Cookie": ""}),
    ]
    for reason, sent, other in spoilt:
        answer = await client.send(wire["path"], sent, **dict(wire["headers"]) | other)
        assert (answer.status, answer.body) == (200, b"")
        assert sandbox.log.entries("", 1)[0]["refused"] == f"proof: {reason}"


async def _logs_in(sandbox: Sandbox, page: Page, client: Client) -> None:
    assert "error" in await client.control("login", "POST")  # no code is on show
    await page.get_by_text("登录", exact=True).click()
    code = page.locator(f"{_CODE}[src^='data:image/png']")
    await code.wait_for()
    (shown,) = await client.control("login")
    assert shown["text"].endswith(f"/passport/qr?aid=6383&token={shown['token']}")
    await client.control("login/expire", "POST")
    old = await code.get_attribute("src")
    await page.wait_for_function(_OTHER_CODE, arg=old)
    assert await client.control("login/scan", "POST") == {"codes": 1}
    await page.get_by_text("扫描成功").wait_for()
    await client.control("login", "POST")
    await page.locator("#login-panel-new").wait_for(state="hidden")
    cookies = {cookie["name"]: cookie for cookie in await page.context.cookies()}
    assert cookies["sessionid"]["httpOnly"]
    assert cookies["sessionid"]["value"] == sandbox.mint.session_id()
    shown_name = await page.inner_text("#user-nickname")
    asked = ["GET", f"{API}user/profile/self/?aid=6383", None]
    assert f'"{shown_name}"' in (await page.evaluate(_FETCH, asked))[1]


async def _is_verified(page: Page, client: Client) -> None:
    await client.control("verify", "POST")
    await page.reload()
    assert await page.title() == "验证码中间页"
    await page.click("#captcha-verify-button")
    await page.locator("#user-nickname").wait_for()
    assert not await page.locator("#login-button").is_visible()


async def _misbehaves(sandbox: Sandbox, page: Page, client: Client) -> None:
    asked = ["GET", f"{API}emoji/list", None]
    order = {"misbehave": "navigate", "after": 2}
    for way in (_FETCH, _XHR):
        await client.control("page", "POST", order)
        assert (await page.evaluate(way, asked))[0] == 200
        away = asyncio.create_task(page.wait_for_url("**/away"))
        with pytest.raises(Exception, match="Execution context was destroyed"):
            await page.evaluate(way, asked)
        await away
        await page.goto(sandbox.url)


async def _signs_otherwise(sandbox: Sandbox, page: Page) -> None:
    """The page is told to sign the older way; then with a proof made up anew."""
    sandbox.site.signature = "X-Bogus"
    asked: list[Any] = ["GET", f"{API}hot/search/list/?aid=6383", None]
    await page.reload()
    assert (await page.evaluate(_FETCH, asked))[1]
    assert sandbox.log.entries("", 1)[0]["signer"] == "x_bogus"
    sandbox.site.script = "proof = () => `${PAGE.id}.1.${hex(sm3(utf8(PAGE.id)))}`;"
    await page.reload()
    assert await page.evaluate(_FETCH, asked) == [200, ""]
    assert sandbox.log.entries("", 1)[0]["refused"] == "proof: digest"

"""A site whose page signs in a way that stands nowhere in the project.

The page's script makes up a parameter from the request and from a number that only
this page has; whatever comes without it is refused. What an API answer does beside
answering is planned by post: a reset, a page that hangs, and the like.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import struct
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

# Every third letter's code, mixed with the page's number; sent as parameter and header.
_SIGN = """
const odd = (text) => {
  let sum = NUMBER;
  for (let i = 0; i < text.length; i += 3)
    sum = (sum * 31 + text.charCodeAt(i)) % 1000003;
  return String(sum);
};
const path = (url) => {
  const u = new URL(url, location.href);
  return u.pathname + u.search;
};
const obey = (order) => {
  if (order === "hang") for (;;);
  if (order === "navigate") location.href = "/elsewhere";
};
document.cookie = "odd_token=TOKEN; path=/";
"""
_HOOKS = {
    "fetch": """
const made = window.fetch;
window.fetch = async (url, init = {}) => {
  const key = odd(path(url) + (init.body || ""));
  const headers = { ...init.headers, "x-odd": key };
  const answer = await made(url + "&odd_key=" + key, { ...init, headers });
  obey(answer.headers.get("x-order"));
  return answer;
};
""",
    "xhr": """
const { open, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (method, url, ...more) {
  this.odd = [method, url, more];
  open.call(this, method, url, ...more);
};
XMLHttpRequest.prototype.send = function (body) {
  const [method, url, more] = this.odd;
  const key = odd(path(url) + (body || ""));
  const kind = this.responseType;
  open.call(this, method, url + "&odd_key=" + key, ...more);
  this.responseType = kind;
  this.setRequestHeader("x-odd", key);
  this.addEventListener("load", () => obey(this.getResponseHeader("x-order")));
  send.call(this, body);
};
""",
}
_PAGE = "<!doctype html><title>odd</title><script>%s%s</script><p>odd"
_VERIFY = "<!doctype html><title>验证码中间页</title><p>TTGCaptcha"
PROXY_USER, PROXY_PASSWORD = "odd-user", "pass:word@odd"


@dataclass
class OddSite:
    """`with OddSite("fetch") as site: ...`; ``plans`` say what happens to whom."""

    hook: str
    """``fetch`` or ``xhr``: what the script signs; ``""``: nobody is refused."""
    verify: bool = False
    is_proxy: bool = False
    """Whether it answers as a proxy does that wants a password."""
    plans: dict[str, list[Any]] = field(default_factory=dict)
    """By post: what happens to its requests, one after the other (a name, or a call);
    then data."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Post and what happened, of each request to the API."""
    pages: int = 0
    tokens: list[str] = field(default_factory=list)
    """What no log may show."""
    url: str = ""

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._numbers: list[int] = []
        self._thread = threading.Thread(target=self._serve, args=(started,))
        self._thread.start()
        assert started.wait(30), "no address: a crawl would ask the real site"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        runner = web.AppRunner(
            _app(self._answer), access_log=None, shutdown_timeout=0.1
        )
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.is_proxy and not _has_password(request):
            asks = {"Proxy-Authenticate": 'Basic realm="odd"'}
            return web.Response(status=407, headers=asks)
        if request.path.startswith("/aweme/"):
            return await self._api(request)
        self.pages += 1
        if self.verify:
            return web.Response(text=_VERIFY, content_type="text/html")
        self._numbers.append(secrets.randbelow(1_000_000))
        self.tokens.append(secrets.token_hex(16))
        script = _SIGN.replace("NUMBER", str(self._numbers[-1]))
        script = script.replace("TOKEN", self.tokens[-1])
        page = web.Response(
            text=_PAGE % (script, _HOOKS.get(self.hook, "")), content_type="text/html"
        )
        page.headers["Set-Cookie"] = f"ttwid={self.tokens[-1]}; HttpOnly; path=/"
        return page

    async def _api(self, request: web.Request) -> web.StreamResponse:
        text = (await request.read()).decode()
        post = request.query.get("aweme_id", text)
        if self.hook and not self._is_signed(request, text):
            self.asked.append((post, "unsigned"))
            return web.Response()
        planned = self.plans.get(post)
        what = planned.pop(0) if planned else "data"
        self.asked.append((post, what if isinstance(what, str) else "call"))
        if not isinstance(what, str):
            await asyncio.to_thread(what)
            what = "reset"
        body = self.bodies.get(post) or json.dumps(comments(post)).encode()
        answer = await _happens(what, request, body)
        # Of a reset on a connection that was used before, no client tells.
        answer.force_close()
        return answer

    def _is_signed(self, request: web.Request, body: str) -> bool:
        target, _, key = request.raw_path.rpartition("&odd_key=")
        target = target.removeprefix(self.url)
        self.tokens.append(f"odd_key={key}")
        keys = {_key(number, target + body) for number in self._numbers}
        return key in keys and request.headers.get("x-odd") == key


def comments(post: str) -> dict[str, Any]:
    """Return an answer: the last page of the comments of a post."""
    user = {"uid": "1", "sec_uid": "MS4wLjABAAAA" + "o" * 43, "nickname": "odd"}
    comment = {
        "cid": post[:-1] + "7",
        "aweme_id": post,
        "text": f"on {post}",
        "create_time": 1_700_000_000,
        "digg_count": 1,
        "reply_comment_total": 0,
        "user": user,
    }
    return {
        "status_code": 0,
        "comments": [comment],
        "cursor": 20,
        "has_more": 0,
        "total": 1,
    }


def _app(answer: Any) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def _key(number: int, text: str) -> str:
    for letter in text[::3]:
        number = (number * 31 + ord(letter)) % 1_000_003
    return str(number)


def _has_password(request: web.Request) -> bool:
    expected = b64encode(f"{PROXY_USER}:{PROXY_PASSWORD}".encode()).decode()
    return request.headers.get("Proxy-Authorization") == f"Basic {expected}"


_REFUSALS: dict[str, dict[str, Any]] = {
    "empty": {},
    "gateway": {"status": 403, "text": "Blocked by ArgusSecurityPlugin"},
    "often": {"status": 429, "headers": {"Retry-After": "1"}},
    "redirect": {"status": 302, "headers": {"Location": "/verify?who=me"}},
    "down": {"status": 502, "text": "bad gateway"},
    "html": {"text": "<html>no", "content_type": "text/html"},
    "gzip": {
        "body": b"\x1f\x8b\x08 no gzip at all",
        "headers": {"Content-Encoding": "gzip"},
    },
}


async def _happens(what: str, request: web.Request, body: bytes) -> web.StreamResponse:
    if what in _REFUSALS:
        return web.Response(**_REFUSALS[what])
    if what == "cut":
        return await _cut(request, body)
    answer = web.Response(body=body, content_type="application/json", charset="utf-8")
    answer.headers["X-Ms-Token"] = "odd-ms-token-" + "x" * 20
    if what == "packed":
        answer.enable_compression(web.ContentCoding.gzip)
    if what == "slow":
        await asyncio.sleep(30)
    if what in ("hang", "navigate"):
        answer.headers["X-Order"] = what
    if what == "reset":
        _reset(request)
    return answer


async def _cut(request: web.Request, body: bytes) -> web.StreamResponse:
    """Send half of what is announced."""
    answer = web.StreamResponse(headers={"Content-Length": str(len(body) * 2)})
    await answer.prepare(request)
    await answer.write(body)
    assert request.transport is not None
    request.transport.close()
    return answer


def _reset(request: web.Request) -> None:
    """Let the connection end with a reset."""
    assert request.transport is not None
    connection = request.transport.get_extra_info("socket")
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    request.transport.abort()

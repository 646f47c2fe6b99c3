"""A small signed client of the sandbox."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import ClientSession, DummyCookieJar
from yarl import URL

from douyin_crawler.signing import make_signer
from douyin_crawler.signing.websign import web_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from douyin_crawler.sandbox.server import Sandbox

AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.0.0 Safari/537.36"
)
FINGERPRINT = "1920|947|1920|1032|1920|1032|1920|1080|Win32"
MS_TOKEN = "a" * 182 + "=="
API = "/aweme/v1/web/"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def value(self) -> Any:
        return json.loads(self.body)


class Client:
    """Asks a running sandbox; `cookies` and `agent` may be spoilt by a test."""

    def __init__(
        self, url: str, cookie: str = "", *, signer: str = "a_bogus", sign: bool = True
    ) -> None:
        pairs = (part.partition("=") for part in cookie.split("; ") if part)
        self.cookies = {name: value for name, _, value in pairs}
        self.agent = AGENT
        self.headers: dict[str, str] = {}
        self.clock: Callable[[], float] = time.time
        self._url = url
        self._signs = sign
        self._signer = make_signer(
            signer, user_agent=AGENT, fingerprint=FINGERPRINT, clock=self._now
        )

    def _now(self) -> float:
        return self.clock()

    async def __aenter__(self) -> Self:
        self._session = ClientSession(cookie_jar=DummyCookieJar())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def send(self, path: str, query: str = "", **headers: str) -> Answer:
        """Ask for exactly that path and query."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"User-Agent": self.agent, "Cookie": cookie, **self.headers, **headers}
        url = URL(f"{self._url}{path}?{query}", encoded=True)
        asked = self._session.get(url, headers=own, allow_redirects=False)
        async with asked as answer:
            body = await answer.read()
            return Answer(answer.status, answer.headers, body)

    async def visit(self) -> None:
        """Load a page and keep the cookies it sets."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"User-Agent": self.agent, "Cookie": cookie}
        async with self._session.get(f"{self._url}/", headers=headers) as answer:
            for line in answer.headers.getall("Set-Cookie", []):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value

    def query(self, path: str, params: Mapping[str, object], body: bytes = b"") -> str:
        """The whole signed query for a path."""
        own = {"msToken": MS_TOKEN, **params}
        query = urlencode({k: v for k, v in own.items() if v is not None})
        if not self._signs:
            return query
        query += f"&{self._signer.parameter}={self._signer.sign(query, body)}"
        uifid = self.cookies.get("UIFID") or self.cookies.get("UIFID_TEMP")
        return web_signature(query, uifid, int(time.time())) if uifid else query

    async def api(self, path: str, **params: object) -> Answer:
        """A signed request; a parameter of None is left out."""
        path = API + path
        return await self.send(path, self.query(path, params))

    async def form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """A signed POST of a form."""
        path, body = API + path, urlencode(fields).encode()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"User-Agent": self.agent, "Cookie": cookie, **self.headers}
        own["Content-Type"] = "application/x-www-form-urlencoded"
        url = URL(f"{self._url}{path}?{self.query(path, {}, body)}", encoded=True)
        async with self._session.post(url, data=body, headers=own) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def control(self, path: str, method: str = "GET", value: Any = None) -> Any:
        """Ask a control path of the sandbox."""
        data = None if value is None else json.dumps(value).encode()
        url = f"{self._url}/_sandbox/{path}"
        async with self._session.request(method, url, data=data) as answer:
            return await answer.json()


def sec_uid(sandbox: Sandbox, index: int) -> str:
    return sandbox.world.user(index).sec_uid

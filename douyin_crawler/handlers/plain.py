"""Plain HTTP: signs exactly the bytes that go out, once an attempt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import TextResponse

from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.requests import ENDPOINT, GENERATION, as_browser, encode
from douyin_crawler.session.session import TOKEN_HEADERS
from douyin_crawler.signing import make_signer
from douyin_crawler.signing.websign import web_signature

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy import Request
    from scrapy.http import Response

    from douyin_crawler.api.browser import Browser
    from douyin_crawler.api.endpoints import Endpoint
    from douyin_crawler.extensions.run import RunExtension
    from douyin_crawler.session.session import Session
    from douyin_crawler.signing import Signer


class PlainWire:
    """Adds the session's tokens, the signature and the cookies to a copy."""

    def __init__(
        self,
        fetch: Callable[[Request], Awaitable[Response]],
        name: str,
        run: RunExtension,
    ) -> None:
        self._fetch = fetch
        self._name = name
        self._run = run
        self._identity: tuple[Browser, Signer] | None = None

    async def send(self, request: Request) -> Response:
        """Return the answer to the signed copy of *request*, as if it were unsigned."""
        session = self._run.session
        signed = request
        try:
            endpoint = ENDPOINTS[request.meta[ENDPOINT]]
            await self._first_visit(endpoint, request)
            await self._run.pace.turn(request)
            signed = self._sign(endpoint, request, session)
            self._run.count(f"signer/{self._name}")
            response = await self._fetch(signed)
        except IgnoreRequest:  # an ApiError, or the run ends
            raise
        except Exception as error:
            raise _unsigned(error, signed, request, session) from None
        finally:
            latency = signed.meta.get("download_latency")
            if latency is not None:
                request.meta["download_latency"] = latency
        session.absorb(response.headers, request.meta[GENERATION])
        for name in TOKEN_HEADERS:
            response.headers.pop(name, None)
        return _answer(response, request)

    async def _first_visit(self, endpoint: Endpoint, request: Request) -> None:
        """Let the server hand out tokens, where the endpoint asks for any."""
        if endpoint.login == "no":
            return

        async def turn() -> None:
            await self._run.pace.turn(request, beside=True)

        if await self._run.first_visit.ensure(turn, self._fetch):
            self._run.count("visits")

    def _sign(self, endpoint: Endpoint, request: Request, session: Session) -> Request:
        base, _, query = request.url.partition("?")
        wire = self.signed_query(endpoint, query, request.body, session)
        headers = request.headers.copy()
        headers.update(session.browser.headers)
        if session.cookie_header:
            headers["Cookie"] = session.cookie_header
        request.meta[GENERATION] = session.generation
        meta = request.meta.copy()
        return request.replace(url=f"{base}?{wire}", headers=headers, meta=meta)

    def _signer(self, browser: Browser) -> Signer:
        """Return the signer for *browser*: one that stays while the session does."""
        if self._identity is None or self._identity[0] != browser:
            agent, shown = browser.user_agent, browser.fingerprint
            signer = make_signer(self._name, user_agent=agent, fingerprint=shown)
            self._identity = browser, signer
        return self._identity[1]

    def signed_query(
        self, endpoint: Endpoint, query: str, body: bytes, session: Session
    ) -> str:
        """Return *query* with tokens and signatures, in the order of the site."""
        verify = (("verifyFp", session.verify_fp), ("fp", session.verify_fp))
        uifid = session.uifid if endpoint.web_signature else None
        tokens = (
            ("webid", session.webid),
            ("uifid", uifid),
            *(() if endpoint.verify_after else verify),
            ("msToken", session.ms_token),
        )
        query = as_browser(query, session.browser, endpoint)
        query += "&" + encode(tuple((n, v) for n, v in tokens if v))
        signer = self._signer(session.browser)
        query += f"&{signer.parameter}={signer.sign(query, body)}"
        if endpoint.verify_after:
            query += "&" + encode(verify)
        if uifid:
            query = web_signature(query, uifid, int(time.time()))
        return query


def _answer(response: Response, request: Request) -> Response:
    """Return *response* as the answer to the unsigned *request*.

    ``response.replace`` would guess the encoding of half a megabyte of JSON.
    """
    known = {"encoding": "utf-8"} if isinstance(response, TextResponse) else {}
    return type(response)(
        url=request.url,
        status=response.status,
        headers=response.headers,
        body=response.body,
        flags=response.flags,
        request=request,
        certificate=response.certificate,
        ip_address=response.ip_address,
        protocol=response.protocol,
        **known,
    )


def _unsigned(
    error: Exception, signed: Request, request: Request, session: Session
) -> Exception:
    """Return *error* as it would read for the unsigned request."""
    text = session.redact(str(error).replace(signed.url, request.url))
    try:
        return type(error)(text)
    except TypeError:
        return DownloadFailedError(f"{type(error).__name__}: {text}")

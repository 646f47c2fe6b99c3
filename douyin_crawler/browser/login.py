"""A login by hand, in a Chromium of our own; its session is taken over."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from playwright.async_api import Error as PlaywrightError

from douyin_crawler.api.evidence import one_line
from douyin_crawler.browser.facts import page_facts
from douyin_crawler.browser.login_chromium import LoginFailed, chromium_of
from douyin_crawler.browser.login_page import LoginPage, is_verify_page
from douyin_crawler.browser.login_profile import write_private
from douyin_crawler.browser.login_who import ask_who
from douyin_crawler.session.cookie_files import shown_name
from douyin_crawler.session.cookies import LOGIN_COOKIES
from douyin_crawler.session.session_file import SessionFile, StoredCookie, same_origin
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.async_api import BrowserContext, Page

    from douyin_crawler.browser.login_teller import Teller
    from douyin_crawler.browser.qr import QrCode
    from douyin_crawler.config import Config

_EVERY = 0.5
"""Seconds between two looks at the cookies and the page."""
_LOADING = 30_000.0
_ACTION = 10_000.0
"""Milliseconds for a page to load, and for what is done in it."""
_LOOK = 30.0
"""Seconds after which a look is given up: a script of the page may hang."""
_FEW = 5
"""Looks within which a page need not have shown its code."""
_SETTLING = 10
"""Looks that the page gets after the login, to set its own tokens."""
_COOKIE_PATH = "/aweme/v1/web/"
_NET_ERROR = re.compile(r"net::(ERR_(?!ABORTED)\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """The session of a login."""

    session: SessionFile
    before: bool
    """Whether it was one already, in this profile."""
    doubt: str = ""
    """Why nobody could be asked who it is."""
    left_out: tuple[str, ...] = ()
    """Names of cookies that can't be sent."""


async def log_in(
    config: Config, teller: Teller, *, headless: bool, seconds: float, picture: Path
) -> LoggedIn:
    """Return the session, once a person has logged in.

    *picture*: where to keep what the page shows, if nobody sees it and it is no use.

    Raises:
        LoginFailed: nobody has within *seconds*, or nobody can.
        BrowserMissing: there is no Chromium.
    """
    async with chromium_of(config, headless=headless) as context:
        login = _Login(config, context, teller, headless=headless, picture=picture)
        try:
            async with asyncio.timeout(seconds):
                return await login.wait()
        except TimeoutError:
            raise LoginFailed(await login.why_in_vain(seconds)) from None
        except PlaywrightError as error:
            login.check_alive()
            told = one_line(error.message)
            raise LoginFailed(f"Chromium does not do as it should: {told}") from None


class _Login:
    def __init__(
        self,
        config: Config,
        context: BrowserContext,
        teller: Teller,
        *,
        headless: bool,
        picture: Path,
    ) -> None:
        self._config = config
        self._context = context
        self._teller = teller
        self._headless = headless
        self._picture = picture
        self._url = config.base_url.rstrip("/")
        self._closed = asyncio.Event()
        self._page: Page
        self._sight: LoginPage | None = None
        self._refused: dict[str, str] = {}
        self._attempts = 0
        self._code = ""
        self._told: set[str] = set()
        self._looks = 0
        self._refusal = ""
        self._unsendable: list[str] = []

    async def wait(self) -> LoggedIn:
        """Wait without end."""
        await self._open()
        begun = await self._login_cookies()
        while True:
            try:
                async with asyncio.timeout(_LOOK):
                    if done := await self._attempt(begun):
                        return done
                    await self._look()
            except TimeoutError:
                pass  # the page is busy; the next look may find it better
            except PlaywrightError:
                pass  # it goes elsewhere, or is closed
            except msgspec.ValidationError:
                self._once("hidden", self._teller.hidden)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), _EVERY)
            self.check_alive()

    async def why_in_vain(self, seconds: float) -> str:
        """Return why nobody has logged in; keep a picture where nobody could."""
        if self._refusal:
            return (
                "somebody has logged in, but the service does not take it: "
                f"{self._refusal}; run it again"
            )
        message = f"nobody has logged in within {seconds:g} s (--timeout)"
        if self._headless and not self._looks:
            return f"{message}; the page had not loaded by then: give it more time"
        if not self._headless or self._code:
            return f"{message}; run it again"
        with suppress(PlaywrightError, TimeoutError, OSError):
            await self._keep_picture()
            message += f"; no QR code was found in the page, see {self._picture}"
        if self._looks < _FEW:
            message += "; it may not have been drawn by then: give it more time"
        return message

    async def _open(self) -> None:
        self._context.set_default_timeout(_ACTION)
        self._context.on("close", lambda _: self._closed.set())
        pages = self._context.pages
        self._page = pages[0] if pages else await self._context.new_page()
        self._page.on("crash", lambda _: self._closed.set())
        try:
            await self._page.goto(self._url + "/", timeout=_LOADING)
        except PlaywrightError as error:
            if match := _NET_ERROR.search(error.message):
                raise LoginFailed(
                    f"{self._url} can't be reached ({match[1]})", ExitStatus.BLOCKED
                ) from None
            self.check_alive()  # else slow, or a person goes elsewhere
        if self._headless:
            self._sight = LoginPage(self._page, await self._context.new_page())

    def check_alive(self) -> None:
        """Go on while there is a page.

        Raises:
            LoginFailed: there is none.
        """
        if not self._closed.is_set() and self._context.pages:
            return
        if self._headless:
            raise LoginFailed("Chromium has ended before anybody had logged in")
        raise LoginFailed(
            "the window was closed before anybody had logged in", ExitStatus.STOPPED
        )

    # -- the login ---------------------------------------------------------------

    async def _attempt(self, begun: dict[str, str]) -> LoggedIn | None:
        """Return the session, if there is a login that has not been refused."""
        login = await self._login_cookies()
        page = self._own_page()
        if not login or login == self._refused or page is None:
            return None
        self._attempts += 1
        answer = await ask_who(page, self._config)
        if answer.refused and login == begun:
            await self._forget_ended()
            return None
        if answer.refused:
            self._refusal = answer.doubt
            self._once("refused", partial(self._teller.refused, answer.doubt))
        if answer.refused and self._attempts >= _SETTLING:
            self._refused, self._attempts = login, 0
        if answer.refused or (answer.doubt and self._attempts < _SETTLING):
            return None
        session = await self._session(page, answer.nickname)
        return LoggedIn(
            session=session,
            before=login == begun,
            doubt=answer.doubt,
            left_out=tuple(self._unsendable),
        )

    async def _forget_ended(self) -> None:
        """Take away a login that has ended, so that the page offers a new one."""
        self._teller.ended()
        self._attempts = 0
        for name in LOGIN_COOKIES:
            await self._context.clear_cookies(name=name)
        await self._page.goto(self._url + "/", timeout=_LOADING)

    async def _login_cookies(self) -> dict[str, str]:
        found = {cookie.name: cookie.value for cookie in await self._cookies()}
        return {name: found[name] for name in LOGIN_COOKIES if found.get(name)}

    async def _cookies(self) -> list[StoredCookie]:
        found = await self._context.cookies(self._url + _COOKIE_PATH)
        return [_stored(dict(cookie)) for cookie in found]

    async def _session(self, page: Page, nickname: str | None) -> SessionFile:
        for _ in range(_SETTLING):
            cookies = await self._cookies()
            if {"UIFID", "UIFID_TEMP"} & {cookie.name for cookie in cookies}:
                break
            await asyncio.sleep(_EVERY)
        return SessionFile(
            base_url=self._url,
            created=datetime.now(UTC).replace(microsecond=0),
            cookies=self._sendable(await self._cookies()),
            browser=await page_facts(page),
            user=nickname,
        )

    def _sendable(self, cookies: list[StoredCookie]) -> list[StoredCookie]:
        """Leave out what can't be sent, and take note of it."""
        lost = [cookie for cookie in cookies if not cookie.sendable()]
        self._unsendable = sorted(shown_name(cookie.name) for cookie in lost)
        return [cookie for cookie in cookies if cookie not in lost]

    def _own_page(self) -> Page | None:
        """Return a page of the site, whichever a person has it in."""
        shown = (page for page in reversed(self._context.pages))
        return next((page for page in shown if same_origin(page.url, self._url)), None)

    # -- what is to be seen --------------------------------------------------------

    async def _look(self) -> None:
        if self._page.is_closed():  # a person has gone on in another
            self._page = self._context.pages[-1]
        if await is_verify_page(self._page):
            await self._verify()
        elif self._sight is not None:
            seen = await self._sight.look()
            for line in seen.words:
                self._once(line, partial(self._teller.words, line))
            if (code := seen.code) and code.text != self._code:
                self._show(code)
        self._looks += 1

    def _show(self, code: QrCode) -> None:
        """Show it; a doubtful one, an app's perhaps, only where there was none."""
        if code.of_login or not self._code:
            again = bool(self._code)
            self._teller.code(code.text, again=again, sure=code.of_login)
            self._code = code.text

    async def _verify(self) -> None:
        if self._headless:
            await self._keep_picture()
            raise LoginFailed(
                "the site shows a verify page (a captcha), which only a person can "
                "solve: run scrapy login where there is a display (ssh -X brings one "
                f"along); what the page shows is in {self._picture}",
                ExitStatus.BLOCKED,
            )
        self._once("verify", self._teller.verify)

    def _once(self, what: str, tell: Callable[[], None]) -> None:
        if what not in self._told:
            self._told.add(what)
            tell()

    async def _keep_picture(self) -> None:
        write_private(self._picture, await self._page.screenshot())


def _stored(cookie: dict[str, Any]) -> StoredCookie:
    renamed = {"httpOnly": "http_only"}
    values = {renamed.get(name, name): value for name, value in cookie.items()}
    return msgspec.convert(values, StoredCookie)

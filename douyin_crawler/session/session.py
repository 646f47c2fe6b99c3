"""The session: cookies and tokens, kept apart from everything that is logged."""

from __future__ import annotations

import hashlib
import random
import time
from collections import deque
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, Morsel, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from douyin_crawler.session.cookies import LOGIN_COOKIES
from douyin_crawler.signing.tokens import ms_token, verify_fp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scrapy.http import Headers

    from douyin_crawler.api.browser import Browser

# Shorter values ("1", "true") are no secrets, and redacting them would garble logs.
_SECRET_LENGTH = 8
_TOKEN_LENGTH = 16
_FORMER = 8
"""Values that were replaced and are still struck out."""
_FORMER_SESSIONS = 3
"""Whole sessions that were, for the same end."""
_STRUCK = "***"
_WEBID_HEADER = "cookie_ttwidinfo_webid"
_MS_TOKEN_HEADER = "x-ms-token"  # noqa: S105 - a name
# Headers of an answer that carry tokens; nothing behind the handler sees them.
TOKEN_HEADERS = ("Set-Cookie", _MS_TOKEN_HEADER, _WEBID_HEADER)


class Session:
    """One visitor's or one login's cookies and tokens.

    Tokens that the server sets are used from then on. Its text form is empty, so
    that no traceback shows a value.
    """

    def __init__(
        self,
        cookies: Mapping[str, str],
        also: Iterable[str] = (),
        browser: Browser | None = None,
    ) -> None:
        self._cookies = {name: value for name, value in cookies.items() if value}
        self._also = frozenset(also)
        self._browser = browser
        self._former: deque[str] = deque(maxlen=_FORMER)
        self._former_sessions: deque[frozenset[str]] = deque(maxlen=_FORMER_SESSIONS)
        self.generation = 0
        """How often the session was taken over from a page."""
        self._webid: str | None = None
        self._key = _key(cookies)
        noise = random.SystemRandom()
        self._made_up_ms_token = ms_token(noise)
        self._made_up_verify_fp = verify_fp(noise, int(time.time() * 1000))

    def __repr__(self) -> str:
        """Return the session's name, which holds no secret."""
        return f"<Session {self._key}>"

    @property
    def key(self) -> str:
        """``visitor``, or a short hash of the login cookie."""
        return self._key

    @property
    def logged_in(self) -> bool:
        """Whether the cookies hold a login (it may have expired)."""
        return self._key != "visitor"

    @property
    def needs_visit(self) -> bool:
        """Whether the server has to hand out tokens first."""
        return "ttwid" not in self._cookies

    @property
    def uifid(self) -> str | None:
        """The id that the third signature covers; a browser's own comes first."""
        return self._cookies.get("UIFID") or self._cookies.get("UIFID_TEMP")

    @property
    def webid(self) -> str | None:
        """The server's number for this ttwid, once it has told it."""
        return self._webid

    @property
    def ms_token(self) -> str:
        """The server's last msToken, else a random one of the same shape."""
        return self._cookies.get("msToken") or self._made_up_ms_token

    @property
    def verify_fp(self) -> str:
        """The value of ``verifyFp`` and ``fp``: the cookie s_v_web_id, else made up."""
        return self._cookies.get("s_v_web_id") or self._made_up_verify_fp

    @property
    def browser(self) -> Browser:
        """The browser that the session is of: signatures and headers agree with it."""
        assert self._browser, "a session that sends requests has a browser"
        return self._browser

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; a copy."""
        return dict(self._cookies)

    @property
    def cookie_header(self) -> str:
        """The ``Cookie`` header."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def absorb(self, headers: Headers, generation: int | None = None) -> None:
        """Take over what an answer sets.

        What answers a request of a *generation* before is struck out and not used: a
        ``webid`` of another ``ttwid`` is worse than none.
        """
        if generation not in (None, self.generation):
            self._former.extend(value for _, value in _tokens(headers) if value)
            return
        for name, value in _tokens(headers):
            if name == _WEBID_HEADER:
                self._webid = value
            else:
                self._set(name, value)

    def take_over(
        self, cookies: Mapping[str, str], browser: Browser | None = None
    ) -> None:
        """Go on as the session of a page: its cookies, and its *browser* if given.

        A visitor's cookies are replaced; a login's stay where the page has none of
        that name, so that no page turns a login into a visitor. What was there
        before is still struck out.
        """
        ttwid = self._cookies.get("ttwid")
        self._former_sessions.append(frozenset(self._values()))
        kept = self._cookies if self.logged_in else {}
        self._cookies = kept | {name: value for name, value in cookies.items() if value}
        if self._cookies.get("ttwid") != ttwid:
            self._webid = None
        self._browser = browser or self._browser
        self.generation += 1

    def update(self, cookies: Mapping[str, str]) -> None:
        """Take over what a page's script has set meanwhile."""
        for name, value in cookies.items():
            if value and self._cookies.get(name) != value:
                self._set(name, value)

    def redact(self, text: str) -> str:
        """Return *text* with every value of the session struck out."""
        for secret in self._secrets(_SECRET_LENGTH):
            if secret in text:
                text = text.replace(secret, _STRUCK)
        return text

    def redact_body(self, body: bytes) -> bytes:
        """Return an answer's text without the session's values, if it repeats any.

        Only long values are looked for: a short one may stand in a text by chance.
        Those of sessions before the last one are not: each costs a look at the whole.
        """
        for secret in self._secrets(_TOKEN_LENGTH, sessions=1):
            if (found := secret.encode("latin-1", "replace")) in body:
                body = body.replace(found, _STRUCK.encode())
        return body

    def _set(self, name: str, value: str) -> None:
        """Take a cookie over; an empty value deletes it."""
        former = self._cookies.pop(name, None)
        if former:
            self._former.append(former)
        if value:
            self._cookies[name] = value

    def _values(self) -> set[str]:
        return {
            *self._cookies.values(),
            self.ms_token,
            self.verify_fp,
            self._made_up_ms_token,
            self._webid or "",
        }

    def _secrets(self, length: int, sessions: int = _FORMER_SESSIONS) -> list[str]:
        former = {*self._former}.union(*list(self._former_sessions)[-sessions:])
        values = self._values() | self._also | former
        plain = {v for v in values if len(v) >= length}
        forms = plain | {quote(v, safe="") for v in plain} | {unquote(v) for v in plain}
        # Longest first: one value may contain another.
        return sorted(forms, key=len, reverse=True)


def _key(cookies: Mapping[str, str]) -> str:
    login = next((cookies[name] for name in LOGIN_COOKIES if cookies.get(name)), None)
    if login is None:
        return "visitor"
    return "login-" + hashlib.sha256(login.encode()).hexdigest()[:12]


def _tokens(headers: Headers) -> Iterator[tuple[str, str]]:
    """Yield what an answer sets: cookies, and the webid under its header's name."""
    for line in headers.getlist("Set-Cookie"):
        yield from _set_cookie(line.decode("latin-1")).items()
    if token := headers.get(_MS_TOKEN_HEADER):
        yield "msToken", token.decode("latin-1")
    if webid := headers.get(_WEBID_HEADER):
        yield _WEBID_HEADER, webid.decode("latin-1")


def _set_cookie(line: str) -> dict[str, str]:
    """Return name and value; values go back as received, percent-encoding and all."""
    try:
        parsed = SimpleCookie(line)
    except CookieError:
        return {}
    if parsed:
        return {
            name: "" if _is_deletion(morsel) else morsel.coded_value
            for name, morsel in parsed.items()
        }
    name, found, value = line.partition(";")[0].partition("=")
    return {name.strip(): value.strip()} if found and name.strip() else {}


def _is_deletion(morsel: Morsel[str]) -> bool:
    """Return whether a Set-Cookie takes the cookie away."""
    try:
        if morsel["max-age"]:
            return int(morsel["max-age"]) <= 0
        if morsel["expires"]:
            return parsedate_to_datetime(morsel["expires"]).timestamp() < time.time()
    except (ValueError, OverflowError):
        return False
    return False

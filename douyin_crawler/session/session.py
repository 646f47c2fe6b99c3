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
    from collections.abc import Iterable, Mapping

    from scrapy.http import Headers

# Shorter values ("1", "true") are no secrets, and redacting them would garble logs.
_SECRET_LENGTH = 8
_TOKEN_LENGTH = 16
_FORMER = 4
"""Values that were replaced and are still struck out."""
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

    def __init__(self, cookies: Mapping[str, str], also: Iterable[str] = ()) -> None:
        self._cookies = {name: value for name, value in cookies.items() if value}
        self._also = frozenset(also)
        self._former: deque[str] = deque(maxlen=_FORMER)
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
    def cookie_header(self) -> str:
        """The ``Cookie`` header."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def absorb(self, headers: Headers) -> None:
        """Take over what an answer sets."""
        for line in headers.getlist("Set-Cookie"):
            for name, value in _set_cookie(line.decode("latin-1")).items():
                self._set(name, value)
        if token := headers.get(_MS_TOKEN_HEADER):
            self._set("msToken", token.decode("latin-1"))
        if webid := headers.get(_WEBID_HEADER):
            self._webid = webid.decode("latin-1")

    def redact(self, text: str) -> str:
        """Return *text* with every value of the session struck out."""
        for secret in self._secrets(_SECRET_LENGTH):
            if secret in text:
                text = text.replace(secret, _STRUCK)
        return text

    def redact_body(self, body: bytes) -> bytes:
        """Return an answer's text without the session's values, if it repeats any.

        Only long values are looked for: a short one may stand in a text by chance.
        """
        for secret in self._secrets(_TOKEN_LENGTH):
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

    def _secrets(self, length: int) -> list[str]:
        values = {
            *self._cookies.values(),
            *self._former,
            *self._also,
            self.ms_token,
            self.verify_fp,
            self._made_up_ms_token,
            self._webid or "",
        }
        plain = {v for v in values if len(v) >= length}
        forms = plain | {quote(v, safe="") for v in plain} | {unquote(v) for v in plain}
        # Longest first: one value may contain another.
        return sorted(forms, key=len, reverse=True)


def _key(cookies: Mapping[str, str]) -> str:
    login = next((cookies[name] for name in LOGIN_COOKIES if cookies.get(name)), None)
    if login is None:
        return "visitor"
    return "login-" + hashlib.sha256(login.encode()).hexdigest()[:12]


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

"""Cookies that a user gives: a header as copied, or a file that a browser exported.

No message here holds a cookie's value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from douyin_crawler.session.cookie_files import (
    CookieError,
    check_cookie,
    read_cookies_file,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = [
    "LOGIN_COOKIES",
    "CookieError",
    "check_cookies",
    "holds_login",
    "parse_cookie_header",
    "read_cookies_file",
]

LOGIN_COOKIES = ("sessionid", "sessionid_ss", "sid_tt", "sid_guard")
"""Any of these means a login."""

_LABEL = re.compile(r"cookie\s*:\s*", re.IGNORECASE)
_QUOTES = ("'", '"', "“", "”")
_ATTRIBUTES = frozenset(
    {"path", "domain", "expires", "max-age", "httponly", "secure", "samesite"}
)
_OTHER_FORMS = (
    (
        re.compile(r"curl\s|fetch\(", re.IGNORECASE),
        "this is a whole command; give only the text behind 'Cookie:' in it",
    ),
    (
        re.compile(r"set-cookie\s*:", re.IGNORECASE),
        "this is a Set-Cookie header of an answer; copy the Cookie header of a request",
    ),
    (
        re.compile(r"[\[{]"),
        "this is JSON; save it to a file and name that in DOUYIN_COOKIES_FILE",
    ),
    (
        re.compile(r"#|[^;=]*\t"),
        "this is a cookies.txt; save it to a file and name that in DOUYIN_COOKIES_FILE",
    ),
)


def parse_cookie_header(text: str) -> dict[str, str]:
    """Return the cookies of a ``Cookie`` header, as copied from a browser.

    Of two cookies of one name the first counts: browsers send the more specific
    one first.

    Raises:
        CookieError: the text is no such header, or a value can't be sent.
    """
    header = _bare(text)
    cookies: dict[str, str] = {}
    for number, part in _parts(header):
        name, found, value = part.partition("=")
        name = name.strip()
        if name.lower() in _ATTRIBUTES:
            raise CookieError(
                f"part {number} is the attribute {name}, which only Set-Cookie has; "
                "copy the Cookie header of a request"
            )
        if not found:
            raise CookieError(
                f"part {number} has no '='; copy the whole header, like "
                "ttwid=...; sessionid=..."
            )
        check_cookie(name, value.strip(), f"part {number}")
        cookies.setdefault(name, value.strip())
    return cookies


def holds_login(cookies: Mapping[str, str]) -> bool:
    """Return whether a login is among *cookies*; it may have expired."""
    return any(cookies.get(name) for name in LOGIN_COOKIES)


def check_cookies(cookies: Collection[str]) -> list[str]:
    """Return what is missing among the names of *cookies*, and what that costs."""
    warnings = []
    if "ttwid" not in cookies:
        warnings.append(
            "no ttwid among the cookies: most endpoints then answer nothing; it is "
            "HttpOnly, so copy the header of a request, not document.cookie"
        )
    if not any(name in cookies for name in LOGIN_COOKIES):
        names = ", ".join(LOGIN_COOKIES)
        warnings.append(f"no login among the cookies ({names}): visitors get less")
    if "UIFID" not in cookies and "UIFID_TEMP" not in cookies:
        warnings.append(
            "neither UIFID nor UIFID_TEMP among the cookies: the gateway may refuse"
        )
    return warnings


def _bare(text: str) -> str:
    text = text.strip("\ufeff \t\r\n")
    for form, advice in _OTHER_FORMS:
        if form.match(text):
            raise CookieError(advice)
    if text[:1] in _QUOTES and text[-1:] in _QUOTES and len(text) > 1:
        text = text[1:-1].strip()
    text = text[match.end() :] if (match := _LABEL.match(text)) else text
    if not text.strip(" ;"):
        raise CookieError("it is empty; copy the Cookie header of a request")
    if "\n" in text or "\r" in text:
        raise CookieError("it has several lines; copy the Cookie header alone")
    return text


def _parts(header: str) -> Iterator[tuple[int, str]]:
    for number, part in enumerate(header.split(";"), 1):
        if part.strip():
            yield number, part

"""Files of cookies: Netscape's cookies.txt, and the JSON of browser extensions."""

from __future__ import annotations

import json
import logging
import math
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from douyin_crawler.api.evidence import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_MAX_SIZE = 5_000_000
_SHOWN = 60
LAST = 253_402_300_799.0
"""The last second, in Unix seconds, that has a date: of the year 9999."""
_API_PATH = "/aweme/v1/web/"
_HTTP_ONLY = "#HttpOnly_"
# As EditThisCookie and Cookie-Editor, Playwright, and Selenium call it.
_EXPIRES = ("expirationDate", "expires", "expiry")
_FORMATS = (
    "export cookies.txt (Netscape), or the JSON of an extension: "
    '[{"name": ..., "value": ..., "domain": ...}]'
)


class CookieError(ValueError):
    """Cookies that can't be used; one line, without any value."""


class CookiesExpired(CookieError):  # noqa: N818 - it says what has happened
    """All have run out: what is missing is a login."""


@dataclass(slots=True, kw_only=True)
class FoundCookie:
    """A cookie of a file; *where* names its place there."""

    where: str
    name: str
    value: str = field(repr=False)
    domain: str
    path: str
    expires: float
    """Unix seconds; 0 or less: with the session."""

    def is_for(self, host: str) -> bool:
        """Return whether it is sent with a request of the API to *host*."""
        domain = self.domain.lower().removeprefix(".")
        path = self.path.rstrip("/") + "/"
        return _API_PATH.startswith(path) and (
            host == domain or ("." in domain and host.endswith(f".{domain}"))
        )

    def specificity(self) -> tuple[int, int]:
        """Return what decides between two of one name."""
        return len(self.domain.strip(".")), len(self.path)


def shown_name(name: str) -> str:
    """Return a cookie's name for a terminal: escaped, if it can't be sent."""
    return name if _NAME.fullmatch(name) else ascii(name[:_SHOWN])[1:-1]


def can_be_sent(name: str, value: str) -> bool:
    """Return whether a cookie can be sent, as `check_cookie` says."""
    try:
        check_cookie(name, value, "")
    except CookieError:
        return False
    return True


def bounded(expires: float) -> float:
    """Return an expiry as Unix seconds, from -1 to the year 9999.

    One beyond is taken for milliseconds, as some programs write them.

    Raises:
        ValueError: it is no number.
    """
    if math.isnan(expires):
        raise ValueError("no number of seconds")
    return max(-1.0, min(expires / 1000 if expires > LAST else expires, LAST))


def check_cookie(name: str, value: str, where: str) -> None:
    """Check that a cookie can be sent.

    Raises:
        CookieError: it can't; *where* it stood is named, its value is not.
    """
    if not _NAME.fullmatch(name):
        raise CookieError(f"{where} has no usable cookie name before its '='")
    if not value.isascii() or not value.isprintable():
        raise CookieError(
            f"the value of the cookie {name} ({where}) holds a character that can't be "
            "sent (…, a control or Chinese character); copy it again, whole"
        )
    if ";" in value:
        raise CookieError(f"the value of the cookie {name} ({where}) holds a ';'")


def read_cookies_file(path: Path, host: str) -> dict[str, str]:
    """Return the cookies for *host* of a file that a browser exported.

    Expired ones are left out, with a warning that names them. Of two of one name
    the one with the more specific domain counts.

    Raises:
        CookieError: the file can't be read, has another format, or nothing usable.
    """
    cookies = cookies_in(path)
    fitting = [cookie for cookie in cookies if cookie.is_for(host)]
    if not fitting:
        raise CookieError(
            f"{path.name} holds {len(cookies)} cookies, but none for {host}; "
            f"export them while {host} is open"
        )
    return _usable(fitting, path.name)


def cookies_in(path: Path) -> list[FoundCookie]:
    """Return all cookies of a file, for any host, expired ones too.

    Raises:
        CookieError: the file can't be read, or has another format.
    """
    text = _read(path)
    read = _json_cookies if text.lstrip()[:1] in ("[", "{") else _netscape_cookies
    return list(read(text))


def _usable(cookies: list[FoundCookie], name: str) -> dict[str, str]:
    now = time.time()
    expired = {cookie.name for cookie in cookies if 0 < cookie.expires <= now}
    live = [cookie for cookie in cookies if not 0 < cookie.expires <= now]
    names = one_line(", ".join(sorted(expired)))
    if not live:
        raise CookiesExpired(
            f"all cookies in {name} have expired ({names}); export anew"
        )
    if expired:
        logger.warning("Left out expired cookies of %s: %s", name, names)
    for cookie in live:
        check_cookie(cookie.name, cookie.value, cookie.where)
    return most_specific(live)


def most_specific(cookies: Iterable[FoundCookie]) -> dict[str, str]:
    """Return values by name; of two of one name that of the more specific domain."""
    usable: dict[str, str] = {}
    for cookie in sorted(cookies, key=FoundCookie.specificity, reverse=True):
        usable.setdefault(cookie.name, cookie.value)
    return usable


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(_MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no usable name"
        raise CookieError(f"{str(path)!r} can't be read: {reason}") from None
    raise CookieError(f"there is no file {str(path)!r}; {_FORMATS}")


def _read(path: Path) -> str:
    data = _read_bytes(path)
    if len(data) > _MAX_SIZE:
        raise CookieError(f"{path.name} is too large for a file of cookies; {_FORMATS}")
    if data.startswith(b"SQLite format 3"):
        raise CookieError(f"{path.name} is the browser's own database; {_FORMATS}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CookieError(f"{path.name} is not UTF-8 text; {_FORMATS}") from None
    if not text.strip():
        raise CookieError(f"{path.name} is empty; {_FORMATS}")
    return text


def _netscape_cookies(text: str) -> Iterator[FoundCookie]:
    if "\t" not in text:
        what = "an HTML page" if text.lstrip().startswith("<") else "no cookies.txt"
        what = "a Cookie header (for DOUYIN_COOKIE)" if "=" in text else what
        raise CookieError(f"the file is {what}; {_FORMATS}")
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip("\r").removeprefix(_HTTP_ONLY)
        if line.strip() and not line.startswith("#"):
            yield _netscape_cookie(line, f"line {number}")


def _netscape_cookie(line: str, where: str) -> FoundCookie:
    fields = line.split("\t", 6)
    if len(fields) == 6:
        fields.append("")  # an editor took the tab before an empty value
    if len(fields) != 7:
        raise CookieError(
            f"{where} has {len(fields)} fields and not 7, separated by tabs; {_FORMATS}"
        )
    domain, _, path, _, expires, name, value = fields
    return FoundCookie(
        where=where,
        name=name,
        value=value,
        domain=domain,
        path=path,
        expires=_seconds(expires or "0", where),
    )


def _json_cookies(text: str) -> Iterator[FoundCookie]:
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise CookieError(
            f"the file is no whole JSON: {error.msg} in line {error.lineno}; {_FORMATS}"
        ) from None
    except (ValueError, RecursionError):
        raise CookieError(f"the file is no usable JSON; {_FORMATS}") from None
    if isinstance(entries, dict):
        entries = entries.get("cookies")
    if not isinstance(entries, list):
        raise CookieError(f"the file's JSON holds no list of cookies; {_FORMATS}")
    for number, entry in enumerate(entries, 1):
        yield _json_cookie(entry, f"entry {number}")


def _json_cookie(entry: Any, where: str) -> FoundCookie:
    if not isinstance(entry, dict):
        raise CookieError(f"{where} is no cookie; {_FORMATS}")
    for key in ("name", "value", "domain"):
        if not isinstance(entry.get(key), str):
            raise CookieError(f"{where} has no {key}, or it is no text; {_FORMATS}")
    expires = next((entry[key] for key in _EXPIRES if entry.get(key)), 0)
    path = entry.get("path")
    return FoundCookie(
        where=where,
        name=entry["name"],
        value=entry["value"],
        domain=entry["domain"],
        path=path if isinstance(path, str) else "/",
        expires=0 if entry.get("session") is True else _seconds(expires, where),
    )


def _seconds(value: object, where: str) -> float:
    try:
        return bounded(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise CookieError(
            f"{where} has an expiry that is no number of seconds; {_FORMATS}"
        ) from None

"""The session file: what ``scrapy login`` keeps of a logged-in browser.

Only its owner may read it. No message here holds a cookie's value.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec

from douyin_crawler.api.browser import Browser, PageFacts, UserAgentError
from douyin_crawler.api.evidence import printable
from douyin_crawler.exposed import without_login
from douyin_crawler.session.cookie_files import (
    CookiesExpired,
    FoundCookie,
    bounded,
    can_be_sent,
    check_cookie,
    most_specific,
    shown_name,
)
from douyin_crawler.session.cookies import LOGIN_COOKIES, CookieError

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
TEMPORARY = ".session-"
"""What the name of a file begins with that is not yet in its place."""
_MAX_SIZE = 5_000_000
_AGAIN = "log in again: scrapy login"
_OTHERS = 0o077
_NEEDED = frozenset({*LOGIN_COOKIES, "ttwid", "UIFID", "UIFID_TEMP"})
"""Without these an answer is another one; after behaviour.md 1.6 of the API notes."""


class StoredCookie(msgspec.Struct, frozen=True, kw_only=True):
    """A cookie as the browser had it."""

    name: str
    value: str
    domain: str
    path: str = "/"
    expires: float = -1
    """Unix seconds; 0 or less: with the session."""
    http_only: bool = False
    secure: bool = False

    def __post_init__(self) -> None:
        """Bring the expiry within what has a date."""
        msgspec.structs.force_setattr(self, "expires", bounded(self.expires))

    def __repr__(self) -> str:
        """Return a text without the value."""
        return f"StoredCookie(name={self.name!r}, domain={self.domain!r})"

    def sendable(self) -> bool:
        """Return whether name and value can stand in a header."""
        return can_be_sent(self.name, self.value)

    def live(self, now: float) -> bool:
        """Return whether it has not expired."""
        return not 0 < self.expires <= now


class SessionFile(msgspec.Struct, frozen=True, kw_only=True):
    """A session, and the browser that it is of."""

    version: int = VERSION
    base_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[\w.:%\[\]-]+/?\Z")]
    """The origin that it was made at; it is used for no other."""
    created: datetime
    cookies: list[StoredCookie]
    browser: PageFacts
    user: str | None = None
    """The nickname of who is logged in, as far as it is known."""

    def usable(self, now: float | None = None) -> dict[str, str]:
        """Return the cookies to send, without those that have expired.

        Nor is there one that can't be sent, if nobody needs it.

        Raises:
            CookiesExpired: all have.
            CookieError: one that is needed can't be sent.
        """
        now = time.time() if now is None else now
        live = [cookie for cookie in self.cookies if cookie.live(now)]
        if not live:
            raise CookiesExpired(f"all its cookies have expired; {_AGAIN}")
        host = urlsplit(self.base_url).hostname or ""
        lost = self.unusable()
        found = [_found(cookie) for cookie in live if cookie not in lost]
        for cookie in found:
            check_cookie(cookie.name, cookie.value, cookie.where)
        usable = most_specific(cookie for cookie in found if cookie.is_for(host))
        if not usable:
            raise CookieError(f"it has no cookie for {host}; {_AGAIN}")
        return usable

    def unusable(self) -> list[StoredCookie]:
        """Return those that can't be sent, and that nobody needs."""
        others = (cookie for cookie in self.cookies if cookie.name not in _NEEDED)
        return [cookie for cookie in others if not cookie.sendable()]

    def login_ended(self, now: float | None = None) -> datetime | None:
        """Return when the login ran out, where it did."""
        now = time.time() if now is None else now
        logins = [c for c in self.cookies if c.name in LOGIN_COOKIES and c.value]
        if not logins or any(cookie.live(now) for cookie in logins):
            return None
        return datetime.fromtimestamp(max(c.expires for c in logins), UTC)


def read_session_file(path: Path) -> SessionFile | None:
    """Return the session that is kept in *path*; None where there is no file.

    Raises:
        CookieError: it can't be read or is no session of ours.
    """
    data = _read(path)
    if data is None:
        return None
    version = _version(data, path.name)
    if version > VERSION:
        raise CookieError(
            f"{path.name} is of a newer version of this project ({version}, this one "
            f"reads {VERSION}): update it, or {_AGAIN}"
        )
    try:
        session = msgspec.json.decode(data, type=SessionFile)
        Browser.from_page(session.browser)
        _origin(session.base_url)
    except (msgspec.DecodeError, UserAgentError, ValueError) as error:
        raise CookieError(f"{path.name} is damaged ({error}); {_AGAIN}") from None
    user = printable(session.user or "") or None
    return msgspec.structs.replace(session, user=user)


def write_session_file(path: Path, session: SessionFile) -> None:
    """Keep *session* in *path*, which from its first byte on only the owner can read.

    The folder is made, for the owner alone, where there is none. A reader sees the
    file as it was or as it is now.

    Raises:
        CookieError: it can't be written.
    """
    text = msgspec.json.format(msgspec.json.encode(session))
    name = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY)  # 0600
        with os.fdopen(handle, "wb") as file:
            file.write(text + b"\n")
            file.flush()
            os.fsync(handle)
        os.replace(name, path)  # noqa: PTH105 - as mkstemp names it
    except OSError as error:
        with contextlib.suppress(OSError):
            if name:
                os.unlink(name)  # noqa: PTH108
        raise CookieError(f"{path} can't be written: {error.strerror}") from None


def same_origin(one: str, other: str) -> bool:
    """Return whether two addresses are of one server."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port


def warnings_of(session: SessionFile, path: Path, base_url: str) -> list[str]:
    """Return what a person should know of a session file, a line each."""
    told = [problem] if (problem := problem_of_mode(path)) else []
    if not same_origin(session.base_url, base_url):
        other = without_login(base_url)
        made = f"{path.name} is a session of {session.base_url} and not of {other}"
        return [*told, f"{made}: it is not used"]
    if names := [shown_name(cookie.name) for cookie in session.unusable()]:
        listed = ", ".join(sorted(names))
        told.append(f"left out of {path.name}, which can't be sent, is {listed}")
    if ended := session.login_ended():
        told.append(f"the login in {path.name} ran out on {ended:%Y-%m-%d}; {_AGAIN}")
    return told


def problem_of_mode(path: Path) -> str | None:
    """Return who else can read *path*, as one line with the remedy."""
    if os.name != "posix" or not path.stat().st_mode & _OTHERS:
        return None
    return f"other users of this machine can read {path}: chmod 600 {path}"


def _found(cookie: StoredCookie) -> FoundCookie:
    return FoundCookie(
        where="of the session file",
        name=cookie.name,
        value=cookie.value,
        domain=cookie.domain,
        path=cookie.path,
        expires=cookie.expires,
    )


def _read(path: Path) -> bytes | None:
    try:
        if path.is_fifo():
            raise OSError(errno.EINVAL, "it is a pipe")  # noqa: TRY301 - no end comes
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no usable name"
        raise CookieError(f"{str(path)!r} can't be read: {reason}") from None
    if not data.strip():
        raise CookieError(f"{path.name} is empty; {_AGAIN}")
    if len(data) > _MAX_SIZE:
        raise CookieError(f"{path.name} is too large for a session; {_AGAIN}")
    return data


class _Head(msgspec.Struct):
    version: int
    base_url: str


def _version(data: bytes, name: str) -> int:
    """Return the version of the file's form."""
    try:
        return msgspec.json.decode(data, type=_Head).version
    except msgspec.ValidationError:
        raise CookieError(
            f"{name} is no session file of this project (an extension's JSON goes into "
            f"DOUYIN_COOKIES_FILE); {_AGAIN}"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise CookieError(f"{name} is damaged: no whole JSON; {_AGAIN}") from None

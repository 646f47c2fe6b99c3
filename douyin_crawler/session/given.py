"""The session that a user gives: a cookie, a file of cookies, or the session file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from douyin_crawler.api.requests import SITE
from douyin_crawler.environment import project_folder
from douyin_crawler.session.cookies import (
    CookieError,
    check_cookies,
    parse_cookie_header,
    read_cookies_file,
)
from douyin_crawler.session.session_file import (
    read_session_file,
    same_origin,
    warnings_of,
)

if TYPE_CHECKING:
    from douyin_crawler.session.session_file import SessionFile


@dataclass(frozen=True, kw_only=True)
class GivenSession:
    """The first of the three that is there; the files are read at first use."""

    cookie: str
    cookies_file: str
    session_file: str
    base_url: str

    def __repr__(self) -> str:
        """Return a text without the cookie."""
        return f"GivenSession({self.setting})"

    @property
    def setting(self) -> str:
        """The setting that gives it."""
        if self.cookie:
            return "DOUYIN_COOKIE"
        return "DOUYIN_COOKIES_FILE" if self.cookies_file else "DOUYIN_SESSION_FILE"

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies to send; empty for a visitor.

        Raises:
            CookieError: they are malformed, or have all expired.
        """
        if self.cookie:
            return parse_cookie_header(self.cookie)
        if self.cookies_file:
            host = urlsplit(SITE).hostname or ""
            return read_cookies_file(path_of(self.cookies_file), host)
        return self.kept.usable() if self.kept is not None else {}

    @property
    def kept(self) -> SessionFile | None:
        """The session of the session file, where that is the one to use.

        Raises:
            CookieError: the file can't be used.
        """
        kept = self._read
        return kept if kept and same_origin(kept.base_url, self.base_url) else None

    @cached_property
    def _read(self) -> SessionFile | None:
        if self.setting != "DOUYIN_SESSION_FILE" or not self.session_file:
            return None
        return read_session_file(path_of(self.session_file))

    @property
    def warnings(self) -> list[str]:
        """What a person should know before it is used, a line each."""
        told = check_cookies(self.cookies) if self.cookies else []
        if self._read:
            path = path_of(self.session_file)
            return warnings_of(self._read, path, self.base_url) + told
        return told


def path_of(name: str) -> Path:
    """Return a file of the settings, from the project's folder unless absolute.

    Raises:
        CookieError: it names a home that is not there.
    """
    try:
        return project_folder() / Path(name).expanduser()
    except RuntimeError:
        raise CookieError("it names the home of a user who has none here") from None

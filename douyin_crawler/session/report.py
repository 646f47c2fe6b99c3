"""What there is to tell of the session in use, without a value of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from douyin_crawler.api.requests import SITE
from douyin_crawler.session.cookie_files import cookies_in, shown_name
from douyin_crawler.session.cookies import LOGIN_COOKIES, holds_login
from douyin_crawler.session.expiry import guarded_until, login_until
from douyin_crawler.session.given import path_of
from douyin_crawler.session.session_file import read_session_file, warnings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from douyin_crawler.api.browser import Browser
    from douyin_crawler.config import Config
    from douyin_crawler.session.given import GivenSession

_HOST = urlsplit(SITE).hostname or ""
_MADE_UP = "nothing; one is made up without it"
# After behaviour.md 1.6 of the API notes. Of the first ones each needs one.
_NEEDED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("ttwid",), "all but the hot list and the emojis"),
    (("UIFID", "UIFID_TEMP"), "posts, single ones too, and the feed"),
    (LOGIN_COOKIES, "all posts of a user, the feed, notices and the like"),
)
_OF_USE: tuple[tuple[tuple[str, ...], str], ...] = (
    (("msToken",), _MADE_UP),
    (("s_v_web_id",), _MADE_UP),
)
_ORDER = [name for names, _ in (*_NEEDED, *_OF_USE) for name in names]


@dataclass(frozen=True, slots=True)
class KnownCookie:
    """A cookie by its name."""

    name: str
    expires: float
    """Unix seconds; 0 or less: not said."""
    needed_by: str
    """What of the service asks for it; empty: nothing that is used here."""

    def live(self) -> bool:
        """Return whether it has not run out."""
        return not 0 < self.expires <= time.time()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """The session that a run would use now."""

    setting: str
    """What gives it; empty for a visitor's, that each run gets anew."""
    path: Path | None
    user: str | None
    created: datetime | None
    cookies: list[KnownCookie]
    missing: list[tuple[str, str]]
    """Names, any of which would do, and what asks for them; a visitor's first visit
    brings all but a login."""
    login: bool
    """Whether a login is among the cookies, expired or not."""
    until: float | None
    """When the login runs out, in Unix seconds, if the cookies say so."""
    browser: Browser
    warnings: list[str]

    @property
    def dead(self) -> bool:
        """Whether no cookie of the login can be sent any more."""
        kept = [one for one in self.cookies if one.name in LOGIN_COOKIES]
        return self.login and not any(one.live() for one in kept)

    @property
    def expired(self) -> bool:
        """Whether the login has run out as its cookies say; the service may differ."""
        ended = self.until is not None and self.until <= time.time()
        return self.login and (ended or self.dead)


def read_report(config: Config) -> SessionReport:
    """Return what there is to tell of the session of *config*; nothing is asked.

    Raises:
        CookieError: the cookies can't be used at all.
    """
    given = config.given
    dated = list(_dated(given))
    values = {name: value for name, value, _ in dated if value}
    live = {name for name, _, ends in dated if not 0 < ends <= time.time()}
    kept = given.kept
    return SessionReport(
        setting=given.setting if dated else "",
        path=_path(given) if dated else None,
        user=kept.user if kept else None,
        created=kept.created if kept else None,
        cookies=sorted(starmap(_known, dated), key=_place),
        missing=[
            (" or ".join(names), why)
            for names, why in _NEEDED
            if not live.intersection(names) and (dated or names is LOGIN_COOKIES)
        ],
        login=holds_login(values),
        until=login_until(dated),
        browser=config.browser,
        warnings=_warnings(_session_path(given), config),
    )


def _dated(given: GivenSession) -> Iterator[tuple[str, str, float]]:
    """Yield name, value and expiry of each cookie for the site, expired or not."""
    if given.setting == "DOUYIN_COOKIES_FILE":
        for one in cookies_in(path_of(given.cookies_file)):
            if one.is_for(_HOST):
                yield one.name, one.value, one.expires
    elif kept := given.kept:
        for cookie in kept.cookies:
            yield cookie.name, cookie.value, cookie.expires
    else:
        for name, value in given.cookies.items():
            yield name, value, 0.0


def _known(name: str, value: str, expires: float) -> KnownCookie:
    if name == "sid_guard" and expires <= 0:
        expires = guarded_until(value) or expires
    uses = (why for names, why in (*_NEEDED, *_OF_USE) if name in names)
    return KnownCookie(shown_name(name), expires, next(uses, ""))


def _place(one: KnownCookie) -> int:
    """Return where it stands in a table: what needs it most comes first."""
    return _ORDER.index(one.name) if one.name in _ORDER else len(_ORDER)


def _path(given: GivenSession) -> Path | None:
    if given.setting == "DOUYIN_COOKIES_FILE":
        return path_of(given.cookies_file)
    return _session_path(given)


def _session_path(given: GivenSession) -> Path | None:
    named = given.session_file if given.setting == "DOUYIN_SESSION_FILE" else ""
    return path_of(named) if named else None


def _warnings(path: Path | None, config: Config) -> list[str]:
    """Return what is to be mended of the session file, a line each."""
    kept = read_session_file(path) if path else None
    return warnings_of(kept, path, config.base_url) if path and kept else []

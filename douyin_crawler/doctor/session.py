"""The session that the settings give: its cookies, its login, how long that is good."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from douyin_crawler.doctor.finding import failed, ok, skipped, warning
from douyin_crawler.doctor.threads import in_thread
from douyin_crawler.session.cookies import LOGIN_COOKIES, CookieError
from douyin_crawler.session.report import read_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.doctor.finding import About, Finding
    from douyin_crawler.session.report import KnownCookie, SessionReport

_DAY = 86_400.0
_SOON = 3 * _DAY
KNOWN_COOKIES = (
    *("ttwid", "UIFID", "UIFID_TEMP", "msToken", "s_v_web_id", "odin_tt"),
    *(*LOGIN_COOKIES, "passport_csrf_token"),
)
"""Names that are the site's; another one may be a value that was pasted wrongly."""
_AGAIN = "log in again: scrapy login, or copy the cookies of the browser again"


async def check_session(about: About) -> list[Finding]:
    """Look at what is given; whether the service takes it, a request has to tell."""
    try:
        return list(_findings(await in_thread(lambda: read_report(about.config))))
    except CookieError as error:
        wrong, _, advice = str(error).partition("; ")
        setting = about.config.given.setting
        return [failed("session", f"{setting}: {wrong}", advice or _AGAIN)]


def _findings(report: SessionReport) -> Iterator[Finding]:
    if report.setting:
        told = f"{report.setting}: {_named(report.cookies)}"
        yield ok("session", told)
        for names, why in report.missing:
            yield warning("session", f"no {names}, which is for {why}", _AGAIN)
    else:
        yield ok("session", "a visitor's, which each run gets anew: none is given")
    for line in report.warnings:
        wrong, colon, advice = line.rpartition(": ")
        yield warning("session", wrong if colon else line, advice if colon else _AGAIN)
    yield _login(report)


def _named(cookies: list[KnownCookie]) -> str:
    """Return the names that are known; of others, how many there are."""
    names = [one.name for one in cookies]
    known = [name for name in KNOWN_COOKIES if name in names]
    others = len(names) - len(known)
    listed = ", ".join([*known, f"{others} others"] if others else known)
    return f"{len(names)} cookies ({listed})"


def _login(report: SessionReport) -> Finding:
    if not report.login:
        return skipped("login", "there is none", "scrapy login, for what wants one")
    if report.until is None:
        return ok("login", "is given; how long it is good its cookies do not say")
    left = report.until - time.time()
    day = f"{datetime.fromtimestamp(report.until, UTC):%Y-%m-%d %H:%M} UTC"
    if left <= 0:
        # The service has the last word: see its row of the table.
        return warning("login", f"ran out on {day}, by its cookies", _AGAIN)
    if left < _SOON:
        return warning("login", f"good until {day} only", _AGAIN)
    return ok("login", f"good until {day} ({left / _DAY:.0f} days)")

"""What ``scrapy session`` says, for people and for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from douyin_crawler.commands.columns import Columns, Row
from douyin_crawler.commands.login_lines import days_to, near

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from douyin_crawler.config import Config
    from douyin_crawler.session.report import KnownCookie, SessionReport
    from douyin_crawler.session.trial import Trial
    from douyin_crawler.verdicts import ExitStatus


def report_lines(
    report: SessionReport, config: Config, width: int | None
) -> Iterator[str]:
    """Yield the lines for a person."""
    yield f"Session: {_source(report, config)}"
    yield f"Login:   {_login(report)}"
    browser, size = report.browser, "x".join(map(str, report.browser.screen.screen))
    yield f"Browser: {browser.user_agent}"
    yield f"         language {browser.language}, screen {size}"
    yield from (f"Warning: {line}" for line in report.warnings)
    yield ""
    yield from _table(report).lines(width)
    if unused := [one.name for one in report.cookies if not one.needed_by]:
        yield f"and {len(unused)} that nothing here needs: {', '.join(unused)}"


def _source(report: SessionReport, config: Config) -> str:
    where = f" ({near(report.path)})" if report.path else ""
    if report.created:
        when = f"{report.created:%Y-%m-%d %H:%M} UTC"
        return f"that of scrapy login, {when}{where}"
    if report.setting:
        return f"{report.setting}{where}"
    if config.session == "browser":
        return "a visitor's; a page in Chromium hands it out to each run"
    return f"a visitor's; {config.first_visit} hands it out to each run"


def _login(report: SessionReport) -> str:
    who = f"{report.user}, " if report.user else ""
    if not report.login:
        return "none; scrapy login makes one"
    if report.expired:
        when = f" on {moment(report.until)}" if report.until else ""
        return f"{who}has run out{when}: scrapy login, or copy the cookies again"
    if report.until is None:
        return f"{who}good until the service ends it: its cookies do not say when"
    return f"{who}good until {moment(report.until)} ({days_to(report.until)})"


def _table(report: SessionReport) -> Columns:
    columns = Columns(("cookie", "good until", "who needs it"))
    for one in report.cookies:
        if one.needed_by:
            columns.rows.append(Row((one.name, _until(one), one.needed_by)))
    shown = {one.name for one in report.cookies}
    for names, why in report.missing:
        if shown.intersection(names.split(" or ")):
            continue  # it stands above, as one that ran out
        columns.rows.append(Row((names, "missing", why)))
    return columns


def _until(one: KnownCookie) -> str:
    if one.expires <= 0:
        return "not said"
    return moment(one.expires) if one.live() else f"ran out {moment(one.expires)}"


def moment(seconds: float | None) -> str:
    """Return Unix *seconds* for people."""
    return f"{datetime.fromtimestamp(seconds or 0, UTC):%Y-%m-%d %H:%M} UTC"


def trial_line(trial: Trial) -> str:
    """Return what came of the request."""
    return f"\nTest:    {trial.endpoint}: {trial.outcome}, {trial.message}"


def plain_report(
    report: SessionReport, config: Config, trial: Trial | None, status: ExitStatus
) -> dict[str, Any]:
    """Return all of it as JSON can hold it."""
    screen = report.browser.screen.screen
    return {
        "source": report.setting or "visitor",
        "path": str(report.path) if report.path else None,
        "base_url": config.base_url,
        "created": report.created.isoformat() if report.created else None,
        "login": report.login,
        "user": report.user,
        "expired": report.expired,
        "good_until": _time(report.until),
        "cookies": [
            {
                "name": one.name,
                "good_until": _time(one.expires),
                "needed_by": one.needed_by or None,
            }
            for one in report.cookies
        ],
        "missing": [{"names": n, "needed_by": why} for n, why in report.missing],
        "browser": {
            "user_agent": report.browser.user_agent,
            "language": report.browser.language,
            "screen": list(screen),
        },
        "warnings": report.warnings,
        "test": trial
        and {
            "endpoint": trial.endpoint,
            "outcome": trial.outcome,
            "message": trial.message,
            "user": trial.user,
        },
        "exit_status": int(status),
    }


def _time(seconds: float | None) -> str | None:
    if not seconds or seconds <= 0:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0).isoformat()


def forgotten_lines(
    deleted: list[Path], path: Path | None, profile: Path | None, config: Config
) -> Iterator[str]:
    """Yield what was deleted, and what stays."""
    for one in deleted:
        yield f"Deleted {near(one)}"
    if not deleted:
        places = [near(one) for one in (path, profile) if one]
        yield f"There is nothing to delete: no {' and no '.join(map(str, places))}"
    else:
        yield "The service still knows the login: log out there to end it."
    if config.cookie or config.cookies_file:
        yield f"{config.given.setting} is set, and stays."

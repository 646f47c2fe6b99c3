"""The table of checks, each bounded in time, none of which can end the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from douyin_crawler.api.errors import REPORT
from douyin_crawler.api.evidence import one_line
from douyin_crawler.doctor.chromium import check_chromium
from douyin_crawler.doctor.finding import failed, skipped
from douyin_crawler.doctor.nodes import check_nodes
from douyin_crawler.doctor.session import check_session
from douyin_crawler.doctor.settings import check_settings
from douyin_crawler.doctor.signers import check_signers
from douyin_crawler.doctor.store import check_store
from douyin_crawler.doctor.versions import check_versions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from douyin_crawler.doctor.finding import About, Finding


@dataclass(frozen=True, slots=True)
class Check:
    """A look at one piece; it returns one finding or several."""

    name: str
    look: Callable[[About], Awaitable[list[Finding]]]
    seconds: float
    """It fails when it takes longer."""
    asks: bool = False
    """Whether it makes requests, which ``--offline`` forbids."""


CHECKS = (
    Check("versions", check_versions, 10),
    Check("settings", check_settings, 10),
    Check("signers", check_signers, 10),
    Check("session", check_session, 10),
    Check("store", check_store, 5),
    Check("chromium", check_chromium, 60),
    Check("scrapyd", check_nodes, 20, asks=True),
)
"""Those before the service is asked (``service.py``), in the order of the table."""


async def run_checks(
    about: About,
    told: Callable[[str], None] = lambda name: None,
    checks: tuple[Check, ...] = CHECKS,
) -> list[Finding]:
    """Return what all checks find; *told* hears which is at work."""
    found = []
    for check in checks:
        told(check.name)
        found += await run_check(check, about)
    return found


async def run_check(check: Check, about: About) -> list[Finding]:
    """Return what *check* finds; that it failed, if it raised or took too long."""
    if check.asks and about.offline:
        return [skipped(check.name, "--offline")]
    try:
        return await asyncio.wait_for(check.look(about), check.seconds)
    except TimeoutError:
        late = f"no answer in {check.seconds:g} s"
        return [failed(check.name, late, "see that it is up and can be reached")]
    except Exception as error:
        return [failed(check.name, described(error), REPORT)]


def described(error: Exception) -> str:
    """Return *error* as one line."""
    text = one_line(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

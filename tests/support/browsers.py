"""Browsers as pages tell of them, and session files of such."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from douyin_crawler.api.browser import Browser, PageFacts
from douyin_crawler.session.session_file import (
    SessionFile,
    StoredCookie,
    write_session_file,
)
from douyin_crawler.settings import USER_AGENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BROWSER = Browser.from_user_agent(USER_AGENT)
FACTS = PageFacts(
    user_agent=(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/156.0.0.0 Safari/537.36"
    ),
    language="en-US",
    platform="Linux x86_64",
    inner_width=1500,
    inner_height=800,
    outer_width=1516,
    outer_height=890,
    avail_width=1600,
    avail_height=900,
    screen_width=1600,
    screen_height=900,
    cpu_cores=4,
    memory=2,
    brands='"Chromium";v="156", "Not.A/Brand";v="8"',
)
"""Of a page that is unlike the default in every value."""


def keep_session(path: Path, base_url: str, cookies: Mapping[str, str]) -> None:
    """Write a session file as ``scrapy login`` leaves it."""
    host = urlsplit(base_url).hostname or ""
    session = SessionFile(
        base_url=base_url,
        created=datetime.now(UTC),
        cookies=[
            StoredCookie(name=name, value=value, domain=host)
            for name, value in cookies.items()
        ],
        browser=FACTS,
    )
    write_session_file(path, session)

"""Where nodes are, and the login for them: from the environment, never an argument."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy.exceptions import UsageError
from w3lib.http import basic_auth_header

from douyin_crawler.environment import read_variable


def check_node(url: str) -> None:
    """Check an address of a Scrapyd.

    Raises:
        UsageError: it is none, or holds a login.
    """
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not (parts.query or parts.fragment)
            and _is_name(parts.hostname or "")
        )
    except ValueError:
        raise UsageError("--scrapyd: it looks like http://localhost:6800") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise UsageError(
            "--scrapyd with a user or password is refused: it would show in the list "
            "of processes; set SCRAPYD_USERNAME and SCRAPYD_PASSWORD"
        )
    if not usable:
        raise UsageError(f"--scrapyd {url}: it looks like http://localhost:6800")


def _is_name(host: str) -> bool:
    """Return whether *host* can be looked up; UnicodeError (a ValueError): it can't."""
    return bool(host.encode("idna")) and host.isprintable() and " " not in host


def node_authorization() -> str:
    """Return the header of that name for all nodes; empty for none.

    Raises:
        UsageError: half of a login is set.
    """
    user, password = (
        read_variable(name) for name in ("SCRAPYD_USERNAME", "SCRAPYD_PASSWORD")
    )
    if bool(user) != bool(password):
        raise UsageError("SCRAPYD_USERNAME and SCRAPYD_PASSWORD: set both, or none")
    if ":" in user:
        raise UsageError("SCRAPYD_USERNAME can't hold a colon")
    return basic_auth_header(user, password, "utf-8").decode() if user else ""

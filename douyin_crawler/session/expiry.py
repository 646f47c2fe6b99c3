"""How long a login is good for, as its cookies say."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from douyin_crawler.session.cookie_files import LAST
from douyin_crawler.session.cookies import LOGIN_COOKIES

if TYPE_CHECKING:
    from collections.abc import Iterable


def guarded_until(value: str) -> float | None:
    """Return the end that a ``sid_guard`` names, in Unix seconds.

    Its value is, percent-encoded, the session's id, the second of the login, its
    life in seconds, and its end as a date, with ``|`` between them.
    """
    parts = unquote(value).split("|")
    try:
        ends = int(parts[1]) + int(parts[2])
    except (IndexError, ValueError):
        return None
    return float(ends) if 0 < ends <= LAST else None


def login_until(cookies: Iterable[tuple[str, str, float]]) -> float | None:
    """Return when the first of the login's cookies runs out, in Unix seconds.

    Args:
        cookies: name, value and expiry of each; 0 or less: nothing is said of it.
    """
    ends = []
    for name, value, expires in cookies:
        if name not in LOGIN_COOKIES or not value:
            continue
        if expires > 0:
            ends.append(expires)
        if name == "sid_guard" and (guarded := guarded_until(value)):
            ends.append(guarded)
    return min(ends, default=None)

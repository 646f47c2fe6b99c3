"""What is wrong with the settings of ours: their names and values, a line each."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.settings import SETTINGS_PRIORITIES

from douyin_crawler.convert import shown
from douyin_crawler.environment import PREFIX, problem_of_env_file, read_environment
from douyin_crawler.exposed import is_secret
from douyin_crawler.signing import SIGNERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.settings import BaseSettings

    from douyin_crawler.config import Config

_SECRET = frozenset({"DOUYIN_COOKIE", "DOUYIN_PSEUDONYM_SALT", "DOUYIN_NOTIFY_URLS"})
_MAY_HOLD_PASSWORD = frozenset({"DOUYIN_STORE", "DOUYIN_PROXY"})
_COOKIE = "a value that looks like a cookie, which belongs into DOUYIN_COOKIE"
_LONGEST_CHOICE = 20
SIGNER_CHOICES = (*SIGNERS, "browser", "auto")
SESSION_CHOICES = ("plain", "browser")
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})*\.?|[0-9a-fA-F:.]+(%\w+)?")


def problems_of_names(settings: BaseSettings, known: set[str]) -> Iterator[str]:
    """Yield which settings of ours there are not, and what is wrong with ``.env``."""
    if problem := problem_of_env_file():
        yield problem
    given = {str(name) for name in settings if str(name).startswith(PREFIX)}
    given |= {n for n in read_environment() if not n.startswith("DOUYIN_TEST_")}
    for name in sorted(given - known):
        close = difflib.get_close_matches(name, sorted(known), 1, 0.8)
        hint = f"did you mean {close[0]}?" if close else "settings.py lists all"
        yield f"{name} is not a setting; {hint}"


def problems_of_secrets(settings: BaseSettings) -> Iterator[str]:
    """Yield which settings with a secret were given as ``-s``."""
    command_line = SETTINGS_PRIORITIES["cmdline"]
    for name in sorted(_SECRET | _MAY_HOLD_PASSWORD):
        value = str(settings.get(name) or "")
        if not value or (settings.getpriority(name) or 0) < command_line:
            continue
        if name in _SECRET or _holds_password(value):
            yield (
                f"{name} with a secret is refused as an argument: it would show in "
                "the list of processes and in logs; put it into .env or the environment"
            )


def _holds_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # A token of a proxy stands in place of the name.
        return bool(parts.password or (parts.username and parts.scheme == "http"))
    except ValueError:
        return "@" in url


def problem_of_choice(name: str, value: str, choices: tuple[str, ...]) -> str | None:
    """Return what is wrong with a setting that has to be one of *choices*."""
    if value in choices:
        return None
    if is_secret(value) or len(value) > _LONGEST_CHOICE:
        told = _COOKIE
    else:
        told = f"{shown(value)!r} is unknown"
    return f"{name}: {told}; use one of " + ", ".join(choices)


def told_value(value: object) -> str:
    """Return a value that is wrong as a message shows it: not if it is a secret."""
    return f"({_COOKIE})" if is_secret(str(value)) else shown(value)


def problem_of_browser(config: Config) -> str | None:
    """Return what is wrong with the settings of Chromium; it is looked for if needed.

    Nothing is started.
    """
    choices = (
        ("DOUYIN_SIGNER", config.signer, SIGNER_CHOICES),
        ("DOUYIN_SESSION", config.session, SESSION_CHOICES),
    )
    for choice in choices:
        if problem := problem_of_choice(*choice):
            return problem
    return _missing(config) if config.needs_browser else None


def _missing(config: Config) -> str | None:
    # It is no small import, and most runs need no browser.
    from douyin_crawler.browser.chromium import (  # noqa: PLC0415
        BrowserMissing,
        find_chromium,
    )

    try:
        find_chromium(config.chromium)
    except BrowserMissing as error:
        return str(error)
    return None


def problem_of_url(name: str, url: str) -> str | None:
    """Return what is wrong with an address that is asked."""
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in ("http", "https")
            and parts.port != 0
            and _HOST.fullmatch(parts.hostname or "")
        )
    except ValueError:
        usable = False
    # A base address with a path would be asked for paths that no server has.
    path_given = usable and name == "DOUYIN_BASE_URL" and parts.path not in ("", "/")
    if not usable or parts.query or parts.fragment or parts.username or path_given:
        told = "the value" if "@" in url else repr(shown(url))
        return (
            f"{name}: {told} is no usable address; it looks like https://www.douyin.com"
        )
    return None


def problem_of_proxy(proxy: str) -> str | None:
    """Return what is wrong with DOUYIN_PROXY."""
    if not proxy:
        return None
    try:
        parts = urlsplit(proxy)
        host = _HOST.fullmatch(parts.hostname or "")
        usable = parts.scheme == "http" and host and parts.port
    except ValueError:
        usable = False
    if usable:
        return None
    return (
        "DOUYIN_PROXY: must look like http://host:port or "
        "http://user:password@host:port (a SOCKS proxy can't be used)"
    )

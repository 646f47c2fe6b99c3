"""Strikes out of a report what nobody else may know: secrets, and who somebody is."""

from __future__ import annotations

import getpass
import os
import re
import socket
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from douyin_crawler.config import setting_name
from douyin_crawler.config_checks import SESSION_CHOICES, SIGNER_CHOICES
from douyin_crawler.convert import shown
from douyin_crawler.doctor.session import KNOWN_COOKIES
from douyin_crawler.environment import project_folder, read_variable
from douyin_crawler.session.cookies import CookieError
from douyin_crawler.session.given import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.doctor.finding import About

_SECRET = "***"  # noqa: S105 - what stands in its place
_HOST, _USER, _PATH = "<host>", "<user>", "<path>"
_LEAST = 4
"""Letters of a part of a secret: a shorter one stands in every text."""
_MAX_FILE = 1_000_000
_EVERYBODY = frozenset({"root", "user", "users", "home", "admin", "scrapy", "runner"})
"""Names of users that are nobody's."""
_PART = re.compile(r"[^\s;,=&:/@?|\"'{}\[\]()]+")
_WORDS = frozenset({"http", "https", "www.douyin.com", "douyin", "true", "false"})
"""What a wrong value may hold that is nobody's secret."""
_NO_PLACE = ("", "localhost", "127.0.0.1", "::1")
_KNOWN = frozenset(KNOWN_COOKIES) | _WORDS | {*_NO_PLACE}
_ADDRESSES = ("DOUYIN_STORE", "DOUYIN_PROXY", "DOUYIN_BASE_URL", "DOUYIN_VISITOR_URL")
_FREE = ("DOUYIN_VARIABLES", "DOUYIN_PLAN_BUDGETS", "DOUYIN_METRICS_HOST")
"""Settings of any text, in which somebody's names may stand."""
_CHOICES = {"DOUYIN_SIGNER": SIGNER_CHOICES, "DOUYIN_SESSION": SESSION_CHOICES}
_PROGRAMS = ("/usr/", "/opt/", "/snap/", "/bin/", "/Applications/")

_PATTERNS = (
    (re.compile(r"[^\s@/]+@[\w.-]+\.\w+"), "<email>"),
    (re.compile(r"MS4w[\w-]{10,}"), "<sec_uid>"),
    (re.compile(r"\blogin-[0-9a-f]{12}\b"), "login-***"),
    (re.compile(r"\blogid \w+"), "logid ***"),
    # Known places of programs stay.
    (
        re.compile(
            r"(?<![\w<.*:/-])/(?!usr/|opt/|snap/|bin/|Applications/|/)"
            r"[^\s/,;:|\"')(]+(?:/[^\s,;:|\"')(]*)+"
        ),
        _PATH,
    ),
    (re.compile(r"\b[A-Za-z]:[\\/](?!Program Files)[^\s,;|\"')(]+"), _PATH),
    (re.compile(r"\b(?!127\.)\d{1,3}(?:\.\d{1,3}){3}\b(?!\.)"), "<ip>"),
    (
        re.compile(r"(?=[A-Za-z_%+=~-]*\d)(?=[\d_%+=~-]*[A-Za-z])[\w%+=~-]{24,}"),
        _SECRET,
    ),
    (re.compile(r"(?<![\w.])\d{8,}(?![\w.])"), "<id>"),
)
_ADDRESS = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]*)://((?:\S*@)?[^/\s\"'),;]*)")


class Scrubber:
    """Called with a text, returns it without anything of *about*'s user."""

    def __init__(self, about: About) -> None:
        known: dict[str, str] = {}
        for text, mark in _literals(about):
            for form in (text, unquote(text)):
                if len(form) >= _LEAST and form not in _KNOWN:
                    known.setdefault(form, mark)
        # Longest first: one may contain another.
        self._known = sorted(known.items(), key=lambda pair: len(pair[0]), reverse=True)

    def __call__(self, text: str) -> str:
        """Return *text* as it may be shown."""
        for secret, mark in self._known:
            text = text.replace(secret, mark)
        text = _ADDRESS.sub(_place, text)
        for pattern, mark in _PATTERNS:
            text = pattern.sub(mark, text)
        return text


def _place(found: re.Match[str]) -> str:
    scheme, authority = found.groups()
    try:
        host = urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        host = authority
    public = host == "douyin.com" or host.endswith(".douyin.com")
    if "@" not in authority and (public or host in _NO_PLACE):
        return found[0]
    return f"{scheme}://{_HOST}"


def _literals(about: About) -> Iterator[tuple[str, str]]:
    """Yield what is to be struck out, and what takes its place."""
    yield from ((text, _PATH) for text in _paths(about))
    yield from ((text, _HOST) for text in _hosts(about))
    yield from ((text, _USER) for text in _users(about))
    for secret in _secrets(about):
        yield secret, _SECRET
        yield from ((part, _SECRET) for part in _PART.findall(secret))


def is_wrong(about: About, name: str) -> bool:
    """Return whether the setting *name* has a value that it can't have."""
    # Of two that are wrong, the problems may tell only the first.
    if (choices := _CHOICES.get(name)) and about.settings.get(name) not in choices:
        return True
    return any(re.match(rf"{name}(?!\w)", problem) for problem in about.problems)


def _wrong_values(about: About) -> Iterator[str]:
    """Yield values that are none, or any: something may stand there by mistake."""
    for field in fields(about.config):
        name = setting_name(field.name)
        value = str(about.settings.get(name) or "")
        if value and (name in _FREE or is_wrong(about, name)):
            yield from (value, shown(value).removesuffix("..."))


def _secrets(about: About) -> Iterator[str]:
    yield from _wrong_values(about)
    for name in ("DOUYIN_COOKIE", "DOUYIN_PSEUDONYM_SALT", "DOUYIN_NOTIFY_URLS"):
        yield str(about.settings.get(name) or "")
    for name in ("SCRAPYD_USERNAME", "SCRAPYD_PASSWORD"):
        yield read_variable(name)
    for name in _ADDRESSES:
        yield _userinfo(str(about.settings.get(name) or ""))
    try:
        yield from about.config.given.cookies.values()
        if about.config.session_file and (kept := about.config.given.kept):
            yield from (cookie.value for cookie in kept.cookies)
    except CookieError:
        # What can't be read may still hold values.
        for name in (about.config.cookies_file, about.config.session_file):
            yield from _long_parts(name)


def _userinfo(url: str) -> str:
    """Return user and password; one that is not escaped may hold an ``@``."""
    return url.partition("://")[2].rpartition("@")[0]


def _long_parts(name: str) -> Iterator[str]:
    with suppress(OSError, ValueError):
        if name and path_of(name).is_file():
            with path_of(name).open("rb") as file:
                text = file.read(_MAX_FILE).decode("utf-8", "replace")
            yield from (part for part in _PART.findall(text) if len(part) >= 12)


def _paths(about: About) -> Iterator[str]:
    config = about.config
    yield str(project_folder())
    with suppress(RuntimeError):
        yield str(Path.home())
    names = [config.cookies_file, config.session_file, config.browser_profile]
    if not config.chromium.startswith(_PROGRAMS):
        names.append(config.chromium)
    store = str(about.settings.get("DOUYIN_STORE") or "")
    if store.startswith("sqlite:///"):
        names.append(store.removeprefix("sqlite:///"))
    for name in filter(None, names):
        yield name
        with suppress(CookieError):
            yield from _above(path_of(name))


def _above(path: Path) -> Iterator[str]:
    """Yield *path*, the folders that it lies in, and names that hold a blank."""
    yield from (str(one) for one in (path, *path.parents) if len(one.parts) > 2)
    yield from (part for part in path.parts if " " in part)


def _hosts(about: About) -> Iterator[str]:
    yield socket.gethostname()
    given = (str(about.settings.get(name) or "") for name in _ADDRESSES)
    for url in (*about.nodes, *given):
        hosts = url.partition("://")[2].rpartition("@")[2].partition("/")[0]
        for host in hosts.split(","):
            name = host.partition(":")[0]
            if name not in _NO_PLACE and not name.endswith("douyin.com"):
                yield name


def _users(about: About) -> Iterator[str]:
    names = {os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME")}
    with suppress(OSError, KeyError, ImportError):
        names.add(getpass.getuser())
    with suppress(RuntimeError):
        names.add(Path.home().name)
    yield from names - _EVERYBODY
    with suppress(CookieError):
        if (
            about.config.session_file
            and (kept := about.config.given.kept)
            and kept.user
        ):
            yield kept.user

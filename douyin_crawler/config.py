"""The project's settings, checked and typed, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_type_hints
from urllib.parse import unquote, urlsplit

import msgspec
from w3lib.http import basic_auth_header

from douyin_crawler.api.browser import Browser, UserAgentError
from douyin_crawler.config_checks import (
    problem_of_browser,
    problem_of_proxy,
    problem_of_url,
    problems_of_names,
    problems_of_secrets,
    told_value,
)
from douyin_crawler.convert import convert, shown
from douyin_crawler.environment import PREFIX
from douyin_crawler.privacy.pseudonyms import MIN_SALT
from douyin_crawler.scrapy_settings import problems_of_scrapy_settings
from douyin_crawler.session.cookie_files import CookieError, CookiesExpired
from douyin_crawler.session.given import GivenSession, path_of
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreUrlError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy.settings import BaseSettings

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]


class ConfigError(ValueError):
    """A setting that can't be used; the message is one line that says what to do."""


class SessionExpired(ConfigError):  # noqa: N818 - it says what has happened
    """All cookies that are given have run out: what is missing is a login."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every ``DOUYIN_*`` setting, in its type."""

    base_url: str
    visitor_url: str
    signer: str
    session: str
    session_age: Annotated[float, msgspec.Meta(ge=1)]
    cookie: str
    cookies_file: str
    session_file: str
    browser_profile: str
    browser_pages: Annotated[int, msgspec.Meta(ge=1)]
    chromium: str
    proxy: str
    store: str
    store_private: bool
    pseudonymize: bool
    pseudonym_salt: str
    store_patience: Seconds
    lease_seconds: Annotated[float, msgspec.Meta(gt=0)]
    retry_times: Count
    retry_pause: Seconds
    breaker_refusals: Annotated[int, msgspec.Meta(ge=1)]
    breaker_pause: Seconds
    breaker_rounds: Count
    request_budget: Count
    plan_budgets: str
    variables: str
    seen_ids: Count
    progress_seconds: Seconds
    metrics_port: Annotated[int, msgspec.Meta(ge=0)]
    metrics_host: str
    notify_urls: str
    user_agent: str

    @classmethod
    def from_settings(
        cls, settings: BaseSettings, *, check_session: bool = True
    ) -> Config:
        """Return the settings as typed values.

        Args:
            check_session: whether cookies and session file are read and checked; not
                for a command that makes them anew.

        Raises:
            SessionExpired: all cookies that are given have run out.
            ConfigError: a value is malformed, a name is unknown, or a setting of
                Scrapy's is on that this project can't work with.
        """
        config, problems = read_config(settings, check_session=check_session)
        for problem in problems:
            raise _error(problem, config)
        return config

    def __repr__(self) -> str:
        """Return a text without the session, the proxy and the store's password."""
        return f"Config(base_url={self.base_url!r}, signer={self.signer!r})"

    @property
    def needs_browser(self) -> bool:
        """Whether Chromium has to be there; ``auto`` starts without it, too."""
        return "browser" in (self.signer, self.session)

    @property
    def moved(self) -> bool:
        """Whether another server than the real site is asked."""
        host = urlsplit(self.base_url).hostname or ""
        return host != "douyin.com" and not host.endswith(".douyin.com")

    @property
    def first_visit(self) -> str:
        """The page that hands out a visitor's tokens."""
        return self.base_url + "/" if self.moved else self.visitor_url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show beside the cookies: the salt, the proxy's login."""
        salt = (self.pseudonym_salt,) if self.pseudonym_salt else ()
        parts = urlsplit(self.proxy)
        if not parts.username:
            return salt
        user, password = unquote(parts.username), unquote(parts.password or "")
        token = basic_auth_header(user, password).decode().partition(" ")[2]
        # A token in place of a login has no password behind it.
        return parts.password or parts.username, password or user, token, *salt

    @cached_property
    def budgets(self) -> dict[str, int]:
        """The requests a day that a plan and its job have, by name.

        Raises:
            ConfigError: the setting is malformed.
        """
        limits = {}
        for part in filter(None, self.plan_budgets.split(",")):
            name, _, limit = part.partition("=")
            if not name.strip() or not limit.isdecimal():
                told = shown(self.plan_budgets)
                raise ConfigError(f"DOUYIN_PLAN_BUDGETS={told}: NAME=LIMIT,... it is")
            limits[name.strip()] = int(limit)
        return limits

    @cached_property
    def given(self) -> GivenSession:
        """The session that the user gives; its files are not read yet."""
        return GivenSession(
            cookie=self.cookie,
            cookies_file=self.cookies_file,
            session_file=self.session_file,
            base_url=self.base_url,
        )

    @property
    def cookies(self) -> dict[str, str]:
        """The session's cookies; empty for a visitor.

        Raises:
            CookieError: the cookie or the file is malformed.
        """
        return self.given.cookies

    @cached_property
    def browser(self) -> Browser:
        """The browser that the session file is of, else that of the user agent.

        Raises:
            CookieError: the session file can't be used.
        """
        if kept := self.given.kept:
            return Browser.from_page(kept.browser)
        return Browser.from_user_agent(self.user_agent)

    @property
    def session_path(self) -> Path | None:
        """Where the session file is, or would be; None: none is wanted.

        Raises:
            CookieError: it names a home that is not there.
        """
        return path_of(self.session_file) if self.session_file else None

    @property
    def profile_path(self) -> Path:
        """The folder of the profile in which the user logs in.

        Raises:
            CookieError: it is empty, or names a home that is not there.
        """
        if not self.browser_profile:
            raise CookieError("it is empty: name a folder, like data/browser")
        return path_of(self.browser_profile)


def _types() -> dict[str, Any]:
    hints = get_type_hints(Config, include_extras=True)
    return {field.name: hints[field.name] for field in fields(Config)}


def setting_name(name: str) -> str:
    """Return the setting that a field of `Config` is."""
    return "USER_AGENT" if name == "user_agent" else PREFIX + name.upper()


def read_config(
    settings: BaseSettings, *, check_session: bool = True
) -> tuple[Config, list[str]]:
    """Return the settings as typed values, and everything that is wrong with them.

    A value that can't be read is 0 there.
    """
    problems = [
        *problems_of_names(settings, {setting_name(name) for name in _types()}),
        *problems_of_scrapy_settings(settings),
        *problems_of_secrets(settings),
    ]
    values: dict[str, Any] = {}
    for name, kind in _types().items():
        value = settings.get(setting_name(name))
        try:
            values[name] = convert("" if value is None else value, kind)
        except ValueError as error:
            values[name] = 0
            problems.append(f"{setting_name(name)}={told_value(value)}: {error}")
    config = Config(**values)
    problems += _problems_of_values(config)
    if check_session and (problem := _problem_of_session(config)):
        problems.append(problem)
    return config, problems


def _problems_of_values(config: Config) -> Iterator[str]:
    found = (
        problem_of_url("DOUYIN_BASE_URL", config.base_url),
        problem_of_url("DOUYIN_VISITOR_URL", config.visitor_url),
        problem_of_proxy(config.proxy),
        problem_of_browser(config),
    )
    yield from filter(None, found)
    if config.cookie and config.cookies_file:
        yield "DOUYIN_COOKIE and DOUYIN_COOKIES_FILE are both set: keep one"
    if config.pseudonymize and len(config.pseudonym_salt) < MIN_SALT:
        yield (
            f"DOUYIN_PSEUDONYMIZE needs DOUYIN_PSEUDONYM_SALT: {MIN_SALT} random "
            "characters or more, kept as secret as a password, in .env"
        )
    for setting, wanted, package in (
        ("DOUYIN_METRICS_PORT", config.metrics_port, "prometheus_client"),
        ("DOUYIN_NOTIFY_URLS", config.notify_urls, "apprise"),
    ):
        if wanted and find_spec(package) is None:
            name = package.replace("_", "-")
            yield f"{setting} needs the package {name}: pip install {name}"
    try:
        _ = config.budgets
    except ConfigError as error:
        yield str(error)
    try:
        open_store(config.store)
    except StoreUrlError as error:
        yield f"DOUYIN_STORE: {error}"
    try:
        Browser.from_user_agent(config.user_agent)
    except UserAgentError as error:
        yield f"USER_AGENT: {error}"


def _error(problem: str, config: Config) -> ConfigError:
    """Return what to raise: a session that has run out has its own exit status."""
    if problem.startswith(f"{config.given.setting}: "):
        try:
            _ = config.cookies
        except CookiesExpired:
            return SessionExpired(problem)
        except CookieError:
            pass
    return ConfigError(problem)


def _problem_of_session(config: Config) -> str | None:
    if problem_of_url("DOUYIN_BASE_URL", config.base_url):
        return None  # a session is of one address
    try:
        _ = config.cookies, config.given.kept
    except CookieError as error:
        return f"{config.given.setting}: {error}"
    return None

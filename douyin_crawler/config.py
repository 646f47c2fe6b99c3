"""The project's settings, checked and typed, in one place."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_type_hints
from urllib.parse import unquote, urlsplit

import msgspec
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings
from w3lib.http import basic_auth_header

from douyin_crawler.api.browser import Browser, UserAgentError
from douyin_crawler.api.requests import SITE
from douyin_crawler.convert import convert, shown
from douyin_crawler.environment import (
    PREFIX,
    problem_of_env_file,
    project_folder,
    read_environment,
)
from douyin_crawler.privacy.pseudonyms import MIN_SALT
from douyin_crawler.scrapy_settings import problem_of_scrapy_settings
from douyin_crawler.session.cookies import (
    CookieError,
    parse_cookie_header,
    read_cookies_file,
)
from douyin_crawler.signing import SIGNERS
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreUrlError

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]


class ConfigError(ValueError):
    """A setting that can't be used; the message is one line that says what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every ``DOUYIN_*`` setting, in its type."""

    base_url: str
    visitor_url: str
    signer: str
    cookie: str
    cookies_file: str
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
    def from_settings(cls, settings: BaseSettings) -> Config:
        """Return the settings as typed values.

        Raises:
            ConfigError: a value is malformed, a name is unknown, or a setting of
                Scrapy's is on that this project can't work with.
        """
        _refuse_unknown(settings)
        if problem := problem_of_scrapy_settings(settings):
            raise ConfigError(problem)
        _refuse_secrets_in_arguments(settings)
        config = cls(**{name: _convert(settings, name) for name in _types()})
        _check(config)
        return config

    def __repr__(self) -> str:
        """Return a text without the session, the proxy and the store's password."""
        return f"Config(base_url={self.base_url!r}, signer={self.signer!r})"

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
        if not parts.password:
            return salt
        user, password = unquote(parts.username or ""), unquote(parts.password)
        token = basic_auth_header(user, password).decode().partition(" ")[2]
        return parts.password, password, token, *salt

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
    def browser(self) -> Browser:
        """What the user agent says of the browser."""
        return Browser.from_user_agent(self.user_agent)

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The session's cookies; empty for a visitor.

        Raises:
            CookieError: the cookie or the file is malformed.
        """
        if self.cookie:
            return parse_cookie_header(self.cookie)
        if self.cookies_file:
            host = urlsplit(SITE).hostname or ""
            return read_cookies_file(_path(self.cookies_file), host)
        return {}


def _path(name: str) -> Path:
    try:
        return project_folder() / Path(name).expanduser()
    except RuntimeError:
        raise CookieError("it names the home of a user who has none here") from None


def _types() -> dict[str, Any]:
    hints = get_type_hints(Config, include_extras=True)
    return {field.name: hints[field.name] for field in fields(Config)}


def _setting_name(name: str) -> str:
    return "USER_AGENT" if name == "user_agent" else PREFIX + name.upper()


def _convert(settings: BaseSettings, name: str) -> Any:
    setting, kind = _setting_name(name), _types()[name]
    value = settings.get(setting)
    try:
        return convert("" if value is None else value, kind)
    except ValueError as error:
        raise ConfigError(f"{setting}={shown(value)}: {error}") from None


_SECRET = frozenset({"DOUYIN_COOKIE", "DOUYIN_PSEUDONYM_SALT", "DOUYIN_NOTIFY_URLS"})
_MAY_HOLD_PASSWORD = frozenset({"DOUYIN_STORE", "DOUYIN_PROXY"})


def _known() -> set[str]:
    return {_setting_name(name) for name in _types()}


def _refuse_unknown(settings: BaseSettings) -> None:
    if problem := problem_of_env_file():
        raise ConfigError(problem)
    given = {name for name in settings if str(name).startswith(PREFIX)}
    given |= {n for n in read_environment() if not n.startswith("DOUYIN_TEST_")}
    for name in sorted(given - _known()):
        close = difflib.get_close_matches(name, sorted(_known()), 1, 0.8)
        hint = f"did you mean {close[0]}?" if close else "settings.py lists all"
        raise ConfigError(f"{name} is not a setting; {hint}")


def _refuse_secrets_in_arguments(settings: BaseSettings) -> None:
    command_line = SETTINGS_PRIORITIES["cmdline"]
    for name in sorted(_SECRET | _MAY_HOLD_PASSWORD):
        value = str(settings.get(name) or "")
        if not value or (settings.getpriority(name) or 0) < command_line:
            continue
        if name in _SECRET or _holds_password(value):
            raise ConfigError(
                f"{name} with a secret is refused as an argument: it would show in "
                "the list of processes and in logs; put it into .env or the environment"
            )


def _holds_password(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return "@" in url


def _check(config: Config) -> None:
    _check_url("DOUYIN_BASE_URL", config.base_url)
    _check_url("DOUYIN_VISITOR_URL", config.visitor_url)
    _check_proxy(config.proxy)
    if config.signer not in SIGNERS:
        raise ConfigError(
            f"DOUYIN_SIGNER: {shown(config.signer)!r} is unknown; use one of "
            + ", ".join(SIGNERS)
        )
    if config.cookie and config.cookies_file:
        raise ConfigError(
            "DOUYIN_COOKIE and DOUYIN_COOKIES_FILE are both set: keep one"
        )
    if config.pseudonymize and len(config.pseudonym_salt) < MIN_SALT:
        raise ConfigError(
            f"DOUYIN_PSEUDONYMIZE needs DOUYIN_PSEUDONYM_SALT: {MIN_SALT} random "
            "characters or more, kept as secret as a password, in .env"
        )
    for setting, wanted, package in (
        ("DOUYIN_METRICS_PORT", config.metrics_port, "prometheus_client"),
        ("DOUYIN_NOTIFY_URLS", config.notify_urls, "apprise"),
    ):
        if wanted and find_spec(package) is None:
            name = package.replace("_", "-")
            raise ConfigError(f"{setting} needs the package {name}: pip install {name}")
    try:
        _ = config.budgets, config.browser, config.cookies, open_store(config.store)
    except UserAgentError as error:
        raise ConfigError(f"USER_AGENT: {error}") from None
    except CookieError as error:
        where = "DOUYIN_COOKIE" if config.cookie else "DOUYIN_COOKIES_FILE"
        raise ConfigError(f"{where}: {error}") from None
    except StoreUrlError as error:
        raise ConfigError(f"DOUYIN_STORE: {error}") from None


_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})*\.?|[0-9a-fA-F:.]+(%\w+)?")


def _check_url(name: str, url: str) -> None:
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
        raise ConfigError(
            f"{name}: {told} is no usable address; it looks like https://www.douyin.com"
        )


def _check_proxy(proxy: str) -> None:
    if not proxy:
        return
    try:
        parts = urlsplit(proxy)
        host = _HOST.fullmatch(parts.hostname or "")
        usable = parts.scheme == "http" and host and parts.port
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            "DOUYIN_PROXY: must look like http://host:port or "
            "http://user:password@host:port (a SOCKS proxy can't be used)"
        )

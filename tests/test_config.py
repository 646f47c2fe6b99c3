"""Settings: typed, checked, each error one line that names the setting."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.settings import Settings

from douyin_crawler import settings as project
from douyin_crawler.config import Config, ConfigError

SECRET = "s3cr3t-s3cr3t-s3cr3t"


def read(priority: str = "project", **given: Any) -> Config:
    settings = Settings()
    settings.setmodule(project, priority="project")
    settings.setdict(given, priority=priority)
    return Config.from_settings(settings)


def test_the_defaults_are_the_real_site_as_a_visitor() -> None:
    config = read()
    assert config.base_url == "https://www.douyin.com"
    assert not config.moved
    assert config.first_visit == "https://live.douyin.com/"
    assert config.cookies == {}


def test_a_moved_base_url_moves_the_first_visit() -> None:
    config = read(DOUYIN_BASE_URL="http://127.0.0.1:8765")
    assert config.moved
    assert config.first_visit == "http://127.0.0.1:8765/"


def test_another_edge_of_the_site_is_not_moved() -> None:
    assert not read(DOUYIN_BASE_URL="https://www-hj.douyin.com").moved


def test_text_becomes_the_setting_s_type() -> None:
    config = read(
        DOUYIN_RETRY_TIMES="7", DOUYIN_RETRY_PAUSE="0.5", DOUYIN_STORE_PRIVATE="true"
    )
    assert (config.retry_times, config.retry_pause) == (7, 0.5)
    assert config.store_private is True


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"DOUYIN_RETRY_TIMES": "many"},
            "DOUYIN_RETRY_TIMES=many: a whole number from 0",
        ),
        ({"DOUYIN_RETRY_TIMES": "-1"}, "DOUYIN_RETRY_TIMES"),
        ({"DOUYIN_RETRY_PAUSE": "nan"}, "DOUYIN_RETRY_PAUSE"),
        (
            {"DOUYIN_STORE_PRIVATE": "maybe"},
            "DOUYIN_STORE_PRIVATE=maybe: true or false",
        ),
        ({"DOUYIN_SIGNER": "a-bogus"}, "use one of a_bogus, x_bogus"),
        ({"DOUYIN_BASE_URL": "www.douyin.com"}, "DOUYIN_BASE_URL"),
        ({"DOUYIN_BASE_URL": "http://127.0.0.1:99999"}, "DOUYIN_BASE_URL"),
        ({"DOUYIN_VISITOR_URL": "ftp://x"}, "DOUYIN_VISITOR_URL"),
        ({"DOUYIN_PROXY": "socks5://127.0.0.1:1"}, "DOUYIN_PROXY"),
        ({"DOUYIN_STORE": "postgres://x"}, "DOUYIN_STORE"),
        ({"DOUYIN_COOKI": "x"}, "did you mean DOUYIN_COOKIE?"),
        ({"USER_AGENT": "Scrapy"}, "USER_AGENT"),
        ({"DOUYIN_COOKIE": "no cookie"}, "DOUYIN_COOKIE"),
        ({"DOUYIN_COOKIES_FILE": "/nowhere.txt"}, "DOUYIN_COOKIES_FILE"),
        ({"DOUYIN_COOKIE": "a=b", "DOUYIN_COOKIES_FILE": "x"}, "keep one"),
        ({"DOWNLOAD_DELAY": "slow"}, "DOWNLOAD_DELAY: 'slow' is not a number"),
        ({"CONCURRENT_REQUESTS": "1.5"}, "CONCURRENT_REQUESTS"),
        ({"AUTOTHROTTLE_ENABLED": "perhaps"}, "is not a boolean"),
        ({"COOKIES_ENABLED": "True"}, "COOKIES_ENABLED"),
        ({"HTTPCACHE_ENABLED": True}, "HTTPCACHE_ENABLED"),
        ({"JOBDIR": "jobs"}, "JOBDIR"),
    ],
)
def test_what_can_t_be_used_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=r"^[^\n]+$") as caught:
        read(**given)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"DOUYIN_COOKIE": f"sessionid={SECRET}"},
        {"DOUYIN_PROXY": f"http://user:{SECRET}@127.0.0.1:1"},
    ],
)
def test_a_secret_on_the_command_line_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read(priority="cmdline", **given)
    assert ".env" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(read(**given))


def test_a_typo_in_the_environment_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUYIN_STOER", "sqlite:///x.db")
    with pytest.raises(ConfigError, match="did you mean DOUYIN_STORE"):
        read()

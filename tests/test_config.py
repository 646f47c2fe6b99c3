"""Settings: typed, checked, each error one line that names the setting."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.settings import Settings

from douyin_crawler import settings as project
from douyin_crawler.config import Config, ConfigError
from douyin_crawler.scrapy_settings import problem_of_arguments

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
        ({"DOUYIN_SIGNER": "a-bogus"}, "one of a_bogus, x_bogus, browser, auto"),
        ({"DOUYIN_SESSION": "page"}, "use one of plain, browser"),
        ({"DOUYIN_SESSION": "sessionid=a1"}, "a value that looks like a cookie, which"),
        (
            {"DOUYIN_SIGNER": "0123456789abcdef01234"},
            "a value that looks like a cookie",
        ),
        (
            {"DOUYIN_SESSION_AGE": "ttwid=a1"},
            "(a value that looks like a cookie, which",
        ),
        ({"DOUYIN_SESSION_AGE": "0"}, "DOUYIN_SESSION_AGE=0: a number from 1"),
        ({"DOUYIN_BROWSER_PAGES": "0"}, "DOUYIN_BROWSER_PAGES=0: a whole number from"),
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
        ({"DOUYIN_BASE_URL": "http://a b"}, "DOUYIN_BASE_URL"),
        ({"DOUYIN_PROXY": "http://[x"}, "DOUYIN_PROXY"),
        ({"DOUYIN_STORE": "sqlite://[x"}, "DOUYIN_STORE"),
        ({"DOUYIN_RETRY_TIMES": "\u0663"}, "a whole number from 0"),
        ({"DOUYIN_RETRY_TIMES": "9" * 5000}, "9" * 57 + "...: a whole number"),
        ({"DOWNLOAD_TIMEOUT": "-1"}, "DOWNLOAD_TIMEOUT: '-1' is not a number from 0"),
        ({"DOWNLOAD_DELAY": "nan"}, "DOWNLOAD_DELAY"),
        ({"CONCURRENT_REQUESTS": "-1"}, "a whole number from 1"),
        ({"CONCURRENT_REQUESTS_PER_DOMAIN": "0"}, "a whole number from 1"),
        ({"CONCURRENT_ITEMS": "0"}, "a whole number from 1"),
        ({"AUTOTHROTTLE_START_DELAY": "-1"}, "AUTOTHROTTLE_START_DELAY"),
        ({"AUTOTHROTTLE_TARGET_CONCURRENCY": "0"}, "above 0"),
        ({"DEPTH_LIMIT": "3"}, "a walk would end in the middle"),
    ],
)
def test_what_can_t_be_used_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=r"^[^\n]+$") as caught:
        read(**given)
    assert message in str(caught.value)


PIPELINES = project.ITEM_PIPELINES


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ITEM_PIPELINES", {}, "nothing would be stored; add to it"),
        ("ITEM_PIPELINES", dict.fromkeys(PIPELINES), "nothing would be stored"),
        ("ITEM_PIPELINES", PIPELINES | {"no.such.Thing": 1}, "can't be imported"),
        ("ITEM_PIPELINES", PIPELINES | {"logging.Filter": "x"}, "needs a number"),
        ("DOWNLOADER_MIDDLEWARES", {}, "nothing would be signed"),
        ("EXTENSIONS", {}, "there would be no store"),
    ],
)
def test_components_are_added_to_and_not_replaced(
    name: str, value: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read(priority="cmdline", **{name: value})


def test_a_component_of_the_user_s_is_taken() -> None:
    read(priority="cmdline", ITEM_PIPELINES=PIPELINES | {"logging.Filter": 150})


@pytest.mark.parametrize(
    "value", ["x", "5", "[1]", "null", '"x"', "[" * 100_000], ids=lambda v: v[:5]
)
def test_a_setting_of_components_is_a_json_object(value: str) -> None:
    given = [f"ITEM_PIPELINES={value}", "LOG_LEVEL=INFO"]
    problem = problem_of_arguments(Settings(), given)
    assert problem is not None
    assert "is not a JSON object" in problem
    assert len(problem) < 120
    assert problem_of_arguments(Settings(), ["ITEM_PIPELINES={}", "x"]) is None


@pytest.mark.parametrize("name", ["DOUYIN_BASE_URL", "DOUYIN_VISITOR_URL"])
@pytest.mark.parametrize("url", ["http://u:{}@127.0.0.1", "http://u:{}@[x", "u:{}@h"])
def test_a_password_in_an_address_is_not_shown(name: str, url: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        read(**{name: url.format(SECRET)})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://[::1]:80", "http://127.0.0.1:1", "http://a-b_c.test", "http://x"]
)
def test_other_servers_can_be_asked(url: str) -> None:
    assert read(DOUYIN_BASE_URL=url).base_url == url


@pytest.mark.parametrize(
    "given",
    [
        {"DOUYIN_COOKIE": f"sessionid={SECRET}"},
        {"DOUYIN_PROXY": f"http://user:{SECRET}@127.0.0.1:1"},
        {"DOUYIN_PROXY": f"http://{SECRET}@127.0.0.1:1"},
        {"DOUYIN_STORE": f"mongodb://user:{SECRET}@127.0.0.1:1/douyin"},
    ],
)
def test_a_secret_on_the_command_line_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read(priority="cmdline", **given)
    assert ".env" in str(caught.value)
    assert SECRET not in str(caught.value)
    config = read(**given)
    assert SECRET not in repr(config)
    if "DOUYIN_PROXY" in given:
        assert SECRET in config.secrets


def test_a_typo_in_the_environment_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUYIN_STOER", "sqlite:///x.db")
    with pytest.raises(ConfigError, match="did you mean DOUYIN_STORE"):
        read()

"""Parameters, fingerprint and user agent agree."""

from __future__ import annotations

import pytest

from douyin_crawler.api.browser import Browser, UserAgentError
from douyin_crawler.api.endpoints import ENDPOINTS
from douyin_crawler.api.requests import as_browser, encode
from douyin_crawler.settings import USER_AGENT
from tests.support.browsers import BROWSER, FACTS

EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/122.0.0.0 Safari/537.36 Edg/122.0.1.2"
)
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.4 Safari/605.1.15"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    ("agent", "name", "version", "engine", "engine_version", "platform"),
    [
        (USER_AGENT, "Chrome", "146.0.0.0", "Blink", "146.0.0.0", "Win32"),
        (EDGE, "Edge", "122.0.1.2", "Blink", "122.0.1.2", "Win32"),
        (SAFARI, "Safari", "17.4", "WebKit", "605.1.15", "MacIntel"),
        (FIREFOX, "Firefox", "128.0", "Gecko", "128.0", "Linux x86_64"),
    ],
)
def test_the_parameters_say_what_the_agent_says(
    agent: str, name: str, version: str, engine: str, engine_version: str, platform: str
) -> None:
    browser = Browser.from_user_agent(f"  {agent} ")
    after = dict(browser.parameters_after("290100", "29.1.0"))
    assert browser.user_agent == agent
    assert after["browser_name"] == name
    assert after["browser_version"] == version
    assert after["engine_name"] == engine
    assert after["engine_version"] == engine_version
    assert after["browser_platform"] == platform
    assert browser.fingerprint.endswith(f"|{platform}")


def test_the_fingerprint_has_the_screen_of_the_parameters() -> None:
    browser = Browser.from_user_agent(USER_AGENT)
    after = dict(browser.parameters_after("170400", "17.4.0"))
    parts = browser.fingerprint.split("|")
    assert parts[6:8] == [after["screen_width"], after["screen_height"]]
    assert browser.fingerprint == "1920|947|1920|1032|1920|1032|1920|1080|Win32"


@pytest.mark.parametrize(
    "agent", ["", "Scrapy/2.19", "浏览器", "Mozilla/5.0 (iPhone) Safari/604.1", "a\nb"]
)
def test_no_desktop_browser_is_refused(agent: str) -> None:
    with pytest.raises(UserAgentError):
        Browser.from_user_agent(agent)


def test_a_page_s_browser_is_in_parameters_fingerprint_and_headers() -> None:
    browser = Browser.from_page(FACTS)
    after = dict(browser.parameters_after("170400", "17.4.0"))
    assert browser.fingerprint == "1500|800|1516|890|1600|900|1600|900|Linux x86_64"
    assert (after["screen_width"], after["screen_height"]) == ("1600", "900")
    assert (after["cpu_core_num"], after["device_memory"]) == ("4", "2")
    assert after["browser_language"] == "en-US"
    assert after["browser_version"] == "156.0.0.0"
    assert browser.headers == {
        "User-Agent": FACTS.user_agent,
        "Accept-Language": "en-US,en;q=0.9",
        "sec-ch-ua": FACTS.brands,
        "sec-ch-ua-mobile": "?0",
        "sec-ch-ua-platform": '"Linux"',
    }
    assert BROWSER.headers == {"User-Agent": USER_AGENT}


def test_a_query_as_another_browser_sends_it() -> None:
    other = Browser.from_page(FACTS)
    for endpoint in ENDPOINTS.values():
        one, two = (
            encode(
                browser.parameters_before()
                + endpoint.params
                + browser.parameters_after(endpoint.version, endpoint.version_name)
            )
            for browser in (BROWSER, other)
        )
        assert one != two
        assert as_browser(one, other, endpoint) == two
        assert as_browser(two, BROWSER, endpoint) == one

"""``scrapy session``: what it tells of each kind of session, and never a value."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api.browser import PageFacts
from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.session.expiry import guarded_until, login_until
from douyin_crawler.session.session_file import (
    SessionFile,
    StoredCookie,
    write_session_file,
)
from tests.support.crawling import scrapy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400
SECRET = "a-value-that-nobody-may-see"
URL = "https://www.douyin.com"
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36"
)
FACTS = PageFacts(
    user_agent=AGENT,
    language="zh-CN",
    platform="Linux x86_64",
    inner_width=1600,
    inner_height=760,
    outer_width=1600,
    outer_height=860,
    avail_width=1600,
    avail_height=860,
    screen_width=1600,
    screen_height=900,
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess("--day", "300") as sandbox:
        yield sandbox


def keep(path: Path, days: float, base_url: str = URL) -> None:
    """Write a session file whose login is good for so many *days*."""
    ends = time.time() + days * DAY
    values = {"ttwid": ends + 90 * DAY, "UIFID": -1, "sessionid": ends, "passport": -1}
    host = base_url.rpartition("/")[2].partition(":")[0]
    cookies = [
        StoredCookie(name=name, value=f"{SECRET}-{name}", domain=host, expires=expires)
        for name, expires in values.items()
    ]
    session = SessionFile(
        base_url=base_url,
        created=datetime.now(UTC),
        cookies=cookies,
        browser=FACTS,
        user="江湖",
    )
    write_session_file(path, session)


def guard(begun: int, seconds: int) -> str:
    return f"{SECRET}%7C{begun}%7C{seconds}%7CFri%2C+01-Jan-2027+00%3A00%3A00+GMT"


def test_the_first_end_counts() -> None:
    assert guarded_until(guard(1_000_000_000, 500)) == 1_000_000_500
    for odd in ("", "x", "a|b|c|d", "a%7C1", "a|1|-9|d", f"a|1|{10**30}|d"):
        assert guarded_until(odd) is None
    cookies = [
        ("ttwid", "v", 5.0),
        ("sessionid", "v", 2_000_000_000.0),
        ("sid_guard", guard(1_000_000_000, 500), 0.0),
        ("sid_tt", "", 9.0),
    ]
    assert guarded_until(guard(1_000_000_000, 10**12)) is None  # no date has that
    assert guarded_until(f"a|1|{'9' * 400}|d") is None
    assert login_until(cookies) == 1_000_000_500
    assert login_until(cookies[:2]) == 2_000_000_000
    assert login_until(cookies[:1]) is None


def test_a_session_file(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    given = {"DOUYIN_SESSION_FILE": str(path)}
    keep(path, days=59.5)
    ran = scrapy("session", "--no-test", environment=given)
    assert (ran.status, ran.err) == (0, "")
    assert "Login:   江湖, good until 20" in ran.out
    assert "(59 days)" in ran.out
    assert f"Browser: {AGENT}\n         language zh-CN, screen 1600x900" in ran.out
    table = [
        line.split("  ")[0] for line in ran.out.partition("cookie  ")[2].split("\n")
    ]
    assert table[1:4] == ["ttwid", "UIFID", "sessionid"]
    assert "and 1 that nothing here needs: passport" in ran.out
    assert SECRET not in ran.out

    keep(path, days=-1)
    ran = scrapy("session", "--json", environment=given)  # it asks nobody
    assert ran.status == 5
    told = json.loads(ran.out)
    assert told["expired"]
    assert told["test"] is None
    assert told["exit_status"] == 5
    assert [one["names"].split(" ")[0] for one in told["missing"]] == ["sessionid"]
    assert SECRET not in ran.out
    ran = scrapy("session", environment=given)
    assert ran.out.count("sessionid") == 1, "it ran out, and is not missing as well"
    ran = scrapy("session", "--forget", "--json", environment=given)
    assert ran.err.startswith("error: --forget does not go with --json; usage: ")

    path.chmod(0o644)
    moved = given | {"DOUYIN_BASE_URL": "http://127.0.0.1:9"}
    ran = scrapy("session", "--no-test", environment=moved)
    assert ran.status == 0
    assert "Session: a visitor's" in ran.out
    assert "chmod 600" in ran.out
    assert "it is not used" in ran.out

    for left in ("login-qr.png", "login-page.png", ".session-a1b2"):
        (tmp_path / left).touch()
    ran = scrapy("session", "--forget", environment=given)
    assert ran.out.count("Deleted ") == 4
    assert not list(tmp_path.iterdir())
    ran = scrapy("session", "--forget", environment=given)
    assert (ran.status, ran.err) == (0, "")
    assert "There is nothing to delete" in ran.out


def test_cookies_that_are_given(tmp_path: Path) -> None:
    begun = int(time.time()) - DAY
    login = f"ttwid={SECRET}; sid_guard={guard(begun, 3 * DAY)}; odd={SECRET}"
    ran = scrapy("session", "--no-test", environment={"DOUYIN_COOKIE": login})
    assert ran.status == 0, ran.err
    assert "Session: DOUYIN_COOKIE\n" in ran.out
    assert "(1 day)" in ran.out
    assert "UIFID or UIFID_TEMP  missing" in ran.out
    assert SECRET not in ran.out

    file = tmp_path / "cookies.txt"
    ended = f".douyin.com\tTRUE\t/\tTRUE\t{begun}\tsessionid\t{SECRET}\n"
    ended += f".douyin.com\tTRUE\t/\tTRUE\t0\tttwid\t{SECRET}\n"
    file.write_text(ended, "utf-8")
    given = {"DOUYIN_COOKIES_FILE": str(file)}
    ran = scrapy("session", environment=given)
    assert ran.status == 5
    assert "has run out on" in ran.out
    assert SECRET not in ran.out + ran.err

    ran = scrapy("session", environment={"DOUYIN_COOKIE": SECRET})
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith("error: DOUYIN_COOKIE: ")
    assert SECRET not in line


EXPIRED = {"status_code": 8, "status_msg": "用户未登录"}


@pytest.mark.parametrize(
    ("login", "fault", "status", "outcome"),
    [
        (True, None, 0, "data"),
        (False, None, 0, "visitor"),
        (True, {"kind": "json", "body": EXPIRED}, 5, "not_logged_in"),
        (True, {"kind": "captcha_header"}, 4, "captcha_demanded"),
    ],
)
def test_one_request(
    sandbox: SandboxProcess,
    tmp_path: Path,
    login: bool,
    fault: dict[str, Any] | None,
    status: int,
    outcome: str,
) -> None:
    sandbox.control("faults", "DELETE")
    sandbox.control("requests", "DELETE")
    if fault:
        sandbox.add_faults({"path": "profile/self/", "times": -1} | fault)
    given = {
        "DOUYIN_BASE_URL": sandbox.url,
        "DOUYIN_STORE": f"sqlite:///{tmp_path / 'douyin.db'}",
        "DOUYIN_COOKIE": sandbox.login_cookie if login else "",
    }
    ran = scrapy("session", "--json", environment=given)
    assert (ran.status, ran.err) == (status, "")
    told = json.loads(ran.out)
    assert told["exit_status"] == status
    assert told["test"]["outcome"] == outcome
    assert told["test"]["user"] == (sandbox.nickname if outcome == "data" else None)
    assert len(sandbox.requests("profile/self/")) == 1
    assert not list(tmp_path.iterdir()), "nothing is stored"

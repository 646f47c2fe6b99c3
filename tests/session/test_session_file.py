"""The session file: private from its first byte; what is wrong with it in one line."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from scrapy.settings import Settings

from douyin_crawler import settings as project
from douyin_crawler.config import Config, ConfigError, SessionExpired
from douyin_crawler.session.cookies import CookieError
from douyin_crawler.session.session_file import (
    SessionFile,
    StoredCookie,
    read_session_file,
    warnings_of,
    write_session_file,
)
from tests.support.browsers import FACTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "s3cr3t-value-0123456789"
SITE = "https://www.douyin.com"
LATER = 4_102_444_800.0  # in 2100
EARLIER = 1_600_000_000.0  # in 2020

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


def cookie(name: str, value: str = SECRET, **more: Any) -> StoredCookie:
    return StoredCookie(name=name, value=value, **{"domain": ".douyin.com", **more})


def session(*cookies: StoredCookie, **more: Any) -> SessionFile:
    given = cookies or (cookie("ttwid"), cookie("sessionid", expires=LATER))
    made: dict[str, Any] = {"base_url": SITE, "user": "抖", **more}
    return SessionFile(
        created=datetime(2026, 11, 24, tzinfo=UTC),
        cookies=list(given),
        browser=FACTS,
        **made,
    )


def read(**given: Any) -> Config:
    settings = Settings()
    settings.setmodule(project, priority="project")
    settings.setdict(given, priority="project")
    return Config.from_settings(settings)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "session.json"


@posix
def test_it_is_its_owner_s_from_the_first_byte(path: Path) -> None:
    assert read_session_file(path) is None
    modes, stop = set(), threading.Event()

    def watch() -> None:
        while not stop.is_set():
            for name in path.parent.glob("*") if path.parent.exists() else ():
                try:
                    modes.add(stat.S_IMODE(name.stat().st_mode))
                except FileNotFoundError:
                    continue
            time.sleep(0)

    old = os.umask(0)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(50):
            write_session_file(path, session(user=str(number)))
            found = read_session_file(path)
            assert found is not None
            assert found == session(user=str(number))
    finally:
        stop.set()
        watcher.join()
        os.umask(old)
    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [name.name for name in path.parent.iterdir()] == ["session.json"]
    assert SECRET not in repr(found)


def test_a_folder_that_can_t_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(CookieError, match=r"session\.json can't be written") as caught:
        write_session_file(tmp_path / "data" / "session.json", session())
    assert "\n" not in str(caught.value)


def damaged(change: Callable[[dict[str, Any]], Any]) -> bytes:
    whole = json.loads(msgspec.json.encode(session()))
    change(whole)
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (msgspec.json.encode(session())[:-40], "is damaged: no whole JSON"),
        (b"\xff\xfe\x00", "is damaged: no whole JSON"),
        (b"[" * 100_000, "is "),
        (b"SQLite format 3\0", "is damaged"),
        (json.dumps([{"name": "a", "value": SECRET}]).encode(), "is no session file"),
        (b'{"cookies": []}', "is no session file"),
        (damaged(lambda whole: whole.update(version=2)), "of a newer version"),
        (damaged(lambda whole: whole.pop("browser")), "is damaged (Object missing"),
        (damaged(lambda whole: whole.update(cookies=[1])), "is damaged"),
        (damaged(lambda whole: whole.update(base_url="x")), "is damaged"),
        (damaged(lambda whole: whole.update(base_url="http://h:99999")), "is damaged"),
        (damaged(lambda whole: whole.update(base_url="http://[1")), "is damaged"),
        (
            damaged(lambda whole: whole["browser"].update(screen_width=0)),
            "is damaged (Expected `int` >= 1 - at `$.browser.screen_width`)",
        ),
        (
            damaged(lambda whole: whole["browser"].update(user_agent="curl/8")),
            "is damaged (is not a desktop browser's",
        ),
        (
            damaged(lambda whole: whole["cookies"][0].update(value=f"{SECRET}\n")),
            "the value of the cookie ttwid (of the session file) holds",
        ),
        (msgspec.json.encode(session(cookie("a", expires=EARLIER))), "have expired"),
        (msgspec.json.encode(session(cookie("a", domain=".x.com"))), "no cookie for"),
    ],
)
def test_what_can_t_be_used_is_one_line(path: Path, data: bytes, told: str) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"^DOUYIN_SESSION_FILE: [^\n]+$") as caught:
        read(DOUYIN_SESSION_FILE=str(path))
    assert told in str(caught.value)
    assert SECRET not in str(caught.value)
    # A command that makes it anew does not stumble over it.
    settings = Settings({"DOUYIN_SESSION_FILE": str(path)})
    settings.setmodule(project, priority="default")
    assert Config.from_settings(settings, check_session=False).session_path == path


def test_what_comes_of_odd_values(path: Path) -> None:
    """Times have a date, no name commands a terminal, no stray cookie is in the way."""
    stray = cookie("theme", "夜"), cookie("a\x1b[31m", expires=1e300)
    kept = session(
        cookie("ttwid", expires=LATER * 1000), *stray, user="\x1b[31m江\n\u202e湖"
    )
    write_session_file(path, kept)
    config = read(DOUYIN_SESSION_FILE=str(path))
    assert config.cookies == {"ttwid": SECRET}
    found = read_session_file(path)
    assert found is not None
    assert found.user == "[31m江 湖"
    assert [one.expires for one in found.cookies] == [LATER, -1, 253_402_300_799.0]
    left = config.given.warnings[0]
    assert left.endswith(r"session.json, which can't be sent, is a\x1b[31m, theme")
    (warning, *_) = warnings_of(found, path, "http://me:pass@10.0.0.1:8")
    assert "not of http://10.0.0.1:8: it is not used" in warning


def test_one_that_ran_out_asks_for_a_login(path: Path) -> None:
    write_session_file(path, session(cookie("sessionid", expires=EARLIER)))
    with pytest.raises(SessionExpired, match="have expired"):
        read(DOUYIN_SESSION_FILE=str(path))


def test_a_file_that_can_t_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        read(DOUYIN_SESSION_FILE=str(tmp_path))


def test_its_cookies_and_its_browser_are_the_session_s(path: Path) -> None:
    expired = cookie("msToken", expires=EARLIER)
    narrow = cookie("ttwid", "1%7Cnarrow", domain="www.douyin.com")
    foreign = cookie("other", domain=".example.com")
    login = cookie("sessionid", expires=LATER)
    kept = session(cookie("ttwid"), narrow, expired, foreign, login)
    write_session_file(path, kept)
    config = read(DOUYIN_SESSION_FILE=str(path))
    assert config.cookies == {"ttwid": "1%7Cnarrow", "sessionid": SECRET}
    assert config.browser.user_agent == FACTS.user_agent
    assert config.browser.fingerprint.startswith("1500|800|1516|890|1600|900|")
    (warning,) = config.given.warnings
    assert "UIFID" in warning


def test_a_cookie_of_the_user_s_comes_first(path: Path, tmp_path: Path) -> None:
    write_session_file(path, session())
    config = read(DOUYIN_SESSION_FILE=str(path), DOUYIN_COOKIE="ttwid=mine")
    assert config.cookies == {"ttwid": "mine"}
    assert config.browser.user_agent == project.USER_AGENT
    exported = tmp_path / "cookies.json"
    exported.write_text(
        '[{"name": "ttwid", "value": "exported", "domain": ".douyin.com"}]'
    )
    config = read(DOUYIN_SESSION_FILE=str(path), DOUYIN_COOKIES_FILE=str(exported))
    assert config.cookies == {"ttwid": "exported"}
    assert read(DOUYIN_SESSION_FILE="").cookies == {}


@posix
def test_warnings(path: Path) -> None:
    ended = cookie("sessionid", expires=EARLIER), cookie("UIFID")
    write_session_file(path, session(cookie("ttwid"), *ended))
    path.chmod(0o644)
    told = read(DOUYIN_SESSION_FILE=str(path)).given.warnings
    assert told[0].endswith(f"can read {path}: chmod 600 {path}")
    assert told[1] == (
        "the login in session.json ran out on 2020-09-13; log in again: scrapy login"
    )
    assert told[2].startswith("no login among the cookies")
    elsewhere = read(
        DOUYIN_SESSION_FILE=str(path), DOUYIN_BASE_URL="http://127.0.0.1:1"
    )
    assert elsewhere.cookies == {}
    assert elsewhere.browser.user_agent == project.USER_AGENT
    _, unused = elsewhere.given.warnings
    assert unused.endswith("and not of http://127.0.0.1:1: it is not used")

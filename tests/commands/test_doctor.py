"""``scrapy doctor`` as a user runs it: what is found, what is left, what is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.session.cookies import parse_cookie_header
from douyin_crawler.session.pace import today
from douyin_crawler.session.session import Session
from douyin_crawler.stores import open_store
from tests.support.chromium import CHROMIUM, needs_chromium
from tests.support.crawling import HASTE, Ran, crawl_environment, scrapy, start_scrapy
from tests.support.mongod import free_port
from tests.support.served import collect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POSTS, HOT = "/aweme/post/", "/hot/search/list/"
ASKED = ("no login", "login", "visitor", "protected")
NO_CHROMIUM = {"DOUYIN_CHROMIUM": "/nowhere/chromium"}
QUICK = [word for name, value in HASTE.items() for word in ("-s", f"{name}={value}")]


@pytest.fixture(scope="module")
def _sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess("--day", "300") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: SandboxProcess) -> SandboxProcess:
    """A sandbox without faults and with an empty wire log."""
    _sandbox.control("faults", "DELETE")
    _sandbox.control("requests", "DELETE")
    return _sandbox


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "douyin.db"


@pytest.fixture(params=["sqlite", "mongodb"])
def url(request: pytest.FixtureRequest, store: Path) -> str:
    """The address of a store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{store}"
    found: str = request.getfixturevalue("mongodb_url")
    return found


def doctor(
    sandbox: SandboxProcess, store: Path | str, *words: str, **environment: str
) -> Ran:
    given = crawl_environment(sandbox.url, store) | NO_CHROMIUM | environment
    return scrapy("doctor", *words, *QUICK, environment=given)


def checks(ran: Ran) -> dict[str, dict[str, str]]:
    found = json.loads(ran.out)
    assert found["exit_status"] == ran.status
    return {one["check"]: one for one in found["checks"]}


async def runs_and_spent(url: str, cookie: str) -> tuple[int, int]:
    store = open_store(url)
    await store.open(create=False)
    try:
        key = Session(parse_cookie_header(cookie)).key
        return len(await store.runs()), await store.spent(key, today())
    finally:
        await store.close()


def test_a_run_can_begin(sandbox: SandboxProcess, url: str) -> None:
    cookie = sandbox.login_cookie
    assert collect(sandbox, "hot_list", url).status == 0
    _, before = asyncio.run(runs_and_spent(url, cookie))
    sandbox.control("requests", "DELETE")
    ran = doctor(sandbox, url, "--json", DOUYIN_COOKIE=cookie)
    assert ran.status == 0, ran.err
    assert ran.err == ""
    found = checks(ran)
    assert {one["state"] for one in found.values()} <= {"ok", "warning", "skipped"}
    for name in ("store", "store schema", "clock", *(f"service, {n}" for n in ASKED)):
        assert found[name]["state"] == "ok", found[name]
    runs, spent = asyncio.run(runs_and_spent(url, cookie))
    assert runs == 1, "the doctor's is none"
    assert spent - before == len(sandbox.requests()) == len(ASKED)


def test_what_the_service_refuses_is_named(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults(
        {"path": POSTS, "kind": "argus:sign_invalid", "times": -1},
        {"path": HOT, "kind": "date_back"},
    )
    ran = doctor(sandbox, store, "--json")
    assert ran.status == 3
    found = checks(ran)
    assert found["service, visitor"]["state"] == "ok", "nobody has that id, it says"
    assert found["service, login"]["state"] == "skipped"
    assert "web_signature_wrong" in found["service, protected"]["finding"]
    assert "report it" in found["service, protected"]["advice"]
    assert (found["clock"]["state"], found["store"]["state"]) == ("failed", "ok")
    assert not store.exists(), "a crawl makes it"


@needs_chromium
def test_where_only_the_page_is_let_in_the_browser_is_named(store: Path) -> None:
    with SandboxProcess("--day", "300", "--browser-only") as sandbox:
        found = checks(doctor(sandbox, store, "--json", DOUYIN_CHROMIUM=str(CHROMIUM)))
    assert found["service, browser"]["state"] == "ok", found
    assert "it works: DOUYIN_SIGNER=browser or auto" in str(found["service, browser"])
    for name in ("no login", "protected"):
        assert "-s DOUYIN_SIGNER=auto" in found[f"service, {name}"]["advice"]


def test_behind_a_captcha_nothing_more_is_asked(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": HOT, "kind": "captcha_header", "times": -1})
    ran = doctor(sandbox, store, "--quiet", DOUYIN_COOKIE=sandbox.login_cookie)
    assert ran.status == 3
    assert "captcha_demanded" in ran.out
    assert "python" not in ran.out
    assert len(sandbox.requests()) == 1


def test_ctrl_c_is_one_line(sandbox: SandboxProcess, store: Path) -> None:
    sandbox.add_faults({"path": HOT, "kind": "stall", "seconds": 2})
    environment = crawl_environment(sandbox.url, store) | NO_CHROMIUM
    process = start_scrapy("doctor", *QUICK, environment=environment)
    while not sandbox.requests(HOT) and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (8, "", "error: stopped\n")


def test_a_report_holds_nothing_of_anybody(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    """Everything that can be wrong is, and everything is planted."""
    home = tmp_path / "home" / "zhangsanfeng"
    home.mkdir(parents=True)
    secrets = {
        "cookie": "sess10nva1ue9f8e7d6c5b4a",
        "pasted": "pasted-va1ue-w1th0ut-name",
        "store": "st0repassw0rd",
        "proxy": "pr0xypassw0rd",
        "salt": "sa1tsa1tsa1tsa1tsa1t",
        "node": "n0depassw0rd",
        "notify": "t0kent0kent0ken",
        "user": "zhangsanfeng",
        "host": "db.corp.internal",
        "proxy user": "zhangproxy",
        "id": "MS4wLjABAAAAzhangzhangzhangzhangzhangzhangzhangzhang",
    }
    planted: dict[str, str] = {
        "HOME": str(home),
        "USER": secrets["user"],
        "LOGNAME": secrets["user"],
        "DOUYIN_COOKIE": f"sessionid={secrets['cookie']}…; {secrets['pasted']}",
        "DOUYIN_COOKIES_FILE": f"{home}/cookies.txt",
        "DOUYIN_STORE": f"mongodb://{secrets['user']}:{secrets['store']}"
        f"@{secrets['host']}:{free_port()}/douyin?serverSelectionTimeoutMS=300",
        "DOUYIN_PROXY": f"socks5://{secrets['proxy user']}:{secrets['proxy']}@10.1.2.3",
        "DOUYIN_PSEUDONYM_SALT": secrets["salt"],
        "DOUYIN_NOTIFY_URLS": f"tgram://{secrets['notify']}/123456789012",
        "DOUYIN_RETRY_TIMES": f"{home}/many",
        "DOUYIN_CHROMIUM": f"{home}/chromium/chrome",
        "DOUYIN_SIGNER": "browser",
        "SCRAPYD_USERNAME": "operator",
        "SCRAPYD_PASSWORD": secrets["node"],
    }
    report = tmp_path / "report.md"
    before = os.umask(0)
    node = f"http://127.0.0.1:{free_port()}"
    words = ("--scrapyd", node, "--user", secrets["id"])
    try:
        ran = scrapy("doctor", "--report", str(report), *words, environment=planted)
    finally:
        os.umask(before)
    assert report.stat().st_mode & 0o777 == 0o600
    assert (ran.status, ran.err) == (3, "")
    text = report.read_text("utf-8")
    for what, secret in secrets.items():
        assert secret not in text, what
    assert str(tmp_path) not in text
    assert "10.1.2.3" not in text
    proxy = "DOUYIN_PROXY: (not usable)"
    for told in ("| store | failed |", "| settings | failed |", proxy):
        assert told in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("x",), "'x' is no argument; usage: scrapy doctor"),
        (("--json", "--report"), "--json, --report and --quiet: choose one"),
        (("--report", ""), "--report: the name of the file is empty"),
        (("--scrapyd", "http://me:hunter2@host:6800"), "--scrapyd with a user"),
        (("--user", "some_handle"), "--user: give the sec_user_id"),
    ],
)
def test_a_mistake_is_one_line(words: tuple[str, ...], told: str) -> None:
    ran = scrapy("doctor", *words)
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert told in line

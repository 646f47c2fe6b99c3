"""What needs a login says so before it asks; a session may expire on the way."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.sandbox.world import MANY, ONE, PRIVATE
from douyin_crawler.sandbox.world_ids import Ids
from tests.support.crawling import HASTE, crawl_environment, rows
from tests.support.served import collect
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

EXPIRED = {"status_code": 8, "status_msg": "用户未登录"}
USERS = [Ids(1).sec_uid(index) for index in range(10, 130)]
RUNNER = """
from scrapy.crawler import CrawlerProcess
from scrapy.utils.project import get_project_settings

settings = get_project_settings()
settings.update({settings!r}, priority="cmdline")
process = CrawlerProcess(settings)
process.crawl({spider!r}, **{arguments!r})
process.start()
"""


@pytest.mark.parametrize(
    ("spider", "arguments"),
    [
        ("self_profile", {}),
        ("stickers", {}),
        ("notices", {"group": "all"}),
        ("notices", {"notice": "7569492243205730738:31"}),
        ("user_info", {"user": USERS[0]}),
        ("user_profile", {"user": f"{USERS[0]},self"}),
        ("user_posts", {"user": "https://www.douyin.com/user/self"}),
    ],
)
def test_one_line_and_no_request(
    sandbox: SandboxProcess, store: Path, spider: str, arguments: dict[str, Any]
) -> None:
    visitor = {"DOUYIN_COOKIE": "ttwid=1%7Cabc"}
    ran = collect(sandbox, spider, store, login=False, environment=visitor, **arguments)
    assert ran.status == 5, ran.err
    (line,) = ran.err.strip().splitlines()
    assert "DOUYIN_COOKIE" in line
    assert "log in to www.douyin.com" in line
    assert not sandbox.requests()
    assert not store.exists()


@pytest.mark.parametrize(
    ("spider", "arguments", "walks"),
    [
        ("stickers", {}, ["trending"]),
        ("user_info", {"user": ",".join(USERS[:3])}, USERS[:3]),
    ],
)
def test_it_holds_for_a_script_of_one_s_own_too(
    sandbox: SandboxProcess,
    store: Path,
    spider: str,
    arguments: dict[str, Any],
    walks: list[str],
) -> None:
    script = RUNNER.format(spider=spider, arguments=arguments, settings=HASTE)
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=crawl_environment(sandbox.url, store) | {"PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert not sandbox.requests()
    found = rows(store, "SELECT id, verdict, reason FROM targets")
    assert {r["id"]: r["verdict"] for r in found} == dict.fromkeys(walks, "login")
    (run,) = rows(store, "SELECT exit_status, reason FROM runs")
    assert run["exit_status"] == 5
    assert "DOUYIN_COOKIE" in run["reason"]
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("spider", "path", "arguments", "table", "least"),
    [
        ("user_profile", "profile/other/", {"user": [MANY, ONE, PRIVATE]}, "users", 1),
        ("user_info", "im/user/info/", {"user": USERS}, "users", 50),
        ("user_posts", "aweme/post/", {"user": [MANY]}, "posts", 18),
        ("stickers", "emoticon/trending", {}, "stickers", 50),
        ("notices", "web/notice/", {"group": "all"}, "notices", 20),
    ],
)
def test_a_session_that_expires_on_the_way(
    sandbox: SandboxProcess,
    store: Path,
    spider: str,
    path: str,
    arguments: dict[str, Any],
    table: str,
    least: int,
) -> None:
    fault = {"path": path, "after": 1, "times": -1, "kind": "json", "body": EXPIRED}
    sandbox.add_faults(fault)
    given: dict[str, Any] = {
        name: _named(sandbox, value) for name, value in arguments.items()
    }
    ran = collect(sandbox, spider, store, **given)
    assert ran.status == 5, ran.err
    assert len(sandbox.requests(path)) == 2, "nothing is asked after that"
    (stored,) = rows(store, f"SELECT count(*) AS n FROM {table}")
    assert stored["n"] >= least, "everything that came is stored"
    (run,) = rows(store, "SELECT exit_status, reason FROM runs")
    assert run["exit_status"] == 5
    assert "status_code 8" in run["reason"]
    assert "DOUYIN_COOKIE" in run["reason"]
    found = {r["verdict"] for r in rows(store, "SELECT verdict FROM targets")}
    assert found - {"complete"} == {"login"}
    told = [line for line in ran.err.splitlines() if "status_code 8" in line]
    assert len(told) == 1, ran.err


def _named(sandbox: SandboxProcess, value: Any) -> str:
    if isinstance(value, str):
        return value
    return ",".join(sandbox.users[v] if isinstance(v, int) else v for v in value)

"""DOUYIN_SIGNER=browser: requests that a real Chromium's page makes and signs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil
import pytest

from tests.support.chromium import needs_chromium
from tests.support.crawling import (
    NO_SESSION,
    Ran,
    crawl_command,
    crawl_environment,
    rows,
)
from tests.support.odd_site import PROXY_PASSWORD, PROXY_USER, OddSite, comments
from tests.support.shared import ROOT
from tests.support.started import PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs_chromium

PASSWORD = quote(PROXY_PASSWORD, safe="")
FAULTS = [
    *(["empty"], ["gateway"], ["often"], ["redirect"], ["down"], ["html"], ["gzip"]),
    *(["slow"], ["cut"], ["reset"]),
]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder with a short name: Chromium puts a socket there."""
    with TemporaryDirectory(prefix="odd") as name:
        yield Path(name)


def post(number: int) -> str:
    """Return a post's id."""
    return str(7_300_000_000_000_000_000 + number * 10)


class Crawl:
    """A crawl of comments whose temporary files are in a folder of their own."""

    def __init__(
        self,
        site: OddSite,
        temporary: Path,
        store: Path,
        posts: list[str],
        at_once: int = 8,
        **environment: str,
    ) -> None:
        self.store, self.temporary = store, temporary
        settings = {
            "CONCURRENT_REQUESTS_PER_DOMAIN": str(at_once),
            "DOWNLOAD_TIMEOUT": "3",
            "DOWNLOAD_MAXSIZE": "20000000",
            "LOG_LEVEL": "DEBUG",
        }
        ours = {
            "DOUYIN_SIGNER": "browser",
            "DOUYIN_BREAKER_REFUSALS": "100",
            "TMPDIR": str(temporary),
        }
        command = crawl_command("comments", {"post": ",".join(posts)}, settings)
        given = crawl_environment(site.url, store) | ours | environment
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("DOUYIN_")}
        # Its own interpreter, and a group that gets signals as from a terminal.
        self.process = subprocess.Popen(
            [*PYTHON, "scrapy", *command],
            cwd=ROOT,
            env=inherited | NO_SESSION | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def end(self, seconds: float = 100) -> Ran:
        """Wait for its end."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError(f"still running:\n{err[-4000:]}") from None
        return Ran(self.process.returncode, out, err)

    def chromium(self, *words: str) -> Iterator[psutil.Process]:
        """Yield the processes of its browser that have *words* in their commands."""
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                command = " ".join(process.cmdline())
                if str(self.temporary) in command and all(w in command for w in words):
                    yield process

    def leftovers(self) -> list[str]:
        """Return what is left of browsers: processes, and profiles."""
        profiles = self.temporary.glob("*browser*/profile-*")
        return [str(p) for p in (*self.chromium(), *profiles)]

    def verdicts(self) -> dict[str, str]:
        """Return how each post ended."""
        found = rows(self.store, "SELECT id, verdict FROM targets")
        return {row["id"]: row["verdict"] for row in found}

    def texts(self) -> dict[str, str]:
        """Return the texts of the comments that are stored."""
        found = rows(self.store, "SELECT aweme_id, text FROM comments")
        return {row["aweme_id"]: row["text"] for row in found}


def refusals(log: str) -> dict[str, int]:
    """Return what the stats say of what came in place of data."""
    found = re.findall(r"'douyin/refused/(\w+)': (\d+)", log)
    return {name: int(count) for name, count in found}


@pytest.mark.parametrize("hook", ["fetch", "xhr"])
def test_a_page_that_signs_in_its_own_way(
    hook: str, tmp_path: Path, temporary: Path
) -> None:
    """Data and faults alike come out as they do by plain HTTP, byte by byte.

    In one case through a proxy that wants a password.
    """
    posts = [post(n) for n in range(len(FAULTS) + 2)]
    big, odd = posts[-2:]
    large = comments(big) | {"extra": {"padding": "汉字<>" * 1_000_000}}
    broken = json.dumps(comments(odd)).replace("on ", "\\ud83d \udcff")
    bodies = {
        big: json.dumps(large, ensure_ascii=False).encode(),
        odd: broken.encode("utf-8", "surrogateescape"),
    }
    seen = {}
    for signer in ("a_bogus", "browser"):
        plans = dict(zip(posts, map(list, FAULTS), strict=False)) | {big: ["packed"]}
        signs = hook if signer == "browser" else ""
        proxied = hook == "xhr"
        store = tmp_path / f"{signer}.db"
        with OddSite(signs, bodies=bodies, plans=plans, is_proxy=proxied) as site:
            proxy = f"http://{PROXY_USER}:{PASSWORD}@{site.url[7:]}" if proxied else ""
            crawl = Crawl(
                *(site, temporary, store, posts),
                DOUYIN_SIGNER=signer,
                DOUYIN_PROXY=proxy,
            )
            ran = crawl.end()
        assert ran.status == 0, ran.err[-3000:]
        assert set(crawl.verdicts().values()) == {"complete"}
        assert not [token for token in site.tokens if token in ran.err]
        assert PROXY_PASSWORD not in ran.err
        assert not crawl.leftovers()
        query = "SELECT kind, id, text FROM payloads ORDER BY kind, id"
        payloads = [tuple(row) for row in rows(crawl.store, query)]
        seen[signer] = set(refusals(ran.err)), crawl.texts(), payloads
    assert seen["browser"] == seen["a_bogus"]
    assert len(seen["browser"][0]) == len(FAULTS)


def test_what_is_lost_is_replaced_and_asked_again(
    tmp_path: Path, temporary: Path
) -> None:
    """A page that goes elsewhere, hangs or crashes, and a Chromium that is killed."""
    posts = [post(n) for n in range(12)]
    crawl: Crawl

    def kill(*words: str) -> None:
        for process in list(crawl.chromium(*words)):
            with suppress(psutil.Error):
                process.kill()

    plans: dict[str, list[Any]] = {
        posts[3]: ["navigate"],
        posts[5]: [lambda: kill("--type=renderer")],
        posts[7]: [lambda: kill("--user-data-dir")],
        posts[9]: ["hang"],
    }
    with OddSite("fetch", plans=plans) as site:
        crawl = Crawl(site, temporary, tmp_path / "douyin.db", posts, at_once=1)
        ran = crawl.end()
    assert ran.status == 0, ran.err[-3000:]
    assert crawl.texts() == {one: f"on {one}" for one in posts}
    assert refusals(ran.err) == {}
    told = re.findall(r"'douyin/browser/(\w+)': (\d+)|lost \((.*?)\)", ran.err)
    assert ("restarts", "1", "") in told, told
    assert ("repeated", "4", "") in told, told
    assert not crawl.leftovers()


def test_no_end_leaves_a_browser(tmp_path: Path, temporary: Path) -> None:
    """Ctrl-C, once or twice, ends it; what a kill leaves, the next start ends."""
    posts = [post(n) for n in range(12)]
    asked, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        go_on.wait(30)

    def stopped(*signals: int) -> tuple[int, list[str]]:
        asked.clear()
        go_on.clear()
        with OddSite("fetch", plans={posts[4]: [wait]}) as site:
            crawl = Crawl(site, temporary, tmp_path / "douyin.db", posts, at_once=1)
            assert asked.wait(60)
            assert list(crawl.chromium("--user-data-dir"))
            for number in signals:
                os.killpg(crawl.process.pid, number)
                time.sleep(0.5)
            go_on.set()
            ran = crawl.end()
        assert "Traceback" not in ran.err
        assert "never retrieved" not in ran.err
        return ran.status, crawl.leftovers()

    status, left = stopped(signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert [name for name in left if "profile-" in name]
    posts.reverse()  # what is stored is not asked again
    assert stopped(signal.SIGINT) == (8, [])
    assert stopped(signal.SIGINT, signal.SIGINT) == (8, [])


def test_a_verify_page_is_for_a_person(tmp_path: Path, temporary: Path) -> None:
    """It ends the run, and is not reloaded."""
    with OddSite("fetch", verify=True) as site:
        crawl = Crawl(site, temporary, tmp_path / "douyin.db", [post(1), post(2)])
        ran = crawl.end()
    assert ran.status == 4
    assert "a captcha is demanded" in ran.err
    assert set(refusals(ran.err)) == {"captcha_demanded"}
    assert site.pages <= 2
    assert not site.asked
    assert not crawl.leftovers()

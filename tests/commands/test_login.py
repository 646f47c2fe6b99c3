"""``scrapy login`` in a real Chromium: by code, and every way it comes to nothing."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
from filelock import FileLock

from douyin_crawler.sandbox.process import SandboxProcess
from tests.support.chromium import CHROMIUM, needs_chromium
from tests.support.crawling import scrapy, start_scrapy
from tests.support.drawing import code_drawn, drawings

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

POSIX = os.name == "posix"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess("--day", "300") as sandbox:
        yield sandbox


@pytest.fixture
def given(sandbox: SandboxProcess, tmp_path: Path) -> dict[str, str]:
    """A place for the session, below a folder that is not there yet."""
    return {
        "DOUYIN_BASE_URL": sandbox.url,
        "DOUYIN_STORE": f"sqlite:///{tmp_path / 'douyin.db'}",
        "DISPLAY": "",
        "WAYLAND_DISPLAY": "",
        **places(tmp_path / "kept"),
    }


def places(folder: Path) -> dict[str, str]:
    return {
        "DOUYIN_SESSION_FILE": str(folder / "session.json"),
        "DOUYIN_BROWSER_PROFILE": str(folder / "browser"),
    }


class Waiting:
    """A login that is under way."""

    def __init__(self, given: dict[str, str], *options: str) -> None:
        self.process: subprocess.Popen[str] = start_scrapy(
            "login", *options, environment=given
        )
        self.lines: list[str] = []

    def until(self, words: str) -> None:
        """Read what it writes, up to a line with *words*."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if words in line:
                return
        raise AssertionError(f"no {words!r}: {self.lines} {self.process.communicate()}")

    def end(self) -> tuple[int, str]:
        """Wait for its end; return its status and what it wrote of errors."""
        out, err = self.process.communicate(timeout=60)
        self.lines += out.splitlines()
        return self.process.returncode, err


def processes_of(profile: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(f"--user-data-dir={profile}" in word for word in words):
            found.append(process)
    return found


def codes(sandbox: SandboxProcess) -> list[str]:
    return [one["text"] for one in sandbox.control("login")]


def modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


@needs_chromium
def test_by_code(
    sandbox: SandboxProcess, given: dict[str, str], tmp_path: Path
) -> None:
    """One that expires is drawn anew; the session works; the next login needs none."""
    kept = tmp_path / "kept"
    login = Waiting(given, "--timeout", "60")
    login.until("The code as a picture")
    assert modes(kept)["login-qr.png"] == 0o600 or not POSIX
    (first,) = codes(sandbox)
    sandbox.control("login/expire", "POST")
    login.until("The code has changed")
    login.until("The code as a picture")
    second = codes(sandbox)[-1]
    assert first != second
    assert [code_drawn(one) for one in drawings(login.lines)] == [first, second]
    sandbox.control("login/scan", "POST")
    login.until("The page says: 扫描成功")
    sandbox.control("login", "POST")
    assert login.end() == (0, "")

    said = "\n".join(login.lines)
    assert f"Logged in as {sandbox.nickname}.\nThe session is good until 20" in said
    assert "(59 days)" in said
    assert "as good as a password" in said
    session = json.loads((kept / "session.json").read_text("utf-8"))
    cookies = {one["name"]: one for one in session["cookies"]}
    assert cookies.keys() >= {"sessionid", "sid_guard", "ttwid", "UIFID", "msToken"}
    assert cookies["sessionid"]["http_only"]
    secrets = [one["value"] for one in session["cookies"] if len(one["value"]) > 8]
    assert len(secrets) > 8
    assert not [one for one in secrets if one in said]
    assert session["base_url"] == sandbox.url
    assert session["user"] == sandbox.nickname
    assert "Headless" not in json.dumps(session["browser"])
    assert session["browser"]["language"] == "zh-CN"
    expected = {"session.json": 0o600, "browser": 0o700, "browser.lock": 0o600}
    assert modes(kept).keys() == expected.keys()
    assert modes(kept) == expected or not POSIX
    assert not processes_of(given["DOUYIN_BROWSER_PROFILE"])

    cookie = "ttwid=a-visitor-s-own"
    again = scrapy("login", environment=given | {"DOUYIN_COOKIE": cookie})
    assert again.status == 0, again.err
    assert f"Already logged in as {sandbox.nickname} in this profile" in again.out
    assert "DOUYIN_COOKIE is set as well, and wins" in again.out
    assert not drawings(again.out.splitlines())
    shown = scrapy("session", environment=given)
    assert shown.status == 0, shown.err
    assert f"it is the session of {sandbox.nickname}" in shown.out
    assert not [one for one in secrets if one in shown.out]
    forgotten = scrapy("session", "--forget", environment=given)
    assert forgotten.out.count("Deleted ") == 2
    assert not list(kept.iterdir())


@needs_chromium
def test_a_verify_page_is_for_people(
    sandbox: SandboxProcess, given: dict[str, str], tmp_path: Path
) -> None:
    """Without a window it ends; in a window a person has the time to solve it."""
    assert CHROMIUM
    window = tmp_path / "chromium"
    window.write_text(f'#!/bin/sh\nexec {CHROMIUM} --ozone-platform=headless "$@"\n')
    window.chmod(0o755)
    picture = tmp_path / "kept" / "login-page.png"
    sandbox.control("verify", "POST")
    try:
        ran = scrapy("login", environment=given)
        assert ran.status == 4
        (line,) = ran.err.splitlines()
        assert "verify page" in line
        assert str(picture) in line
        assert picture.read_bytes().startswith(b"\x89PNG")
        if POSIX:
            shown = {"DISPLAY": ":99", "DOUYIN_CHROMIUM": str(window)}
            ran = scrapy("login", "--timeout", "3", environment=given | shown)
            assert "solve it in the window" in ran.out
            assert ran.status == 5
            assert ran.err == (
                "error: nobody has logged in within 3 s (--timeout); run it again\n"
            )
            assert not picture.exists()
    finally:
        sandbox.control("verify", "DELETE")
    assert not processes_of(given["DOUYIN_BROWSER_PROFILE"])
    assert not (tmp_path / "kept" / "session.json").exists()


@needs_chromium
@pytest.mark.skipif(not POSIX, reason="signals of POSIX")
def test_what_ends_it(given: dict[str, str], tmp_path: Path) -> None:
    """Ctrl-C, and Chromium's own end, with one line each and nothing left."""

    def interrupt(process: subprocess.Popen[str], _: str) -> None:
        process.send_signal(signal.SIGINT)

    def kill_chromium(_: subprocess.Popen[str], profile: str) -> None:
        for one in processes_of(profile):
            one.kill()

    ends = [
        (interrupt, 8, "error: stopped before anybody had logged in"),
        (kill_chromium, 5, "error: Chromium has ended before anybody had logged in"),
    ]
    folders = [tmp_path / "one", tmp_path / "other"]
    logins = [Waiting(given | places(folder)) for folder in folders]
    for login, folder, (end, status, line) in zip(logins, folders, ends, strict=True):
        profile = str(folder / "browser")
        login.until("The code as a picture")
        assert processes_of(profile)
        end(login.process, profile)
        assert login.end() == (status, f"{line}\n")
        assert not processes_of(profile)
        assert modes(folder).keys() == {"browser", "browser.lock"}


@pytest.mark.parametrize(
    ("changed", "words", "message"),
    [
        ({}, ("--timeout", "0"), "--timeout must be more than 0"),
        ({}, ("now",), "'now' is no argument; usage: scrapy login"),
        ({}, ("-s", "DOUYIN_BROWSER_PROFILE="), "DOUYIN_BROWSER_PROFILE: it is empty"),
        ({"DOUYIN_BROWSER_PROFILE": "LICENSE"}, (), "LICENSE is a file; name a folder"),
        ({"DOUYIN_CHROMIUM": sys.executable}, (), "is no Chromium; correct it"),
        ({"DOUYIN_SESSION_FILE": ""}, (), "DOUYIN_SESSION_FILE is empty"),
        ({"DOUYIN_SESSION_FILE": "."}, (), "is a folder"),
        ({"DOUYIN_CHROMIUM": "/nowhere/chromium"}, (), "/nowhere/chromium"),
        ({"DOUYIN_BROWSER_PROFILE": "tests"}, (), "was not made by scrapy login"),
        ({"DOUYIN_BROWSER_PROFILE": "HELD"}, (), "in use by another scrapy login"),
    ],
)
def test_one_line_before_anything_is_opened(
    given: dict[str, str],
    tmp_path: Path,
    changed: dict[str, str],
    words: tuple[str, ...],
    message: str,
) -> None:
    changed = {k: v.replace("HELD", str(tmp_path / "held")) for k, v in changed.items()}
    with FileLock(tmp_path / "held.lock"):
        ran = scrapy("login", *words, environment=given | changed)
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith("error: ")
    assert message in line

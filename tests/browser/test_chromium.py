"""Which Chromium is found, and with what it is started; none is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.api.failures import classify_exception
from douyin_crawler.browser import chromium
from douyin_crawler.browser.chromium import (
    BrowserMissing,
    find_chromium,
    launch_options,
)
from douyin_crawler.browser.net_errors import network_error
from tests.support.crawling import scrapy

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any; a folder of its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "own"))
    monkeypatch.setattr(chromium, "_MAC", ())
    monkeypatch.setattr(chromium, "_DEBIAN", ())
    return tmp_path


def program(path: Path) -> Path:
    """Make a program that says it is Chromium."""
    path.write_text("#!/bin/sh\necho 'Chromium 156.0.8078.79 built on Debian'\n")
    path.chmod(0o755)
    return path


def options(path: Path, **settings: Any) -> dict[str, Any]:
    given = {"base_url": "http://10.0.0.1:8", "proxy": "", "moved": True} | settings
    config: Any = SimpleNamespace(chromium=str(path), **given)
    return launch_options(config, headless=True)


def test_it_is_found_where_it_is(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = r"install it: pip install .* ; playwright install"
    with pytest.raises(BrowserMissing, match=missing):
        find_chromium("")
    for nowhere in (str(bare / "nothing"), "~nobody-at-all/chromium"):
        with pytest.raises(BrowserMissing, match=r"no program .* correct it, or unset"):
            find_chromium(nowhere)
    monkeypatch.setattr(chromium, "_DEBIAN", (str(bare),))  # no apt-get on PATH
    if chromium.sys.platform == "linux":
        with pytest.raises(BrowserMissing, match="apt-get install chromium"):
            find_chromium("")
    found = program(bare / "chromium")
    assert find_chromium("") == found
    assert find_chromium(str(program(bare / "other"))) == bare / "other"
    own = bare / "own" / f"chromium-{chromium._own()['revision']}"
    own.mkdir(parents=True)
    assert find_chromium("") == found  # cut off while it was installed
    (own / "INSTALLATION_COMPLETE").touch()
    assert find_chromium("") is None


def test_a_missing_package_is_named(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium, "find_spec", lambda name: None)
    with pytest.raises(BrowserMissing, match="package playwright; install both: pip"):
        find_chromium("")
    program(bare / "chromium")
    with pytest.raises(
        BrowserMissing, match=r"install it: pip install scrapy-play\S+ ;"
    ):
        find_chromium("")


def test_it_is_started_as_a_desktop_browser_that_asks_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUYIN_COOKIE", "sessionid=secret")
    made = options(program(tmp_path / "chromium"))
    agents = [a for a in made["args"] if a.startswith("--user-agent=")]
    assert "Chrome/156.0.0.0" in agents[0]
    assert "Headless" not in agents[0]
    assert "--no-proxy-server" in made["args"]
    assert "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 10.0.0.1" in made["args"]
    assert not made["handle_sigint"]
    assert "DOUYIN_COOKIE" not in made["env"]


def test_the_proxy_is_for_loopback_too(tmp_path: Path) -> None:
    made = options(
        program(tmp_path / "chromium"), proxy="http://me:p%40ss@[::1]:3128", moved=False
    )
    assert made["proxy"] == {
        "server": "http://[::1]:3128",
        "bypass": "<-loopback>",
        "username": "me",
        "password": "p@ss",
    }
    assert not any("resolver" in a or "no-proxy" in a for a in made["args"])


def test_what_is_no_chromium_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    for told in ("exit 1", "printf '\\377'"):
        other.write_text(f"#!/bin/sh\n{told}\n")
        other.chmod(0o755)
        with pytest.raises(
            BrowserMissing, match=r"is no Chromium; correct it, or unset"
        ):
            options(other)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ERR_CONNECTION_REFUSED", "connection_refused"),
        ("ERR_PROXY_CONNECTION_FAILED", "connection_refused"),
        ("ERR_NAME_NOT_RESOLVED", "host_unknown"),
        ("ERR_TUNNEL_CONNECTION_FAILED", "proxy"),
        ("ERR_CONNECTION_TIMED_OUT", "timeout"),
        ("ERR_CONNECTION_RESET", "connection_lost"),
        ("ERR_EMPTY_RESPONSE", "connection_lost"),
        ("ERR_CONTENT_LENGTH_MISMATCH", "data_loss"),
        ("ERR_CONTENT_DECODING_FAILED", "broken_encoding"),
    ],
)
def test_network_errors_have_the_names_of_plain_http(name: str, slug: str) -> None:
    error = classify_exception(
        network_error(f"net::{name} at http://h/?msToken=secret")
    )
    assert error.slug == slug
    assert "secret" not in str(error)


@pytest.mark.parametrize("runs", [False, True])
def test_with_a_wrong_one_a_crawl_ends_before_it_begins(
    tmp_path: Path, runs: bool
) -> None:
    if runs:
        (tmp_path / "named").write_text("#!/bin/sh\n")
        (tmp_path / "named").chmod(0o755)
    ran = scrapy(
        *("crawl", "hot_list"),
        environment={
            "DOUYIN_BASE_URL": "http://127.0.0.1:9",
            "DOUYIN_STORE": f"sqlite:///{tmp_path}/douyin.db",
            "DOUYIN_SIGNER": "browser",
            "DOUYIN_CHROMIUM": str(tmp_path / "named"),
        },
    )
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
    assert "named" in ran.err
    assert "correct it, or unset it" in ran.err

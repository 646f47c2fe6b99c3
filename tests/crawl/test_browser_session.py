"""Whose browser a session is of: the session file's, or that of a real page."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from douyin_crawler.sandbox.world import SELF
from douyin_crawler.session.cookies import parse_cookie_header
from tests.support.browsers import FACTS, keep_session
from tests.support.chromium import needs_chromium
from tests.support.crawling import crawl, rows
from tests.support.zstd import texts

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POSTS = "/aweme/post/"
AT_ONCE = 4


def headers(sent: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in sent["headers"]}


def cookies(sent: dict[str, Any]) -> dict[str, str]:
    return parse_cookie_header(headers(sent)["cookie"])


def identity(sent: dict[str, Any]) -> dict[str, str]:
    """Return what a request says of its browser; the sandbox compares the rest."""
    query = {name: values[0] for name, values in parse_qs(sent["query"]).items()}
    names = ("user-agent", "accept-language", "sec-ch-ua", "sec-ch-ua-platform")
    return {
        "fingerprint": bytes.fromhex(sent["fingerprint"]).decode(),
        "screen": f"{query['screen_width']}x{query['screen_height']}",
        "language": query["browser_language"],
        "cores": query["cpu_core_num"],
        **{name: headers(sent)[name] for name in names},
    }


def login_of(sandbox: SandboxProcess) -> dict[str, str]:
    """Return a login's cookies with a ttwid of its own.

    The sandbox, like the service, holds a ttwid to the browser that it saw first.
    """
    with urllib.request.urlopen(sandbox.url) as page:  # noqa: S310 - loopback
        set_cookies = page.headers.get_all("Set-Cookie")
    (ttwid,) = (line for line in set_cookies if line.startswith("ttwid="))
    login = parse_cookie_header(sandbox.login_cookie)
    return login | parse_cookie_header(ttwid.partition(";")[0])


def counts(store: Path) -> dict[str, int]:
    (run,) = rows(store, "SELECT counts FROM runs")
    found: dict[str, int] = json.loads(run["counts"])
    return found


def test_a_session_file_s_browser_is_on_the_wire(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "private" / "session.json"
    login = login_of(sandbox)
    keep_session(kept, sandbox.url, login)
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": sandbox.users[SELF], "limit": "1"},
        environment={"DOUYIN_SESSION_FILE": str(kept)},
    )
    assert ran.status == 0, ran.err
    assert "as a login" in ran.err
    (sent,) = sandbox.requests(POSTS)
    assert cookies(sent) == login
    assert identity(sent) == {
        "fingerprint": "1500|800|1516|890|1600|900|1600|900|Linux x86_64",
        "screen": "1600x900",
        "language": "en-US",
        "cores": "4",
        "user-agent": FACTS.user_agent,
        "accept-language": "en-US,en;q=0.9",
        "sec-ch-ua": FACTS.brands,
        "sec-ch-ua-platform": '"Linux"',
    }


@needs_chromium
def test_a_visitor_s_session_is_a_page_s_and_is_renewed_once_for_all(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    fault = {"path": POSTS, "kind": "empty", "nth": 1, "times": AT_ONCE}
    sandbox.add_faults(fault)
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": ",".join(sandbox.users[8:16]), "limit": "1"},
        settings={
            "CONCURRENT_REQUESTS_PER_DOMAIN": str(AT_ONCE),
            "LOG_LEVEL": "DEBUG",
        },
        environment={"DOUYIN_SESSION": "browser"},
        more=("-O", f"{tmp_path / 'posts.jsonl'}"),
    )
    assert ran.status in (0, 3), ran.err
    first, second = (s for s in sandbox.requests("/") if s["path"] == "/")
    sent = sandbox.requests(POSTS)
    sessions = [cookies(s) for s in sent]
    ttwids = [session["ttwid"] for session in sessions]
    assert len(set(ttwids)) == 2
    assert len(set(ttwids[:AT_ONCE])) == 1, "all four were refused with the first"
    assert len(set(ttwids[AT_ONCE:])) == 1, "none was sent with it after that"
    assert counts(store)["session/visits"] == 2
    assert counts(store)["session/renewals"] == 1
    assert {"msToken", "s_v_web_id", "UIFID", "UIFID_TEMP"} <= sessions[0].keys()
    for visit, request in ((first, sent[0]), (second, sent[-1])):
        said = identity(request)
        for name in ("user-agent", "sec-ch-ua", "sec-ch-ua-platform"):
            assert said[name] == headers(visit)[name]
    shown = identity(sent[-1])
    assert shown["fingerprint"].split("|")[6:8] == shown["screen"].split("x")
    logs = ran.out + ran.err
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
    stored += b"".join(texts(store))
    for session in (sessions[0], sessions[-1]):
        for name, value in session.items():
            assert value[:24] not in logs, f"{name} is in the log"
            assert value[:24].encode() not in stored, f"{name} was stored"


@needs_chromium
def test_a_login_is_kept_while_its_page_s_tokens_age(
    sandbox: SandboxProcess, store: Path
) -> None:
    login = login_of(sandbox)
    sandbox.control("requests", "DELETE")
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": ",".join(sandbox.users[8:12]), "limit": "1"},
        settings={
            "DOWNLOAD_DELAY": "1",
            "DOWNLOAD_DELAY_JITTER": "0",
            "CONCURRENT_REQUESTS_PER_DOMAIN": "2",
        },
        environment={
            "DOUYIN_SESSION": "browser",
            "DOUYIN_SESSION_AGE": "1",
            "DOUYIN_COOKIE": "; ".join(f"{n}={v}" for n, v in login.items()),
        },
    )
    assert ran.status in (0, 3), ran.err
    pages = [s for s in sandbox.requests("/") if s["path"] == "/"]
    assert len(pages) == counts(store)["session/visits"] >= 2
    for sent in (*pages, *sandbox.requests(POSTS)):
        assert login.items() <= cookies(sent).items()
    assert counts(store)["session/renewals"] == len(pages) - 1

"""What goes out: signed at the last moment, once an attempt, and in no log."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl

import pytest

from douyin_crawler.sandbox.world import MANY, SELF
from tests.support.browsers import keep_session
from tests.support.crawling import crawl, rows
from tests.support.zstd import texts

if TYPE_CHECKING:
    from pathlib import Path

    from douyin_crawler.sandbox.process import SandboxProcess

POSTS = "/aweme/post/"


def test_a_signature_is_fresh_when_many_requests_wait(
    sandbox: SandboxProcess, store: Path
) -> None:
    users = ",".join(sandbox.users[MANY : MANY + 12])
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": users, "limit": "1"},
        settings={
            "DOWNLOAD_DELAY": "1",
            "DOWNLOAD_DELAY_JITTER": "0",
            "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
        },
        environment={"DOUYIN_COOKIE": sandbox.login_cookie},
    )
    assert ran.status in (0, 3), ran.err
    sent = sandbox.requests(POSTS)
    assert len(sent) >= 8
    between = [b["received_at"] - a["received_at"] for a, b in pairwise(sent)]
    assert min(between) > 0.9, "the slot's delay holds"
    # Signed by the caller, the last would be seven seconds old.
    assert max(s["signature_age"] for s in sent) < 0.5


def test_a_retry_is_signed_anew(sandbox: SandboxProcess, store: Path) -> None:
    sandbox.add_faults({"path": POSTS, "kind": "empty", "nth": 1, "times": 2})
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": sandbox.users[SELF]},
        environment={"DOUYIN_COOKIE": sandbox.login_cookie},
    )
    assert ran.status == 0, ran.err
    first, second, third = (parse_qs(s["query"]) for s in sandbox.requests(POSTS)[:3])
    assert first["max_cursor"] == second["max_cursor"] == third["max_cursor"]
    assert len({tuple(q["a_bogus"]) for q in (first, second, third)}) == 3
    counts = rows(store, "SELECT counts FROM runs")[0]["counts"]
    assert '"refused/empty_body":2' in counts.replace(" ", "")


@pytest.mark.parametrize("signer", ["a_bogus", "x_bogus"])
def test_the_parameters_stand_in_the_site_s_order(
    sandbox: SandboxProcess, store: Path, signer: str
) -> None:
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": sandbox.users[SELF], "limit": "20"},
        environment={
            "DOUYIN_COOKIE": sandbox.login_cookie,
            "DOUYIN_SIGNER": signer,
        },
    )
    assert ran.status == 0, ran.err
    sent = sandbox.requests(POSTS)
    names = [
        [name for name, _ in parse_qsl(s["query"], keep_blank_values=True)]
        for s in sent
    ]
    parameter = {"a_bogus": "a_bogus", "x_bogus": "X-Bogus"}[signer]
    assert names[0][:4] == ["device_platform", "aid", "channel", "sec_user_id"]
    tail = ["uifid", "msToken", parameter, "verifyFp", "fp", "timestamp"]
    assert names[0][-7:] == [*tail, "x-secsdk-web-signature"]
    assert "webid" not in names[0], "left out until the server has given it"
    assert "webid" in names[1]
    assert all(s["signer"] == signer for s in sent)
    headers = {name.lower(): value for name, value in sent[0]["headers"]}
    assert headers["referer"] == f"https://www.douyin.com/user/{sandbox.users[SELF]}"
    assert headers["accept"] == "application/json, text/plain, */*"


def test_a_visitor_s_tokens_come_from_one_visit_and_are_renewed(
    sandbox: SandboxProcess, store: Path
) -> None:
    users = ",".join(sandbox.users[8:16])
    crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": users, "limit": "1"},
        settings={"CONCURRENT_REQUESTS_PER_DOMAIN": "4"},
    )
    visits = [s for s in sandbox.requests("/") if s["path"] == "/"]
    assert len(visits) == 1, "one visit for all requests that wait"
    tokens = [parse_qs(s["query"])["msToken"][0] for s in sandbox.requests(POSTS)]
    assert len(set(tokens)) > 1, "the server's msToken is used from then on"


SECRETS = {
    "ttwid": "1%7CplantedTtwidValue",
    "sessionid": "plantedSessionValue",
    "UIFID": "plantedUifidValue" + "0" * 143,
    "msToken": "plantedMsTokenValue" + "x" * 163 + "==",
    "s_v_web_id": "verify_plantedVerifyValue",
    "passport_csrf_token": "plantedCsrfTokenValue",
}


def test_planted_secrets_are_in_no_log_store_or_feed(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    """They come from the session file, and then from a cookie."""
    cookie = "; ".join(f"{name}={value}" for name, value in SECRETS.items())
    kept = tmp_path / "private" / "session.json"
    keep_session(kept, sandbox.url, SECRETS)
    sandbox.add_faults(
        {"path": POSTS, "kind": "stall", "nth": 1, "seconds": 5.0},
        {"path": POSTS, "kind": "truncate", "nth": 2},
        {"path": POSTS, "kind": "reset", "nth": 3},
        {"path": POSTS, "kind": "gzip", "nth": 4},
        {"path": POSTS, "kind": "json", "nth": 5, "times": -1, "body": _page()},
    )
    feed = tmp_path / "posts.jsonl"
    logs = ""
    for port_open in (True, False):
        ran = crawl(
            "user_posts",
            base_url=sandbox.url if port_open else "http://127.0.0.1:9",
            store=store,
            arguments={"user": sandbox.users[SELF]},
            settings={"LOG_LEVEL": "DEBUG", "DOWNLOAD_TIMEOUT": "1"},
            environment={
                "DOUYIN_COOKIE": "" if port_open else cookie,
                "DOUYIN_SESSION_FILE": str(kept),
                "DOUYIN_RETRY_TIMES": "5",
                "DOUYIN_PROXY": ""
                if port_open
                else "http://me:plantedProxy@127.0.0.1:9",
            },
            more=("-O", str(feed)),
        )
        logs += ran.out + ran.err
    assert "timeout" in logs
    assert "connection" in logs
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
    stored += b"".join(texts(store))
    assert sandbox.requests(POSTS), "something was sent"
    sent = str(sandbox.requests(POSTS))
    for name, value in SECRETS.items():
        assert value[:24] in sent, f"{name} was sent"
        assert value[:16] not in logs, f"{name} is in the log"
        assert value[:16].encode() not in stored, f"{name} was stored"
    assert "plantedProxy" not in logs
    assert "a_bogus=" not in logs, "no signed address is in the log"


def _page() -> dict[str, object]:
    return {"status_code": 0, "aweme_list": [], "has_more": 0, "max_cursor": 0}


def test_the_store_s_file_is_whole(sandbox: SandboxProcess, store: Path) -> None:
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": sandbox.users[SELF]},
        environment={"DOUYIN_COOKIE": sandbox.login_cookie},
    )
    assert ran.status == 0, ran.err
    connection = sqlite3.connect(store)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()

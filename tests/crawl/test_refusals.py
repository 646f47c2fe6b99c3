"""What goes wrong, and what the user sees: one clear line and a status."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import BIG, MANY, ONE, SELF
from tests.support.crawling import (
    Ran,
    crawl,
    crawl_command,
    crawl_environment,
    rows,
    scrapy,
    start_scrapy,
)

if TYPE_CHECKING:
    from pathlib import Path

POSTS = "/aweme/post/"


def walk(
    sandbox: SandboxProcess,
    store: Path,
    user: str,
    settings: dict[str, str] | None = None,
    **environment: str,
) -> Ran:
    """Crawl the posts of *user* with a login."""
    return crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": user},
        settings=settings,
        environment={
            "DOUYIN_COOKIE": sandbox.login_cookie,
            "DOUYIN_RETRY_TIMES": "2",
            **environment,
        },
    )


def ending(store: Path) -> tuple[str, str]:
    """Return the verdict and reason of the only target."""
    (row,) = rows(store, "SELECT verdict, reason FROM targets")
    return row["verdict"], row["reason"]


@pytest.mark.parametrize("kind", ["empty", "429", "reset", "truncate", "gzip", "html"])
def test_a_fault_that_passes_costs_nothing(
    sandbox: SandboxProcess, store: Path, kind: str
) -> None:
    body = {"body": "<html>Welcome</html>"} if kind == "html" else {}
    sandbox.add_faults({"path": POSTS, "nth": 3, "kind": kind, **body})
    user = sandbox.users[MANY]
    ran = walk(sandbox, store, user)
    assert ran.status == 0, ran.err
    found = [r["aweme_id"] for r in rows(store, "SELECT aweme_id FROM posts")]
    assert sorted(found) == sorted(sandbox.truth(user)["posts"])


def test_a_malformed_answer_is_kept(sandbox: SandboxProcess, store: Path) -> None:
    page = "<html>who are you?</html>"
    sandbox.add_faults({"path": POSTS, "times": -1, "kind": "html", "body": page})
    user = sandbox.users[SELF]
    assert walk(sandbox, store, user).status == 3
    raw = scrapy(
        "raw", "page", f"posts:{user}:0", environment=crawl_environment("", store)
    )
    assert raw.out.strip() == page


@pytest.mark.parametrize("cursor", [0, 1234567890123])
def test_a_cursor_that_stands_still_or_comes_back_ends_as_stalled(
    sandbox: SandboxProcess, store: Path, cursor: int
) -> None:
    page = {"status_code": 0, "aweme_list": [], "has_more": 1, "max_cursor": cursor}
    sandbox.add_faults({"path": POSTS, "times": -1, "kind": "json", "body": page})
    ran = walk(sandbox, store, sandbox.users[SELF])
    assert ran.status == 3, ran.err
    assert ending(store)[0] == "stalled"
    assert len(sandbox.requests(POSTS)) == (2 if cursor == 0 else 3)


def test_the_network_goes_away_half_way(store: Path) -> None:
    with SandboxProcess("--latency", "0.1") as sandbox:
        command = crawl_command("user_posts", {"user": sandbox.users[BIG]})
        environment = crawl_environment(sandbox.url, store)
        environment |= {"DOUYIN_COOKIE": sandbox.login_cookie}
        process = start_scrapy(*command, environment=environment)
        while len(sandbox.requests(POSTS)) < 5:
            time.sleep(0.05)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert ending(store)[0] == "blocked"
    assert "check DOUYIN_BASE_URL" in err
    assert rows(store, "SELECT count(*) AS n FROM posts")[0]["n"] >= 60


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_stop_keeps_what_came(
    sandbox: SandboxProcess, store: Path, number: signal.Signals
) -> None:
    command = crawl_command(
        "user_posts", {"user": sandbox.users[BIG]}, {"DOWNLOAD_DELAY": "0.2"}
    )
    environment = crawl_environment(sandbox.url, store)
    environment |= {"DOUYIN_COOKIE": sandbox.login_cookie}
    process = start_scrapy(*command, environment=environment)
    while len(sandbox.requests(POSTS)) < 3:
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 8, err
    assert ending(store)[0] == "stopped"
    assert rows(store, "SELECT count(*) AS n FROM posts")[0]["n"] >= 36
    (run,) = rows(store, "SELECT * FROM runs")
    assert run["exit_status"] == 8
    assert run["finished_at"]


def test_a_stop_does_not_wait_for_a_long_pause(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": POSTS, "times": -1, "kind": "empty"})
    command = crawl_command("user_posts", {"user": sandbox.users[ONE]})
    environment = crawl_environment(sandbox.url, store)
    environment |= {"DOUYIN_COOKIE": sandbox.login_cookie, "DOUYIN_RETRY_PAUSE": "300"}
    process = start_scrapy(*command, environment=environment)
    while not sandbox.requests(POSTS):
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 8, err


def test_a_wrong_cookie_ends_as_login(sandbox: SandboxProcess, store: Path) -> None:
    good = dict(p.split("=", 1) for p in sandbox.login_cookie.split("; "))
    bad = good | dict.fromkeys(("sessionid", "sessionid_ss", "sid_tt"), "f" * 32)
    bad["sid_guard"] = "f" * 32
    cookie = "; ".join(f"{name}={value}" for name, value in bad.items())
    ran = walk(sandbox, store, sandbox.users[ONE], DOUYIN_COOKIE=cookie)
    assert ran.status == 5, ran.err
    assert ending(store)[0] == "login"
    assert "DOUYIN_COOKIE" in ran.err


@pytest.mark.parametrize(
    ("arguments", "settings", "environment", "words"),
    [
        (["user_post"], {}, {}, "did you mean user_posts?"),
        ([], {}, {}, "name one spider"),
        (["user_posts"], {}, {}, "-a user=... is missing"),
        (["user_posts", "-a", "usr=x"], {}, {}, "did you mean user?"),
        (["user_posts", "-a", "user"], {}, {}, "-a NAME=VALUE"),
        (["user_posts", "-a", "user=https://example.com/x"], {}, {}, "-a user:"),
        (["user_posts", "-a", "user=@/no/such.txt"], {}, {}, "/no/such.txt"),
        (["user_posts", "-a", "user=zhang3", "-a", "limit=x"], {}, {}, "limit=x"),
        (["user_posts", "-a", "user=zhang3", "-a", "since=x"], {}, {}, "2024-01-31"),
        (["user_posts", "-a", "user=zhang3"], {"DOWNLOAD_DELAY": "x"}, {}, "DELAY"),
        (["user_posts", "-a", "user=zhang3"], {"DOUYIN_SINGER": "x"}, {}, "SIGNER?"),
        (["user_posts", "-a", "user=zhang3"], {"DOUYIN_COOKIE": "a=b"}, {}, ".env"),
        (["user_posts", "-a", "user=zhang3"], {"LOG_LEVEL": "LOUD"}, {}, "LOG_LEVEL"),
        (["user_posts", "-a", "user=zhang3"], {}, {"DOUYIN_STORE": "x"}, "sqlite:///"),
        (["user_posts", "-a", "user=zhang3"], {}, {"DOUYIN_COOKIE": "x"}, "COOKIE"),
        (["user_posts", "-a", "user=zhang3", "-O", "x.xyz"], {}, {}, "xyz"),
        (["hot_list", "-O", "x.xlsx"], {}, {}, ".jsonl, .json or .csv"),
        (["hot_list", "-O", "x.pickle"], {}, {}, ".jsonl, .json or .csv"),
        (["hot_list", "-O", "foo://x.jsonl"], {}, {}, "no storage for foo://"),
        (["hot_list"], {"FEEDS": '{"x.jsonl": 1}'}, {}, "needs a format"),
        (["hot_list", "--logfile", "/no/such/x"], {}, {}, "/no/such/x"),
        (["hot_list", "--pidfile", "/no/such/x"], {}, {}, "/no/such/x"),
        (["hot_list"], {"LOG_FILE": "/no/such/x"}, {}, "/no/such/x"),
        (["hot_list"], {"DOUYIN_STORE": "sqlite://[x"}, {}, "DOUYIN_STORE"),
        (["hot_list"], {"DOUYIN_PROXY": "http://[x"}, {}, "DOUYIN_PROXY"),
        (["hot_list"], {"EXTENSIONS": "5"}, {}, "is not a JSON object"),
        (["hot_list"], {"ITEM_PIPELINES": "{}"}, {}, "nothing would be stored"),
    ],
)
def test_a_mistake_is_one_line_before_the_first_request(
    sandbox: SandboxProcess,
    store: Path,
    arguments: list[str],
    settings: dict[str, str],
    environment: dict[str, str],
    words: str,
) -> None:
    switches = [w for k, v in settings.items() for w in ("-s", f"{k}={v}")]
    ran = scrapy(
        "crawl",
        *arguments,
        *switches,
        environment=crawl_environment(sandbox.url, store) | environment,
    )
    assert ran.status == 2, ran.err
    (line,) = ran.err.strip().splitlines()
    assert line.startswith("error: ")
    assert words in line
    assert not sandbox.requests()
    assert not store.exists()


def test_a_store_that_can_t_be_opened_is_one_line(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    store = tmp_path / "file" / "douyin.db"
    store.parent.write_text("not a folder")
    ran = walk(sandbox, store, sandbox.users[ONE])
    assert ran.status == 6, ran.err
    assert "Traceback" not in ran.err
    assert not sandbox.requests()


def test_raw_says_what_is_not_there(sandbox: SandboxProcess, store: Path) -> None:
    environment = crawl_environment(sandbox.url, store)
    assert walk(sandbox, store, sandbox.users[ONE]).status == 0
    for words, status in (
        (("raw", "post", "7331282357997579691"), 3),
        (("raw", "post", "1"), 2),
        (("raw", "pots", "1"), 2),
        (("raw", "post"), 2),
    ):
        ran = scrapy(*words, environment=environment)
        assert ran.status == status, ran.err
        assert len(ran.err.strip().splitlines()) == 1


def test_targets_that_were_not_reached_have_a_verdict_too(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": POSTS, "times": -1, "kind": "403"})
    users = ",".join(sandbox.users[index] for index in (MANY, ONE, SELF))
    ran = walk(sandbox, store, users)
    assert ran.status == 4, ran.err
    found = rows(store, "SELECT id, verdict FROM targets")
    assert {r["id"]: r["verdict"] for r in found} == dict.fromkeys(
        users.split(","), "blocked"
    )


def test_a_feed_that_can_t_be_written_is_told_before_the_crawl(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": sandbox.users[ONE]},
        more=("-O", str(tmp_path / "file" / "posts.csv")),
    )
    assert ran.status == 2, ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert not sandbox.requests()


def test_a_feed_s_name_may_have_placeholders(
    sandbox: SandboxProcess, store: Path, tmp_path: Path
) -> None:
    ran = crawl(
        "user_posts",
        base_url=sandbox.url,
        store=store,
        arguments={"user": sandbox.users[ONE]},
        more=("-O", str(tmp_path / "%(name)s" / "%(time)s.jsonl")),
    )
    assert ran.status == 0, ran.err
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["user_posts"]
    (feed,) = (tmp_path / "user_posts").iterdir()
    assert feed.read_text("utf-8").count("\n") == 1


def test_ctrl_c_twice_is_a_stop_and_no_bug(
    sandbox: SandboxProcess, store: Path
) -> None:
    sandbox.add_faults({"path": POSTS, "kind": "stall", "nth": 2, "seconds": 20})
    command = crawl_command("user_posts", {"user": sandbox.users[BIG]})
    environment = crawl_environment(sandbox.url, store)
    environment |= {"DOUYIN_COOKIE": sandbox.login_cookie}
    process = start_scrapy(*command, environment=environment)
    while len(sandbox.requests(POSTS)) < 1:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 8, err

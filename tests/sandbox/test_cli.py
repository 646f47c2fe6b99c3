from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from douyin_crawler.sandbox.cli import main
from douyin_crawler.sandbox.config import SandboxConfig, SandboxError
from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import MANY, World
from douyin_crawler.sandbox.world_names import COMMENTS, named_posts
from tests.support.crawling import scrapy, start_scrapy
from tests.support.shared import CAPTURES, ROOT, needs_shared

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "serves this machine only"),  # noqa: S104
        (["--host", "example.org"], "use 127.0.0.1"),
        (["--port", "70000"], "--port 70000"),
        (["--users", "0"], "--users 0"),
        (["--day", "-1"], "--day -1"),
        (["--latency", "-1"], "--latency -1.0"),
        (["--latency", "nan"], "--latency nan"),
        (["--captures", "no/such/folder"], "there is no such folder"),
    ],
)
def test_a_wrong_option_is_one_line_and_status_2(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("sandbox: ")
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_loopback_addresses_are_taken(host: str) -> None:
    assert SandboxConfig(host=host).host == host


def test_list_prints_ids_by_endpoint(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--seed", "4", "--day", "3"]) == 0
    out, _ = capsys.readouterr()
    world = World(seed=4, day=3)
    assert f"  {world.user(MANY).sec_uid}  {world.listed_count(MANY)} posts" in out
    assert world.listed(MANY)[0].id in out.partition("aweme_detail")[2]
    assert f"  {named_posts(world)['closed'].id}  closed" in out
    assert "hot_search_list\n  main\n" in out
    assert "tab_feed\n  300 posts" in out


@needs_shared
def test_list_prints_captured_ids(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--captures", str(CAPTURES)]) == 0
    out, _ = capsys.readouterr()
    assert re.search(r"^aweme_post\n  MS4w\S{51}  1 file", out)
    assert "user_profile_other\n  MS4w" in out
    assert re.search(r"comment_list_reply\n  \d{19}  1 file", out)
    assert "hot_search_list\n  board  2 file(s)" in out
    assert "module_feed\n  feed  1 file(s)" in out


def test_the_process_helper_starts_and_stops_it() -> None:
    with SandboxProcess("--seed", "9", "--users", "30", "--day", "5") as sandbox:
        world = World(seed=9, users=30, day=5)
        assert sandbox.users[MANY] == world.user(MANY).sec_uid
        assert sandbox.handles[MANY] == world.user(MANY).handle
        assert "sessionid=" in sandbox.login_cookie
        truth = sandbox.truth(sandbox.users[MANY])
        assert set(truth["posts"]) == {post.id for post in world.listed(MANY)}
        few = sandbox.comment_truth(sandbox.posts["few"])
        assert few["total"] == 3
        assert sandbox.posts.keys() == COMMENTS.keys()
        sandbox.add_faults({"kind": "empty"})
        assert sandbox.control("faults")[0]["kind"] == "empty"
        assert sandbox.requests() == []
        with pytest.raises(SandboxError, match="no control path"):
            sandbox.control("nothing")
        with pytest.raises(SandboxError, match="cannot be used"):
            SandboxProcess(port=int(sandbox.url.rpartition(":")[2])).start()
        assert sandbox.stop() == 0
        assert sandbox.errors == ""


def test_scrapy_sandbox_says_how_to_use_it_and_ends_cleanly() -> None:
    process = start_scrapy("sandbox", "--port", "0", "--day", "1")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert re.fullmatch(r"Sandbox on http://127\.0\.0\.1:\d+\n", lines[0])
    address, text = lines[0].split()[2], "".join(lines)
    assert f"export DOUYIN_BASE_URL={address}\n" in text
    assert re.search(r"export DOUYIN_COOKIE='.*sessionid=\w{32}.*'\n", text)
    assert "https://v.douyin.com/" in text


def test_scrapy_sandbox_exits_2_for_a_wrong_option(tmp_path: Path) -> None:
    ran = scrapy("sandbox", "--captures", str(tmp_path))
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert "no answers in it" in ran.err


def test_the_module_runs_without_scrapy() -> None:
    command = [sys.executable, "-m", "douyin_crawler.sandbox", "--port", "0"]
    with subprocess.Popen(
        [*command, "--ready-json"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"].startswith("http://")
        process.terminate()
    assert process.returncode == 0

"""A real Scrapyd, the real client, a fresh clone, every spider."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.error
from typing import TYPE_CHECKING

import pytest
from scrapy.settings import Settings
from w3lib.http import basic_auth_header

from douyin_crawler import settings as project
from douyin_crawler.config import read_config
from douyin_crawler.doctor.finding import About
from douyin_crawler.doctor.nodes import check_nodes
from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import BIG, MANY, ONE
from tests.crawl.test_every_spider import arguments_of, kind_of
from tests.support.crawling import crawl_environment, rows, scrapy
from tests.support.scrapyd import (
    LOGIN,
    PASSWORD,
    PROJECT,
    USER,
    Scrapyd,
    fresh_clone,
    git,
    needs_scrapyd,
)
from tests.support.served import ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = ["DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False"]
SECRET = "sessionid=5e55104d5e55104d"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess("--day", "300") as serving:
        yield serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_scrapyd()
    return tmp_path_factory.mktemp("scrapyd")


@pytest.fixture(scope="module")
def store(folder: Path) -> Path:
    return folder / "douyin.db"


@pytest.fixture(scope="module")
def node(sandbox: SandboxProcess, folder: Path, store: Path) -> Iterator[Scrapyd]:
    """A node without a project; what its jobs need is in its environment."""
    environment = crawl_environment(sandbox.url, store)
    cookie = {
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "PLAN_COOKIE": sandbox.login_cookie,
    }
    running = Scrapyd(folder / "node", environment | cookie)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def deployed(node: Scrapyd, folder: Path) -> Scrapyd:
    """The node, with the project deployed as the docs say."""
    clone = fresh_clone(folder)
    config = clone / "scrapy.cfg"
    text = config.read_text("utf-8")
    assert "http://localhost:6800/" in text
    config.write_text(text.replace("localhost:6800", f"127.0.0.1:{node.port}"), "utf-8")
    before = git(clone, "status", "--short")
    client = [sys.executable, "-m", "scrapyd_client.deploy"]
    ran = subprocess.run(
        client,
        cwd=clone,
        env=node.environment | LOGIN | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["status"] == "ok", ran.stdout
    assert git(clone, "status", "--short") == before == " M scrapy.cfg\n"
    return node


def test_nobody_comes_in_without_the_password(node: Scrapyd) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        node.ask("daemonstatus", auth=False)
    refused.value.close()


def test_the_doctor_sees_what_is_deployed(deployed: Scrapyd) -> None:
    settings = Settings()
    settings.setmodule(project)
    config, _ = read_config(settings, check_session=False)
    about = About(settings=settings, config=config, problems=[])
    about.nodes = [f"http://127.0.0.1:{deployed.port}"]
    (found,) = asyncio.run(check_nodes(about))
    assert (found.state, "another user" in found.finding) == ("failed", True)
    about.authorization = basic_auth_header(USER, PASSWORD, "utf-8").decode()
    (found,) = asyncio.run(check_nodes(about))
    assert (found.state, found.finding[:8]) == ("ok", "version ")


def test_every_spider(deployed: Scrapyd, sandbox: SandboxProcess, store: Path) -> None:
    names = sorted(scrapy("list").out.split())
    assert len(names) > 10
    jobs = {
        name: deployed.schedule(name, setting=QUICK, **arguments_of(name, sandbox))
        for name in names
    }
    deployed.wait_for(*jobs.values())
    runs = {row["job"]: row for row in rows(store, "SELECT * FROM runs")}
    for name, job in jobs.items():
        assert (runs[job]["spider"], runs[job]["exit_status"]) == (name, 0)
        assert f"Run {runs[job]['id']} ended (finished)" in deployed.log(name, job)
        assert rows(store, f"SELECT * FROM {kind_of(name).table}")
    user, post = sandbox.users[ONE], sandbox.posts["few"]
    assert set(sandbox.truth(user)["posts"]) <= {*ids(store, "posts", "aweme_id")}
    shown = sandbox.comment_truth(post)["comments"]
    assert set(shown) <= {*ids(store, "comments", "cid")}
    assert ids(store, "emojis", "origin_uri") == sorted(sandbox.emoji_truth())
    assert ids(store, "stickers", "id") == sorted(sandbox.sticker_truth())


def test_cancel_and_resume(
    deployed: Scrapyd, sandbox: SandboxProcess, store: Path
) -> None:
    user = sandbox.users[MANY]
    truth = sorted(sandbox.truth(user)["posts"])
    # The fifth page comes when the job has been cancelled.
    sandbox.add_faults(
        {"kind": "stall", "path": "/aweme/post/", "nth": 5, "seconds": 4}
    )
    sandbox.control("requests", "DELETE")
    job = deployed.schedule("user_posts", setting=QUICK, user=user)
    deployed.wait(lambda: len(sandbox.requests("/aweme/post/")) >= 5)
    cancelled = deployed.ask("cancel", project=PROJECT, job=job)
    assert cancelled["prevstate"] == "running"
    deployed.wait_for(job)
    [run] = rows(store, "SELECT * FROM runs WHERE job = ?", job)
    assert run["exit_status"] == 8
    assert "exit status 8 (stopped)" in deployed.log("user_posts", job)
    of_user = "SELECT aweme_id FROM posts WHERE sec_uid = ?"
    kept = {row["aweme_id"] for row in rows(store, of_user, user)}
    assert len(kept) >= 4 * 18, "what had come is stored"
    assert kept < set(truth)

    sandbox.control("faults", "DELETE")
    sandbox.control("requests", "DELETE")
    job = deployed.schedule("user_posts", setting=QUICK, user=user)
    deployed.wait_for(job)
    [run] = rows(store, "SELECT * FROM runs WHERE job = ?", job)
    assert run["exit_status"] == 0
    assert sorted(row["aweme_id"] for row in rows(store, of_user, user)) == truth
    assert len(sandbox.requests("/aweme/post/")) < -(-len(truth) // 18)


def test_secrets_are_refused(deployed: Scrapyd, store: Path) -> None:
    before = len(rows(store, "SELECT id FROM runs"))
    jobs = [
        deployed.schedule("hot_list", setting=f"DOUYIN_COOKIE={SECRET}"),
        deployed.schedule("hot_list", cookie=SECRET),
    ]
    deployed.wait_for(*jobs)
    for job in jobs:
        log = deployed.log("hot_list", job)
        assert "with a secret is refused as an argument" in log
        assert SECRET not in log
    assert SECRET in deployed.output, "docs/scrapyd.md says what to do about that"
    assert len(rows(store, "SELECT id FROM runs")) == before


def test_finished_jobs_are_known_after_a_restart(deployed: Scrapyd) -> None:
    before = deployed.finished()
    deployed.stop()
    deployed.start()
    assert deployed.finished() == before


def test_the_scheduler(
    deployed: Scrapyd, sandbox: SandboxProcess, store: Path, folder: Path
) -> None:
    targets = folder / "users.txt"
    targets.write_text(f"# two\n{sandbox.users[ONE]}\n{sandbox.users[BIG]}\n", "utf-8")
    plan = folder / "daily.toml"
    plan.write_text(
        'cookie = "PLAN_COOKIE"\n'
        '[jobs.people]\nspider = "user_profile"\ntargets = "@users.txt"\nevery = "1d"\n'
        '[jobs.words]\nspider = "hot_list"\ncron = "0 3 * * *"\npriority = 3\n',
        "utf-8",
    )
    command = ("schedule", str(plan), "--scrapyd", deployed.url, "--once")
    environment = crawl_environment(sandbox.url, store) | LOGIN
    first = scrapy(*command, environment=environment)
    assert first.status == 0, first.err
    assert first.err.count("started as job") == 2
    again = scrapy(*command, environment=environment)
    assert again.status == 0, again.err
    assert "started as job" not in again.err
    query = "SELECT * FROM runs WHERE plan != '' ORDER BY plan"
    deployed.wait(lambda: all(r["finished_at"] for r in rows(store, query)))
    found = rows(store, query)
    assert [row["plan"] for row in found] == ["daily/people", "daily/words"]
    assert [row["exit_status"] for row in found] == [0, 0]
    assert all(row["id"] == row["job"] and row["lock"] for row in found)
    assert PASSWORD not in first.err + deployed.output
    assert sandbox.login_cookie not in first.err + deployed.output

"""What a node is told of a job: targets, budgets, names of variables, no secret."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, web
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from douyin_crawler.config import ConfigError
from douyin_crawler.plans.reading import PlanError, parse_plan
from douyin_crawler.scheduling.address import check_node, node_authorization
from douyin_crawler.scheduling.jobs import prepare
from douyin_crawler.scheduling.node import Node, NodeFailure
from douyin_crawler.scheduling.probe import well
from douyin_crawler.spiders.user_posts import UserPostsSpider
from douyin_crawler.stores import open_store
from douyin_crawler.variables import apply_variables
from tests.support.mongod import free_port
from tests.support.stored import reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    from douyin_crawler.scheduling.jobs import Prepared

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ONE, TWO = ("MS4wLjABAAAA" + letter * 43 for letter in "xy")


async def told(
    folder: Path, targets: Any, queue: str = "", **plan: Any
) -> Prepared | None:
    job = {"spider": "user_posts", "targets": targets, "every": "1d"}
    job |= {"queue": queue} if queue else {}
    given = {**plan, "jobs": {"people": {**job, "arguments": {"limit": 5}}}}
    read = parse_plan(given, folder / "daily.toml")
    store = open_store(f"sqlite:///{folder / 'douyin.db'}")
    await store.open()
    try:
        return await prepare(read, read.jobs[0], UserPostsSpider, store, NOW)
    finally:
        await store.close()


async def waiting(folder: Path) -> dict[str, int]:
    async with reading(f"sqlite:///{folder / 'douyin.db'}") as store:
        return {one.queue: one.counts["waiting"] for one in await store.queues()}


async def test_a_file_goes_along(tmp_path: Path) -> None:
    share = "看看 https://v.douyin.com/iRNBho6u/ 复制，打开"
    lines = f"\ufeff# people\n{ONE}\n\n{share}\n"
    (tmp_path / "users.txt").write_text(lines, "utf-8")
    found = await told(tmp_path, "@users.txt", cookie="SHOP_COOKIE", budget=100)
    assert found
    link = "https://v.douyin.com/iRNBho6u/"
    assert found.arguments == {
        "user": f"{ONE},{link}",
        "limit": "5",
        "_plan": "daily/people",
    }
    assert found.settings == {
        "DOUYIN_PLAN_BUDGETS": "daily=100",
        "DOUYIN_VARIABLES": "cookie=SHOP_COOKIE",
    }


async def test_a_list_goes_along(tmp_path: Path) -> None:
    found = await told(tmp_path, [ONE, TWO])
    assert found
    assert found.arguments["user"] == f"{ONE},{TWO}"
    assert found.settings == {}


async def test_a_query_without_an_answer(tmp_path: Path) -> None:
    assert await told(tmp_path, {"authors_of": {"stored_within": "7d"}}) is None


async def test_what_is_too_long_for_a_job_goes_into_a_queue(tmp_path: Path) -> None:
    lines = "".join(f"MS4wLjABAAAA{number:043}\n" for number in range(2_000))
    (tmp_path / "users.txt").write_text(lines, "utf-8")
    found = await told(tmp_path, "@users.txt")
    assert found
    assert found.arguments == {
        "queue": "daily.people",
        "limit": "5",
        "_plan": "daily/people",
    }
    assert await waiting(tmp_path) == {"daily.people": 2_000}
    (tmp_path / "users.txt").write_text(f"{lines}no user!\n", "utf-8")
    with pytest.raises(PlanError, match="line 2001") as wrong:
        await told(tmp_path, "@users.txt")
    assert str(wrong.value).startswith("jobs.people: ")


async def test_a_job_that_fills_a_queue(tmp_path: Path) -> None:
    found = await told(tmp_path, [ONE, "a_handle"], queue="night")
    assert found
    assert found.arguments["queue"] == "night"
    assert "user" not in found.arguments
    assert await waiting(tmp_path) == {"night": 2}
    nothing = {"authors_of": {"stored_within": "7d"}}
    assert await told(tmp_path, nothing, queue="night"), "some are left to walk"
    assert await told(tmp_path, nothing, queue="other") is None


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="can't be read"):
        await told(tmp_path, "@users.txt")


def test_the_node_has_the_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_COOKIE", "sessionid=1")
    settings = Settings({"DOUYIN_VARIABLES": "cookie=SHOP_COOKIE"})
    settings.set("DOUYIN_COOKIES_FILE", "/of/another/session", "project")
    apply_variables(settings)
    assert settings["DOUYIN_COOKIE"] == "sessionid=1"
    assert settings["DOUYIN_COOKIES_FILE"] == ""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("cookie=NOT_SET_HERE", "the plan wants NOT_SET_HERE"),
        ("proxy=X", "write cookie=NAME,store=NAME"),
    ],
)
def test_variables_that_can_t_be_used(given: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        apply_variables(Settings({"DOUYIN_VARIABLES": given}))


@pytest.mark.parametrize(
    "url",
    [
        *("localhost:6800", "http://", "ftp://h", "http://h/?a=1", "http://h:x"),
        *("http://a..b", "http://a b", f"http://{'a' * 64}.org"),
    ],
)
def test_addresses_of_no_node(url: str) -> None:
    with pytest.raises(UsageError, match="looks like http://localhost:6800"):
        check_node(url)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="SCRAPYD_PASSWORD") as refused:
        check_node("http://me:hunter2@host:6800")
    assert "hunter2" not in str(refused.value)


def test_authorization(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SCRAPYD_USERNAME", "SCRAPYD_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    assert node_authorization() == ""
    monkeypatch.setenv("SCRAPYD_USERNAME", "me")
    with pytest.raises(UsageError, match="set both"):
        node_authorization()
    monkeypatch.setenv("SCRAPYD_PASSWORD", "hunter2")
    assert node_authorization() == "Basic bWU6aHVudGVyMg=="


@asynccontextmanager
async def answering(status: int, body: str) -> AsyncIterator[Node]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_route("*", "/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with ClientSession() as http:
        yield Node(f"http://127.0.0.1:{port}/", http)
    await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "message", "delivered"),
    [
        (401, "Unauthorized", "set SCRAPYD_USERNAME", False),
        (200, "<html>", "no JSON of Scrapyd's", None),
        (502, "", "answers 502", None),
        (302, "", "answers 302", None),
        (
            200,
            '{"status": "error", "message": "project \'douyin_crawler\' not found"}',
            "not found; deploy it",
            False,
        ),
    ],
)
async def test_answers_that_are_none(
    status: int, body: str, message: str, delivered: bool | None
) -> None:
    async with answering(status, body) as node:
        with pytest.raises(NodeFailure, match=message) as failure:
            await node.start("0123456789ab", "feed", {}, {})
    assert failure.value.delivered is delivered


async def test_a_node_that_is_not_there() -> None:
    async with ClientSession() as http:
        node = Node(f"http://127.0.0.1:{free_port()}", http)
        with pytest.raises(NodeFailure, match="is down") as failure:
            await node.jobs()
    assert failure.value.delivered is False


def test_the_health_of_a_scheduler(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    assert not well(str(alive))
    alive.touch()
    assert well(str(alive))

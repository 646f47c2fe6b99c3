"""Scrapyd nodes: what is said of each."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from douyin_crawler.doctor.nodes import check_nodes
from tests.support.mongod import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from douyin_crawler.doctor.finding import About

OK = {"status": "ok"}
JOBS = {"pending": [{"id": "1"}], "running": [], "finished": [{"id": "2"}]}


@asynccontextmanager
async def node(answers: dict[str, Any], status: int = 200) -> AsyncIterator[str]:
    """Serve *answers* by the name of what is asked."""

    async def answer(request: web.Request) -> web.Response:
        found = answers.get(request.path.strip("/").removesuffix(".json"))
        return web.json_response(found, status=status)

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("answers", "status", "state", "told"),
    [
        (
            {"listversions": OK | {"versions": ["1", "2"]}, "listjobs": OK | JOBS},
            200,
            "ok",
            "version 2 (and 1 older); 1 job waits or runs, 1 done",
        ),
        (
            {"listversions": OK | {"versions": ["\x1b[31m2"]}, "listjobs": OK | JOBS},
            200,
            "ok",
            "version [31m2; 1 job",
        ),
        (
            {"listversions": OK | {"versions": []}},
            200,
            "warning",
            "without the project",
        ),
        ({}, 401, "failed", "wants another user or password"),
        ({"listversions": "hello"}, 200, "failed", "no JSON of Scrapyd's"),
    ],
)
async def test_a_node(
    about: Callable[..., About],
    answers: dict[str, Any],
    status: int,
    state: str,
    told: str,
) -> None:
    async with node(answers, status) as url:
        (found,) = await check_nodes(about(nodes=(url,)))
    assert (found.check, found.state) == (f"scrapyd {url}", state)
    assert told in found.finding
    assert (state == "ok") is not bool(found.advice)


async def test_none_and_one_that_is_down(about: Callable[..., About]) -> None:
    (found,) = await check_nodes(about())
    assert found.state == "skipped"
    (found,) = await check_nodes(about(nodes=(f"http://127.0.0.1:{free_port()}",)))
    assert found.state == "failed"
    assert "is down" in found.finding

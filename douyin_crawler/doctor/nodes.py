"""Scrapyd nodes: up, open to this login, with the project, and what they run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from douyin_crawler.api.evidence import printable
from douyin_crawler.doctor.finding import failed, ok, skipped, warning

if TYPE_CHECKING:
    from douyin_crawler.doctor.finding import About, Finding
    from douyin_crawler.scheduling.node import Node

_SECONDS = 15.0
"""For a node."""
_DEPLOY = "deploy it: scrapyd-deploy (docs: Scrapyd)"


async def check_nodes(about: About) -> list[Finding]:
    """Ask all nodes at once; one that is slow costs no other its row."""
    if not about.nodes:
        return [skipped("scrapyd", "no node is named", "--scrapyd URL looks at one")]
    # Its client takes long to import, and other checks need it not.
    from aiohttp import ClientSession  # noqa: PLC0415

    from douyin_crawler.scheduling.node import Node  # noqa: PLC0415

    async with ClientSession() as http:
        nodes = [Node(url, http, about.authorization) for url in about.nodes]
        return await asyncio.gather(*(_in_time(node) for node in nodes))


async def _in_time(node: Node) -> Finding:
    try:
        return await asyncio.wait_for(_look(node), _SECONDS)
    except TimeoutError:
        late = f"no answer in {_SECONDS:g} s"
        return failed(f"scrapyd {node}", late, "see that it is up there")


async def _look(node: Node) -> Finding:
    from douyin_crawler.scheduling.node import NodeFailure  # noqa: PLC0415

    name = f"scrapyd {node}"
    try:
        versions = await node.versions()
        if not versions:
            return warning(name, "up, but without the project", _DEPLOY)
        jobs = await node.jobs()
    except NodeFailure as error:
        told = printable(str(error), 300).removeprefix(f"{node}").lstrip(": ")
        wrong, _, advice = told.partition("; ")
        wrong, _, other = wrong.partition(": set ")
        advice = advice or (f"set {other}" if other else "see that it is up there")
        return failed(name, wrong, advice)
    known = f"version {printable(versions[-1])}" + _more(len(versions) - 1)
    open_jobs, done = len(jobs.waiting), len(jobs.finished)
    told = "1 job waits or runs" if open_jobs == 1 else f"{open_jobs} jobs wait or run"
    return ok(name, f"{known}; {told}, {done} done")


def _more(older: int) -> str:
    return f" (and {older} older)" if older else ""

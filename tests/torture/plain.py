"""What the same kills do to a plain Scrapy spider with JOBDIR, for comparison.

A list like the sandbox's, but unsigned, is walked page by page into a feed, the way
Scrapy's documentation says that a crawl is paused and resumed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

POSTS = 285
_PAGE = 18
_LATENCY = 0.05
_SPIDER = """
import scrapy

class Posts(scrapy.Spider):
    name = "posts"

    async def start(self):
        yield scrapy.Request(f"{self.url}/list?cursor=0")

    def parse(self, response):
        page = response.json()
        yield from page["posts"]
        if page["has_more"]:
            yield scrapy.Request(f"{self.url}/list?cursor={page['cursor']}")
"""
_SERVER = f"""
import asyncio, sys
from aiohttp import web

async def page(request):
    await asyncio.sleep({_LATENCY})
    first = int(request.query["cursor"])
    last = min(first + {_PAGE}, {POSTS})
    posts = [dict(id=n, text="x" * 500) for n in range(first, last)]
    return web.json_response(
        dict(posts=posts, cursor=last, has_more=last < {POSTS})
    )

async def main():
    app = web.Application()
    app.router.add_get("/list", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def plain(folder: Path, random: Random, kills: int) -> str:
    """Kill the walk *kills* times, each time go on; return what came of it."""
    folder.mkdir()
    (folder / "posts.py").write_text(_SPIDER)
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        try:
            statuses = [
                _run(folder, url, random.uniform(0.1, 0.8) if turn < kills else None)
                for turn in range(kills + 1)
            ]
        finally:
            server.terminate()
    ids = _ids(folder / "posts.jsonl")
    lost, doubled = POSTS - len(ids), sum(ids.values()) - len(ids)
    return (
        f"plain Scrapy, JOBDIR, {kills} SIGKILL: {POSTS} posts, {lost} lost, "
        f"{doubled} doubled, exit status {statuses[-1]}"
    )


def _run(folder: Path, url: str, seconds: float | None) -> int:
    """Run the spider; kill it so long after its first page is in the feed."""
    words = ["runspider", "posts.py", "-a", f"url={url}", "-o", "posts.jsonl"]
    words += ["-s", "JOBDIR=job", "-s", "LOG_LEVEL=ERROR"]
    words += ["-s", "DOWNLOAD_DELAY=0", "-s", "TELNETCONSOLE_ENABLED=0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", *words],
        cwd=folder,
        env=os.environ | {"SCRAPY_SETTINGS_MODULE": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if seconds is None:
        return process.wait()
    feed = folder / "posts.jsonl"
    before = feed.stat().st_size if feed.exists() else 0
    while process.poll() is None:
        if feed.exists() and feed.stat().st_size > before:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.01)
    return process.wait()


def _ids(feed: Path) -> Counter[Any]:
    """Return how often each post stands in the feed; half a line is none."""
    ids: Counter[Any] = Counter()
    for line in feed.read_text().splitlines():
        try:
            ids[json.loads(line)["id"]] += 1
        except (ValueError, KeyError):
            continue
    return ids

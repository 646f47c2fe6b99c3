"""A crawl of many pages: this project with everything on, next to bare Scrapy.

    python benchmarks/crawling.py [--pages 150] [--store mongodb://localhost/bench]

A server in a process of its own answers with pages that were made beforehand, so that
making them costs nothing; both crawls walk the same four users, one after the other in
one run. Bare Scrapy parses the JSON and yields a dict a post; this project signs,
types, dedupes, and stores records and payloads. Resident memory is looked at after
1,000 posts and at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

USERS = 4
POSTS = 18
_BARE = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"

    async def start(self):
        for user in sys.argv[2].split(","):
            yield self.page(user, 0)

    def page(self, user, cursor):
        url = f"{sys.argv[1]}/aweme/v1/web/aweme/post/?sec_user_id={user}"
        return scrapy.Request(
            f"{url}&max_cursor={cursor}", cb_kwargs={"user": user}, dont_filter=True
        )

    def parse(self, response, user):
        page = json.loads(response.body)
        yield from page["aweme_list"]
        if page["has_more"]:
            yield self.page(user, page["max_cursor"])

process = CrawlerProcess({
    "LOG_LEVEL": "WARNING", "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False,
})
process.crawl(Bare)
process.start()
"""


def user_of(number: int) -> str:
    return "MS4wLjABAAAA" + f"bench{number}".ljust(43, "x")


def pages_of(number: int, template: bytes, pages: int) -> list[bytes]:
    """Return a user's pages: one real page of the sandbox, with ids of its own."""
    ids = re.findall(rb'"aweme_id":"(\d{19})"', template)
    made = []
    for index in range(pages):
        body = template.replace(b"SEC_UID", user_of(number).encode())
        for place, old in enumerate(ids):
            new = 7_000_000_000_000_000_000 + (number * pages + index) * POSTS + place
            body = body.replace(old, str(new).encode())
        head = f'"has_more":{int(index + 1 < pages)},"max_cursor":{index + 1},'
        made.append(b"{" + head.encode() + body[1:])
    return made


def template_page() -> bytes:
    """Return a page of the sandbox as text, without its cursor."""
    from douyin_crawler.sandbox.process import SandboxProcess
    from tests.support.served import collect

    with (
        SandboxProcess("--day", "0") as sandbox,
        tempfile.TemporaryDirectory() as folder,
    ):
        store = Path(folder) / "template.db"
        user = sandbox.users[6]
        ran = collect(sandbox, "user_posts", store, user=user, limit="40")
        assert ran.status == 0, ran.err
        page = {"status_code": 0, "aweme_list": _payloads(store)[:POSTS]}
    text = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
    return text.replace(user, "SEC_UID").encode()


def _payloads(store: Path) -> list[Any]:
    import sqlite3

    import zstandard

    rows = sqlite3.connect(store).execute("SELECT text FROM payloads WHERE kind='post'")
    reader = zstandard.ZstdDecompressor()
    return [json.loads(reader.decompress(text)) for (text,) in rows]


def serve(pages: int) -> None:
    """Serve until killed; the first line written is the address."""
    template = template_page()
    made = {user_of(n): pages_of(n, template, pages) for n in range(USERS)}
    served = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal served
        query = parse_qs(urlsplit(request.raw_path).query)
        body = made[query["sec_user_id"][0]][int(query["max_cursor"][0])]
        served += 1
        return web.Response(body=body, content_type="application/json")

    async def visit(_: web.Request) -> web.Response:
        return web.Response(text="", headers={"Set-Cookie": "ttwid=1%7Cbench; Path=/"})

    async def count(_: web.Request) -> web.Response:
        return web.json_response(served)

    async def ready(app: web.Application) -> None:
        print(f"http://127.0.0.1:{PORT}", flush=True)

    app = web.Application()
    app.router.add_get("/", visit)
    app.router.add_get("/served", count)
    app.router.add_get("/aweme/v1/web/aweme/post/", answer)
    app.on_startup.append(ready)
    web.run_app(app, host="127.0.0.1", port=PORT, print=lambda *_: None)


PORT = 8791


def resident(pid: int) -> int:
    """Return megabytes of resident memory, 0 where /proc is not there."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def timed(command: list[str], url: str, env: dict[str, str]) -> tuple[float, int, int]:
    """Return seconds from the first page to the end, and memory then and then."""
    base = int(_get(f"{url}/served"))
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env})
    started, early, last = 0.0, 0, 0
    while process.poll() is None:
        done = int(_get(f"{url}/served")) - base
        started = started or (time.monotonic() if done else 0.0)
        last = resident(process.pid) or last
        if done * POSTS >= 1_000:
            early = early or last
        time.sleep(0.02)
    assert process.returncode in (0, 3), process.returncode
    return time.monotonic() - started, early, last


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: bytes = answer.read()
        return body


def ours(url: str, store: str) -> tuple[list[str], dict[str, str]]:
    users = ",".join(user_of(n) for n in range(USERS))
    switches = ["DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False", "LOG_LEVEL=WARNING"]
    switches += ["CONCURRENT_REQUESTS_PER_DOMAIN=4"]
    settings = [part for switch in switches for part in ("-s", switch)]
    command = [sys.executable, "-m", "scrapy", "crawl", "user_posts"]
    env = {"DOUYIN_BASE_URL": url, "DOUYIN_STORE": store}
    return [*command, "-a", f"user={users}", *settings], env


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=70, help="pages a user")
    parser.add_argument("--store", action="append", default=[], help="a MongoDB, say")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.pages)
        return
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", "--pages", str(options.pages)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        url = server.stdout.readline().strip()
        _compare(url, options.pages * USERS * POSTS, options.store)
    finally:
        server.terminate()
        server.wait()


def _compare(url: str, posts: int, stores: list[str]) -> None:
    time.sleep(0.5)
    users = ",".join(user_of(n) for n in range(USERS))
    bare = [sys.executable, "-c", _BARE, url, users]
    with tempfile.TemporaryDirectory() as folder:
        named = {f"{s.partition(':')[0]}": s for s in stores}
        runs = {"bare Scrapy": (bare, {})}
        for name, store in {"sqlite": f"sqlite:///{folder}/b.db", **named}.items():
            runs[f"user_posts, {name}"] = ours(url, store)
        print(f"{posts} posts in pages of {POSTS}, {USERS} walks side by side")
        rates: dict[str, float] = {}
        for name, (command, env) in runs.items():
            seconds, early, last = timed(command, url, env)
            rates[name] = posts / seconds
            ratio = rates[name] / rates["bare Scrapy"]
            print(
                f"{name:22} {rates[name]:8.0f} posts/s  ratio {ratio:5.2f}  "
                f"memory {early} MB after 1,000 posts, {last} MB at the end"
            )


if __name__ == "__main__":
    main()

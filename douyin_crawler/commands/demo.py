"""``scrapy demo``: the whole way of the data on this machine, with no account."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from scrapy.commands import ScrapyCommand

from douyin_crawler.items.kinds import KINDS
from douyin_crawler.sandbox import world
from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreError
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    import argparse

_USERS = (world.MANY, world.SELF, world.GAPPED)
_SHOWN = 10
# The sandbox is ours: nobody is disturbed by asking it quickly.
_HASTE = (
    "DOWNLOAD_DELAY=0",
    "AUTOTHROTTLE_ENABLED=False",
    "CONCURRENT_REQUESTS_PER_DOMAIN=4",
    "LOG_LEVEL=WARNING",
)


class Command(ScrapyCommand):
    """Start the sandbox, crawl it twice, show what was collected and where."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Crawl the bundled sandbox and show what was collected"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--store``."""
        super().add_options(parser)
        parser.add_argument(
            "--store",
            default="sqlite:///data/demo.db",
            help="where the records go (default: %(default)s)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the demo; the exit status is the crawl's."""
        console = Console()
        try:
            before = asyncio.run(_counts(opts.store))
        except StoreError as error:
            print(f"error: {error}", file=sys.stderr)
            self.exitcode = ExitStatus.STORE
            return
        with (
            SandboxProcess() as sandbox,
            tempfile.TemporaryDirectory() as folder,
        ):
            feed = Path(folder) / "posts.jsonl"
            users = ",".join(sandbox.users[index] for index in _USERS)
            console.print(f"A local Douyin answers on {sandbox.url}.")
            environment = {
                "DOUYIN_BASE_URL": sandbox.url,
                "DOUYIN_COOKIE": sandbox.login_cookie,
                "DOUYIN_STORE": opts.store,
            }
            for turn in ("first", "second"):
                console.print(f"[bold]The {turn} crawl[/] of {len(_USERS)} users ...")
                started = time.monotonic()
                self.exitcode = _crawl(environment, users, feed)
                if self.exitcode:
                    return
                after = asyncio.run(_counts(opts.store))
                seconds = time.monotonic() - started
                console.print(_gain(before, after, seconds))
                before = after
            _show(console, feed, opts.store)


def _crawl(environment: dict[str, str], users: str, feed: Path) -> int:
    settings = [part for setting in _HASTE for part in ("-s", setting)]
    command = [sys.executable, "-m", "scrapy", "crawl", "user_posts"]
    arguments = ["-a", f"user={users}", "-O", f"{feed}:jsonl"]
    return subprocess.run(  # noqa: S603 - our own command
        [*command, *arguments, *settings],
        env={**os.environ, **environment},
        check=False,
    ).returncode


async def _counts(url: str) -> dict[str, int]:
    store = open_store(url)
    await store.open()
    try:
        return {kind.table: await store.count(kind.name) for kind in KINDS.values()}
    finally:
        await store.close()


def _gain(before: dict[str, int], after: dict[str, int], seconds: float) -> str:
    parts = [
        f"{after[table] - before[table]} new {table} ({after[table]} in all)"
        for table in after
    ]
    return f"  {', '.join(parts)}, in {seconds:.1f} s"


def _show(console: Console, feed: Path, store: str) -> None:
    lines = feed.read_text(encoding="utf-8").splitlines()
    posts: list[dict[str, Any]] = [json.loads(line) for line in lines]
    posts.sort(key=lambda post: post["digg_count"] or 0, reverse=True)
    table = Table(
        Column("aweme_id", no_wrap=True, min_width=19),
        Column("time", no_wrap=True, min_width=10),
        Column("author", no_wrap=True, max_width=10),
        Column("text", no_wrap=True, ratio=1),
        Column("likes", justify="right", min_width=9),
        Column("comments", justify="right", min_width=8),
        title=f"The {_SHOWN} most liked of {len(posts)} posts",
        expand=True,
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for post in posts[:_SHOWN]:
        author = post["author"] or {}
        table.add_row(
            post["aweme_id"],
            (post["create_time"] or "")[:10],
            author.get("nickname") or "",
            (post["desc"] or "").replace("\n", " "),
            f"{post['digg_count'] or 0:,}",
            f"{post['comment_count'] or 0:,}",
        )
    console.print(table)
    first = posts[0]["aweme_id"] if posts else "ID"
    print(f"All of it is in {store}. One post as it came over the wire:")
    print(f"  DOUYIN_STORE={store} .venv/bin/scrapy raw post {first}")

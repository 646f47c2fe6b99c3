"""``scrapy demo``: the whole way of the data on this machine, with no account."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand

from douyin_crawler.commands.errors import refusing, terse
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

    from douyin_crawler.sandbox.process import SandboxProcess

_SHOWN = 10
# The sandbox is ours: nobody is disturbed by asking it quickly.
_HASTE = (
    "DOWNLOAD_DELAY=0",
    "AUTOTHROTTLE_ENABLED=False",
    "CONCURRENT_REQUESTS_PER_DOMAIN=4",
    "DOUYIN_REQUEST_BUDGET=0",
    "LOG_LEVEL=WARNING",
)


class Command(ScrapyCommand):
    """Start the sandbox, run all spiders, show what was collected and where."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Crawl the bundled sandbox and show what was collected"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--store``."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "--store",
            default="sqlite:///data/demo.db",
            help="where the records go (default: %(default)s)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the demo; the exit status is the crawls'."""
        from rich.console import Console  # noqa: PLC0415 - other commands need it not

        from douyin_crawler.sandbox.process import SandboxProcess  # noqa: PLC0415

        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        console = Console(highlight=False)
        with (
            refusing(),
            SandboxProcess() as sandbox,
            tempfile.TemporaryDirectory() as folder,
        ):
            before = asyncio.run(_counts(opts.store))
            feed = Path(folder) / "posts.jsonl"
            console.print(f"A local Douyin answers on {sandbox.url}.")
            for title, spider, arguments in _steps(sandbox):
                console.print(f"[bold]{title}[/] ...")
                started = time.monotonic()
                output = [] if feed.exists() else ["-O", f"{feed}:jsonl"]
                self.exitcode = _crawl(sandbox, opts.store, spider, arguments, output)
                if self.exitcode:
                    return
                after = asyncio.run(_counts(opts.store))
                gain = _gain(before, after, time.monotonic() - started)
                console.print(gain, soft_wrap=True)
                before = after
            _show(console, feed, opts.store)


def _steps(sandbox: SandboxProcess) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what is crawled: a title, the spider, its arguments."""
    from douyin_crawler.sandbox.world import GAPPED, MANY, SELF  # noqa: PLC0415

    users = ",".join(sandbox.users[index] for index in (MANY, SELF, GAPPED))
    post = sandbox.posts["ordinary"]
    walk = ("user_posts", (f"user={users}",))
    return [
        ("The posts of three users", "user_posts", (f"user={users}", "mode=full")),
        ("The same again: only what is new, and nothing twice", *walk),
        (
            "A post's comments and replies",
            "comments",
            (f"post={post}", "replies=true"),
        ),
        ("The hot list", "hot_list", ()),
        ("The feed, until 40 posts are seen", "feed", ("count=40",)),
        ("That post's present state", "posts", (f"post={post}",)),
        ("The users' profiles", "user_profile", (f"user={users}",)),
        ("Their names, all in one request", "user_info", (f"user={users}",)),
        ("The account that is logged in", "self_profile", ()),
        ("The login's notices, none of them marked as read", "notices", ("group=all",)),
        ("The emojis", "emojis", ()),
        ("The trending stickers", "stickers", ()),
    ]


def _crawl(
    sandbox: SandboxProcess,
    store: str,
    spider: str,
    arguments: tuple[str, ...],
    output: list[str],
) -> int:
    given = [part for argument in arguments for part in ("-a", argument)]
    settings = [part for setting in _HASTE for part in ("-s", setting)]
    environment = {
        "DOUYIN_BASE_URL": sandbox.url,
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "DOUYIN_COOKIES_FILE": "",
        "DOUYIN_SESSION_FILE": "",
        "DOUYIN_SESSION": "plain",
        "DOUYIN_SIGNER": "a_bogus",
        "DOUYIN_PROXY": "",
        "DOUYIN_STORE": store,
    }
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "scrapy", "crawl", spider, *given, *output, *settings],
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
    new = [f"{n - before[t]} new {t.replace('_', ' ')}" for t, n in after.items()]
    shown = [text for text in new if not text.startswith("0 ")]
    total = sum(after.values())
    what = ", ".join(shown) or "no new record"
    return f"  {what} ({total} records in all), in {seconds:.1f} s"


def _show(console: Console, feed: Path, store: str) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415

    lines = feed.read_text(encoding="utf-8").splitlines()
    posts: list[dict[str, Any]] = [json.loads(line) for line in lines]
    posts.sort(key=lambda post: post["digg_count"] or 0, reverse=True)
    table = Table(
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
            (post["create_time"] or "")[:10],
            author.get("nickname") or "",
            (post["desc"] or "(no text)").replace("\n", " "),
            f"{post['digg_count'] or 0:,}",
            f"{post['comment_count'] or 0:,}",
        )
    console.print(table)
    first = posts[0]["aweme_id"] if posts else "ID"
    print(f"All of it is in {open_store(store)}. One post as it came over the wire:")
    print(f"  DOUYIN_STORE={open_store(store)} .venv/bin/scrapy raw post {first}")

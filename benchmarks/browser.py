"""Plain requests, a visitor's session from a page, and requests made in a page.

    python benchmarks/browser.py [--users 6] [--only plain session page]

Each crawls the same users' posts from a sandbox without delays, into a file of its own,
one after the other in one run: requests and posts a second between the first answer and
the last, seconds to the first item in the store, and the memory of the whole process
tree (crawler, Playwright's driver, Chromium) as what it has for itself (PSS on Linux,
which counts a shared page once; elsewhere resident memory).
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from douyin_crawler.sandbox.process import SandboxProcess  # noqa: E402

WAYS = {
    "plain": {},
    "session": {"DOUYIN_SESSION": "browser"},
    "page": {"DOUYIN_SIGNER": "browser"},
}
SWITCHES = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "4",
    "LOG_LEVEL": "WARNING",
}
POSTS = "/aweme/post/"
_LOOK = 0.1


@dataclass
class Measured:
    """What one crawl did."""

    requests: float
    posts: float
    first_item: float
    memory: int
    processes: int


def main() -> None:
    """Run the ways that are asked for; print a table of them and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--only", nargs="+", choices=tuple(WAYS), default=list(WAYS))
    options = parser.parse_args()
    measured = {}
    for way in options.only:
        # One each: a session that came with another screen before is refused.
        with SandboxProcess("--day", "0", "--most-posts", "300") as sandbox:
            users = ",".join(sandbox.all_users(options.users, 20))
            measured[way] = measure(sandbox, way, users)
    first = next(iter(measured.values()))
    print("way      requests/s  (ratio)  posts/s  first item  memory  processes")
    for way, one in measured.items():
        print(
            f"{way:8} {one.requests:10.1f}  {one.requests / first.requests:7.2f}  "
            f"{one.posts:7.0f}  {one.first_item:8.1f} s  "
            f"{one.memory:3d} MB  {one.processes:9d}"
        )


def measure(sandbox: SandboxProcess, way: str, users: str) -> Measured:
    """Crawl in one way."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "bench.db"
        words = ["crawl", "user_posts", "-a", f"user={users}"]
        words += [w for name, v in SWITCHES.items() for w in ("-s", f"{name}={v}")]
        began = time.monotonic()
        crawl = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *words],
            cwd=ROOT,
            env=os.environ | environment(sandbox, store) | WAYS[way],
        )
        first, memory, processes = watch(crawl, store, began)
        assert crawl.returncode == 0, f"{way}: exit status {crawl.returncode}"
        posts = stored(store)
    times = [wire["received_at"] for wire in sandbox.requests(POSTS)]
    seconds = max(times) - min(times)
    return Measured(
        len(times) / seconds, posts / seconds, first, memory >> 20, processes
    )


def environment(sandbox: SandboxProcess, store: Path) -> dict[str, str]:
    """Return the settings that all ways share: the sandbox's own login, as cookies."""
    return {
        "DOUYIN_BASE_URL": sandbox.url,
        "DOUYIN_COOKIE": sandbox.login_cookie,
        "DOUYIN_SESSION_FILE": "",
        "DOUYIN_STORE": f"sqlite:///{store}",
        "DOUYIN_REQUEST_BUDGET": "0",
    }


def watch(
    crawl: subprocess.Popen[bytes], store: Path, began: float
) -> tuple[float, int, int]:
    """Return seconds to the first item, the most bytes, and the most processes."""
    first, memory, processes = 0.0, 0, 0
    while crawl.poll() is None:
        if not first and stored(store):
            first = time.monotonic() - began
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(crawl.pid)
            tree = [parent, *parent.children(recursive=True)]
            memory = max(memory, sum(map(own_memory, tree)))
            processes = max(processes, len(tree))
        time.sleep(_LOOK)
    return first or time.monotonic() - began, memory, processes


def own_memory(process: psutil.Process) -> int:
    """Return a process's bytes; 0 for one that has ended."""
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", 0) or full.rss)


def stored(store: Path) -> int:
    """Return the posts that are stored by now."""
    if not store.exists():
        return 0
    file = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=1)
    try:
        return int(file.execute("SELECT count(*) FROM posts").fetchone()[0])
    except sqlite3.Error:  # the table is not there yet
        return 0
    finally:
        file.close()


if __name__ == "__main__":
    main()

"""Workers that share one queue, each with a session of its own.

    python benchmarks/workers.py [--workers 1 2 4] [--store mongodb://localhost/bench]

The sandbox answers after 200 ms, and a session has one request under way at a time,
with no delay beside: so one worker sends five requests a second at most. The rate is
that of the time in which all workers are at work, by the sandbox's own log. What the
store itself can do comes first: targets put in, claims by sixteen at once, bytes a
target. The store is emptied before each part; the default is a file of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from douyin_crawler.progress import Holder  # noqa: E402
from douyin_crawler.sandbox.process import SandboxProcess  # noqa: E402
from douyin_crawler.stores import open_store  # noqa: E402
from douyin_crawler.verdicts import TargetVerdict, Verdict  # noqa: E402

if TYPE_CHECKING:
    from douyin_crawler.tickets import Ticket

QUEUE, SPIDER = "bench", "user_posts"
LATENCY = 0.2
CLAIMERS = 16
SWITCHES = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "LOG_LEVEL": "WARNING",
}


class Bench:
    """One store, emptied and measured from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def clear(self) -> None:
        if self.url.startswith("sqlite"):
            path = self._path
            for name in (path, *path.parent.glob(f"{path.name}-*")):
                name.unlink(missing_ok=True)
            return
        self._mongo(lambda database: database.client.drop_database(database.name))

    def size(self) -> dict[str, int]:
        """Return bytes on the disk, in all and of ``targets``, indexes among them."""
        if self.url.startswith("sqlite"):
            import sqlite3

            file = sqlite3.connect(self._path)
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            file.close()
            return {"all": self._path.stat().st_size}
        sizes: dict[str, int] = self._mongo(_mongo_size)
        return sizes

    @property
    def _path(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    def _mongo(self, ask: Any) -> Any:
        from tests.support.mongod import client

        with client(self.url) as asking:
            return ask(asking.get_default_database())


def _mongo_size(database: Any) -> dict[str, int]:
    database.client.admin.command("fsync")
    sizes = {}
    for name in database.list_collection_names():
        stats = database.command("collStats", name)
        sizes[name] = stats["storageSize"] + stats["totalIndexSize"]
    return {"all": sum(sizes.values()), "targets": sizes.get("targets", 0)}


async def measure_store(bench: Bench, number: int, seconds: float) -> None:
    """Print what putting in and claiming cost."""
    bench.clear()
    store = open_store(bench.url)
    await store.open()
    empty = bench.size()["all"]
    names = [(f"MS4wLjABAAAA{n:043}", "sec_uid") for n in range(number)]
    started = time.perf_counter()
    for at in range(0, number, 1_000):
        await store.enqueue(QUEUE, SPIDER, names[at : at + 1_000])
    took = time.perf_counter() - started
    each = (bench.size()["all"] - empty) / number
    print(f"put in: {number / took:,.0f} targets/s, {each:.0f} bytes a target")
    until = time.perf_counter() + seconds
    granted: Counter[str] = Counter()

    async def claim(run_id: str) -> None:
        holder = Holder(run_id=run_id, host="bench", lock="")
        while time.perf_counter() < until:
            turn = await store.next_ticket(
                QUEUE, holder, 60, spider=SPIDER, alone=False
            )
            assert turn.ticket is not None, "too few targets for so many seconds"
            granted[turn.ticket.target] += 1
            await store.write([_done(turn.ticket, run_id)])

    await asyncio.gather(*(claim(f"run{n}") for n in range(CLAIMERS)))
    assert max(granted.values()) == 1, "a target was had by two"
    rate = len(granted) / seconds
    print(f"claimed and ended: {rate:,.0f}/s by {CLAIMERS} at once, none double")
    await store.close()


def _done(ticket: Ticket, run_id: str) -> TargetVerdict:
    ended = ticket.given_back(run_id, "")
    ended.verdict = Verdict.COMPLETE
    return ended


def start(sandbox: SandboxProcess, bench: Bench, number: int) -> Any:
    """Start a worker with a session of its own."""
    session = f"{number:032}"
    cookie = re.sub(r"\bsessionid=\w+", f"sessionid={session}", sandbox.login_cookie)
    words = ["crawl", SPIDER, "-a", f"queue={QUEUE}"]
    words += [w for name, v in SWITCHES.items() for w in ("-s", f"{name}={v}")]
    ours = {"DOUYIN_COOKIE": cookie, "DOUYIN_REQUEST_BUDGET": "1000000"}
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", *words],
        cwd=ROOT,
        env={**os.environ, **_environment(sandbox, bench), **ours},
    )


def _environment(sandbox: SandboxProcess, bench: Bench) -> dict[str, str]:
    return {"DOUYIN_BASE_URL": sandbox.url, "DOUYIN_STORE": bench.url}


def throughput(
    sandbox: SandboxProcess, bench: Bench, workers: int, users: list[str]
) -> float:
    """Return the requests a second while *workers* are all at work."""
    bench.clear()
    names = ",".join(users)
    subprocess.run(
        [sys.executable, "-m", "scrapy", "enqueue", SPIDER, names, "--queue", QUEUE],
        cwd=ROOT,
        env={**os.environ, **_environment(sandbox, bench)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    sandbox.control("requests", "DELETE")
    before = _cpu()
    running = [start(sandbox, bench, number + 1) for number in range(workers)]
    statuses = [process.wait() for process in running]
    assert set(statuses) <= {0, 3}, statuses
    seconds = (_cpu() - before) / len(sandbox.requests())
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{seconds:.3f} s of CPU a request, start and end among them; {largest} MB")
    times: dict[str, list[float]] = {}
    for wire in sandbox.requests("/aweme/post/"):
        cookie = next(v for n, v in wire["headers"] if n.lower() == "cookie")
        session = cookie.partition("sessionid=")[2][:32]
        times.setdefault(session, []).append(wire["received_at"])
    assert len(times) == workers, "a worker had nothing to do"
    begin = max(min(one) for one in times.values())
    end = min(max(one) for one in times.values())
    inside = sum(begin < t <= end for one in times.values() for t in one)
    return inside / (end - begin)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def posts_stored(bench: Bench) -> int:
    store = open_store(bench.url)
    await store.open()
    try:
        return await store.count("post")
    finally:
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--users", type=int, default=12, help="for each worker")
    parser.add_argument("--targets", type=int, default=50_000, help="put in, claimed")
    parser.add_argument("--seconds", type=float, default=5.0, help="of claiming")
    parser.add_argument("--store", help="a MongoDB, say; it is emptied")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.store or f"sqlite:///{folder}/bench.db")
        asyncio.run(measure_store(bench, options.targets, options.seconds))
        world = ("--day", "0", "--latency", str(LATENCY), "--most-posts", "150")
        with SandboxProcess(*world) as sandbox:
            one = 0.0
            for workers in options.workers:
                users = sandbox.all_users(options.users * workers, 20)
                rate = throughput(sandbox, bench, workers, users)
                one = one or rate / workers
                ratio = rate / (one * workers)
                print(
                    f"{workers} workers: {rate:.2f} requests/s, {ratio:.2f} of linear"
                )
        posts = asyncio.run(posts_stored(bench))
        size = bench.size()["all"]
        print(f"{posts:,} posts: {size / posts:,.0f} bytes a post, with all about it")
        bench.clear()


if __name__ == "__main__":
    main()

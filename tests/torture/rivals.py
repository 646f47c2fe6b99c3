"""Runs of the same targets at the same time, and one that sleeps past its lease."""

from __future__ import annotations

import signal
import sqlite3
import time
from typing import TYPE_CHECKING

from tests.support.crawling import start_scrapy
from tests.torture.contents import compared, contents
from tests.torture.ground import DONE
from tests.torture.raw import sqlite_path
from tests.torture.table import Row

if TYPE_CHECKING:
    import subprocess

    from tests.torture.ground import Ground

_SLOWLY = {"DOWNLOAD_DELAY": "0.02"}
_LEASE = "1"
"""Seconds."""


def together(ground: Ground, kind: str, count: int = 2) -> Row:
    """Start runs of the same targets at once."""
    row = Row(f"{count} runs at once", kind, points=count - 1, runs=count)
    calm = ground.calm(kind)
    url = ground.new_store(kind)
    words, environment = ground.command(url)
    every = [start_scrapy(*words, environment=environment) for _ in range(count)]
    for process in every:
        _, err = process.communicate()
        row.expect(process.returncode in DONE, f"{process.returncode}: {err[-2000:]}")
    row.runs += _until_same(ground, url)
    row.add(compared(calm, contents(url), still=False))
    return row


def asleep(ground: Ground, kind: str, rounds: int = 2) -> Row:
    """Stop a run for longer than its lease, let another one go on, wake the first."""
    row = Row("stopped past its lease, woken", kind, points=rounds)
    calm = ground.calm(kind)
    for _ in range(rounds):
        url = ground.new_store(kind)
        words, environment = ground.command(url, _SLOWLY, DOUYIN_LEASE_SECONDS=_LEASE)
        first = start_scrapy(*words, environment=environment)
        _sleep_when_begun(ground, first)
        _stop(first, url)
        time.sleep(1.5 * float(_LEASE))
        second = start_scrapy(*words, environment=environment)
        _sleep_when_begun(ground, second)
        first.send_signal(signal.SIGCONT)
        _, err = first.communicate()
        _, other = second.communicate()
        row.expect(first.returncode in DONE, f"{first.returncode}: {err[-2000:]}")
        row.expect("has taken it over" in err, f"it lost no walk: {err[-2000:]}")
        row.expect(second.returncode in DONE, f"{second.returncode}: {other[-2000:]}")
        row.runs += 2 + _until_same(ground, url)
        row.add(compared(calm, contents(url), still=False))
    return row


def _stop(process: subprocess.Popen[str], url: str) -> None:
    """Stop a run, but not amid a write to a file: no other could write then."""
    process.send_signal(signal.SIGSTOP)
    while url.startswith("sqlite") and not _is_writable(url):
        process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
        process.send_signal(signal.SIGSTOP)


def _is_writable(url: str) -> bool:
    connection = sqlite3.connect(sqlite_path(url), timeout=0.2, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def _until_same(ground: Ground, url: str) -> int:
    """Run once more, for targets that were another run's; return how many runs."""
    ran = ground.crawl(url)
    assert ran.status in DONE, ran.err
    return 1


def _sleep_when_begun(ground: Ground, process: subprocess.Popen[str]) -> None:
    """Wait until a run has asked for some pages, and a while more."""
    before = _asked(ground)
    while process.poll() is None and _asked(ground) < before + 12:
        time.sleep(0.05)
    time.sleep(ground.random.uniform(0, 1))


def _asked(ground: Ground) -> int:
    total: int = ground.sandbox.counts()["total"]
    return total

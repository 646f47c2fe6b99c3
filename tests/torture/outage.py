"""Stores that go away under a crawl: MongoDB killed, a disk that is full."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.support.crawling import start_scrapy
from tests.torture.contents import compared, contents
from tests.torture.ground import DONE
from tests.torture.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.torture.ground import Ground

_UP, _DOWN = (0.5, 3.0), (0.1, 2.0)
"""Seconds between two kills of the server, and until it is started again."""
_SMALL, _LARGE = "2500k", "200m"


def mongod_killed(ground: Ground) -> Row:
    """Kill the server again and again while one crawl goes on."""
    row = Row("mongod killed and restarted", "mongodb")
    if ground.mongod is None:
        row.skipped = "there is no mongod"
        return row
    calm = ground.calm("mongodb")
    url = ground.new_store("mongodb")
    words, environment = ground.command(url)
    process = start_scrapy(*words, environment=environment)
    while process.poll() is None:
        time.sleep(ground.random.uniform(*_UP))
        if process.poll() is not None:
            break
        ground.mongod.kill()
        time.sleep(ground.random.uniform(*_DOWN))
        ground.mongod.start()
        row.points += 1
    _, err = process.communicate()
    row.runs = 1
    row.expect(process.returncode in DONE, f"{process.returncode}: {err[-2000:]}")
    row.expect(row.points > 0, "it was not killed")
    row.add(compared(calm, contents(url), still=False))
    return row


def disk_full(ground: Ground, rounds: int = 3) -> Row:
    """Fill the disk under the embedded store, then give it room."""
    row = Row("disk full", "sqlite")
    calm = ground.calm("sqlite")
    folder = ground.folder / "small"
    try:
        with _tmpfs(folder, _SMALL):
            url = f"sqlite:///{folder / 'douyin.db'}"
            for _ in range(rounds):
                ran = ground.crawl(url)
                row.points += 1
                row.runs += 1
                row.expect(ran.status == 6, f"{ran.status}: {ran.err[-1000:]}")
                row.expect("Traceback" not in ran.err, ran.err[-2000:])
                _check(row, folder)
            _mount("-o", f"remount,size={_LARGE}", str(folder))
            ran = ground.crawl(url)
            row.runs += 1
            row.expect(ran.status in DONE, f"{ran.status}: {ran.err[-1000:]}")
            row.add(compared(calm, contents(url), still=False))
    except _NoMount as error:
        row.skipped = str(error)
    return row


def _check(row: Row, folder: Path) -> None:
    """Look at a copy: a full disk leaves no room for a journal's recovery."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    connection = sqlite3.connect(copy / "douyin.db")
    (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    (stored,) = connection.execute("SELECT count(*) FROM posts").fetchone()
    connection.close()
    shutil.rmtree(copy)
    row.expect(said == "ok", f"integrity_check: {said}")
    row.expect(stored > 0, "nothing was stored before the disk was full")


class _NoMount(Exception):  # noqa: N818
    """There is no small file system to be had here."""


@contextmanager
def _tmpfs(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError):
        raise _NoMount("a tmpfs can't be mounted here; it takes root") from None
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, stderr=subprocess.DEVNULL)

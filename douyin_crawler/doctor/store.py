"""The store: reachable, writable, of which schema, with how much room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from douyin_crawler.doctor.finding import Finding, State, failed, ok, skipped, warning
from douyin_crawler.doctor.threads import in_thread
from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import SCHEMA_VERSION, StoreUrlError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from douyin_crawler.doctor.finding import About

_LITTLE, _NOTHING = 1_000_000_000, 100_000_000
"""Bytes free below which a run may not, and will not get far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What there is."""

    exists: bool = True
    """Whether anything of ours is there."""
    version: int = 0
    """Of its schema."""
    size: int | None = None
    """Bytes that it takes."""
    free: int | None = None
    """Bytes that are left for it; None: it does not tell."""
    problem: str = ""
    """Why it can't be used."""
    passing: bool = False
    """Whether that may be otherwise in a while."""


async def check_store(about: About) -> list[Finding]:
    """Look, write something and take it away again; nothing is made or changed."""
    url = about.config.store
    try:
        store = open_store(url)
    except StoreUrlError:
        return [skipped("store", "DOUYIN_STORE can't be used")]
    if url.strip().lower().startswith("mongodb"):
        # pymongo takes a second to import, which SQLite's users need not wait.
        from douyin_crawler.doctor.store_mongo import look  # noqa: PLC0415

        return list(_findings(str(store), await look(url.strip())))
    from douyin_crawler.doctor.store_sqlite import look_at_file  # noqa: PLC0415

    path = Path(str(store).removeprefix("sqlite:///"))
    return list(_findings(str(store), await in_thread(lambda: look_at_file(path))))


def _findings(name: str, looked: Looked) -> Iterator[Finding]:
    if looked.problem:
        state = State.WARNING if looked.passing else State.FAILED
        wrong, _, advice = looked.problem.partition(": ")
        yield Finding("store", state, f"{name}: {wrong}", advice or "look at it")
    elif looked.exists:
        size = f", {shown_size(looked.size)}" if looked.size is not None else ""
        yield ok("store", f"{name}: can be written{size}")
    else:
        yield ok("store", f"{name}: nothing there yet; the first crawl makes it")
    if looked.exists and (looked.version or not looked.problem):
        yield _schema(looked.version)
    if looked.free is not None:
        yield _room(looked.free)


def _schema(version: int) -> Finding:
    name = "store schema"
    if version > SCHEMA_VERSION:
        known = f"this program knows {SCHEMA_VERSION}"
        advice = "update douyin_crawler, or choose another store in DOUYIN_STORE"
        return failed(name, f"version {version}, {known}", advice)
    if version < 0:
        advice = "choose another store in DOUYIN_STORE"
        return failed(
            name, f"version {version}, which no program of ours wrote", advice
        )
    if 0 < version < SCHEMA_VERSION:
        return warning(
            name,
            f"version {version}; the next run brings it up to {SCHEMA_VERSION}",
            "update whoever else uses this store, and copy it before",
        )
    return ok(name, f"version {version or SCHEMA_VERSION}")


def _room(free: int) -> Finding:
    name, found = "store space", f"{shown_size(free)} left"
    if free < _NOTHING:
        return failed(name, found, "free some space, or move DOUYIN_STORE")
    if free < _LITTLE:
        return warning(name, found, "free some space: 1,000 posts take about 20 MB")
    return ok(name, found)


def shown_size(size: float) -> str:
    """Return a number of bytes for people."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"

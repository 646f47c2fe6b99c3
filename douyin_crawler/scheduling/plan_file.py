"""A plan's file that is followed: read anew when it, or a file it names, changed."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from scrapy.spiderloader import get_spider_loader

from douyin_crawler.plans.check import read_checked
from douyin_crawler.plans.plan import scalars
from douyin_crawler.plans.reading import PlanError, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.settings import Settings

    from douyin_crawler.plans.check import Spiders
    from douyin_crawler.plans.plan import Plan

Read: TypeAlias = "tuple[Plan, Spiders]"
_State: TypeAlias = tuple[int, ...]
_SOON = 1.0
"""Seconds that a round waits for a reading before it goes on with the former plan."""


class PlanFile:
    """The plan in the file *path*."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self._settings = settings
        self._seen: dict[Path, _State] = {}
        self._reading: asyncio.Future[Read] | None = None

    def read(self) -> Read:
        """Return the plan, and its spiders by name; files of targets are checked.

        Raises:
            PlanError: with all of its mistakes.
        """
        seen = {self.path: _state(self.path)}
        plan: Plan | None
        try:
            plan = read_plan(self.path)
        except PlanError as error:
            plan = error.plan
        # Before the check: a file that changes while it is read is read again.
        if plan:
            seen |= {path: _state(path) for path in _named(plan)}
        self._seen = seen if plan else {}
        return read_checked(self.path, get_spider_loader(self._settings))

    def changed(self) -> bool:
        """Return whether a file is not as it was when all of them could be read."""
        return not self._seen or any(
            _state(path) != state for path, state in self._seen.items()
        )

    async def news(self) -> Read | None:
        """Return the plan if it has been read anew; None: there is no news (yet).

        It is read beside the event loop, since a file may hold a million targets.

        Raises:
            PlanError: with all of its mistakes.
        """
        if self._reading is None:
            if not self.changed():
                return None
            self._reading = self._begin()
        await asyncio.wait({self._reading}, timeout=_SOON)
        if not self._reading.done():
            return None
        done, self._reading = self._reading, None
        return done.result()

    def _begin(self) -> asyncio.Future[Read]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Read] = loop.create_future()

        def work() -> None:
            try:
                found = self.read()
            except Exception as error:
                _tell(loop, future.set_exception, error)
            else:
                _tell(loop, future.set_result, found)

        # No thread of a pool: the process ends without waiting for this one.
        threading.Thread(target=work, name="plan", daemon=True).start()
        return future


def _tell(loop: asyncio.AbstractEventLoop, call: object, value: object) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call, value)  # type: ignore[arg-type]


def _named(plan: Plan) -> Iterator[Path]:
    """Yield the files that the jobs of *plan* name."""
    for job in plan.jobs:
        targets = [job.targets] if isinstance(job.targets, str) else []
        for text in (*targets, *scalars(job).values()):
            if text.startswith("@"):
                yield Path(text[1:].strip())


def _state(path: Path) -> _State:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino

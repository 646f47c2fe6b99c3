"""Both stores, each with a loop of its own: properties are no coroutines."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from douyin_crawler.stores.base import Store

T = TypeVar("T")


@dataclass(slots=True)
class Opened:
    """A store that is open, and what was asked of it."""

    store: Store
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    number: int = 0
    model: Any = None
    """What it has to hold, where a property keeps count."""

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what *work* comes to."""
        return self.loop.run_until_complete(work)

    def next(self) -> int:
        """Return a number that was not given yet."""
        self.number += 1
        return self.number


@pytest.fixture(params=["sqlite", "mongodb"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Return a store; one for all examples of a property."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/posts.db"
    else:
        url = request.getfixturevalue("mongodb_url")
    given = Opened(open_store(url))
    given(given.store.open())
    yield given
    given(given.store.close())
    given.loop.run_until_complete(given.loop.shutdown_default_executor())
    given.loop.close()

"""``scrapy status``: the last runs, what is unfinished, what is stored, the budget."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand

from douyin_crawler.commands.columns import width_of_terminal
from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.commands.listing import add_list_options
from douyin_crawler.commands.status_lines import status_lines
from douyin_crawler.config import Config
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.session.pace import today
from douyin_crawler.session.session import Session
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from datetime import datetime

    from douyin_crawler.progress import Progress
    from douyin_crawler.stores.base import Store
    from douyin_crawler.verdicts import RunRecord

_RUNS = 10
_UNFINISHED = 50


class Command(ScrapyCommand):
    """Show where things stand, without a request."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Show the last runs, unfinished targets, what is stored, the budget"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--json`` and ``--limit``."""
        super().add_options(parser)
        terse(parser)
        what = "unfinished targets to name (default {}; 0: all)"
        add_list_options(parser, what, _UNFINISHED)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print the status."""
        if args:
            refuse("usage: scrapy status [--json] [--limit N]")
        if opts.limit < 0:
            refuse("--limit must be 0 or more")
        with refusing():
            assert self.settings is not None
            config = Config.from_settings(self.settings)
            status = asyncio.run(read_status(config, opts.limit))
            if opts.json:
                print(json.dumps(status.plain(), ensure_ascii=False, indent=2))
            else:
                print("\n".join(status_lines(status, width_of_terminal())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a store knows of the work that it holds."""

    store: str
    records: dict[str, int]
    """Records by table."""
    targets: dict[str, int]
    """Walks by their last verdict; ``open``: begun, and without one."""
    unfinished: list[Progress]
    unfinished_more: int
    """Unfinished ones that are not named here."""
    runs: list[RunRecord]
    session: str
    day: str
    spent: int
    budget: int
    """Requests that the day allows; 0: any number."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "store": self.store,
            "records": self.records,
            "targets": self.targets,
            "unfinished": [_plain_walk(walk) for walk in self.unfinished],
            "unfinished_more": self.unfinished_more,
            "runs": [_plain_run(run) for run in self.runs],
            "budget": {
                "session": self.session,
                "day": self.day,
                "spent": self.spent,
                "limit": self.budget or None,
            },
        }


async def read_status(config: Config, limit: int) -> Status:
    """Return the status of the store of *config*, naming *limit* targets (0: all).

    Raises:
        StoreError: there is none, or it can't be reached.
    """
    store = open_store(config.store)
    await store.open(create=False)
    session, day = Session(config.cookies).key, today()
    try:
        named, more = await _unfinished(store, limit)
        return Status(
            store=str(store),
            records={kind.table: await store.count(kind.name) for kind in _kinds()},
            targets=await store.count_targets(),
            unfinished=named,
            unfinished_more=more,
            runs=await store.runs(_RUNS),
            session=session,
            day=day,
            spent=await store.spent(session, day),
            budget=config.request_budget,
        )
    finally:
        await store.close()


async def _unfinished(store: Store, limit: int) -> tuple[list[Progress], int]:
    named: list[Progress] = []
    more = 0
    async for progress in store.unfinished():
        if limit and len(named) >= limit:
            more += 1
        else:
            named.append(progress)
    return named, more


def _kinds() -> Iterable[Any]:
    return KINDS.values()


def _plain_walk(walk: Progress) -> dict[str, Any]:
    return {
        "spider": walk.spider,
        "walk": walk.key.walk,
        "id": walk.key.id,
        "range": walk.key.range,
        "parent": str(walk.parent) if walk.parent else None,
        "verdict": str(walk.verdict) if walk.verdict else "open",
        "reason": walk.reason,
        "expected": walk.expected,
        "got": walk.got,
        "pages": walk.pages,
        "run_id": walk.run_id,
        "at": _time(walk.at),
    }


def _plain_run(run: RunRecord) -> dict[str, Any]:
    values = asdict(run)
    del values["lock"]
    for name in ("started_at", "finished_at", "seen_at"):
        values[name] = _time(values[name])
    return values


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

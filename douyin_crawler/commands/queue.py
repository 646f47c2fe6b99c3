"""``scrapy queue``: what waits, what is being walked, what is done or set aside."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.commands.listing import add_list_options
from douyin_crawler.config import Config
from douyin_crawler.stores import open_store
from douyin_crawler.tickets import STAGES

if TYPE_CHECKING:
    import argparse

    from douyin_crawler.stores.base import Store
    from douyin_crawler.tickets import QueueState, Stage, Ticket

_NAMED: tuple[Stage, ...] = ("walking", "failed", "aside")
"""Whose targets are named, not only counted."""
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One queue, with names."""

    state: QueueState
    named: dict[Stage, list[Ticket]]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        counts = {str(stage): self.state.counts.get(stage, 0) for stage in STAGES}
        named = {
            str(stage): [_plain(ticket) for ticket in tickets]
            for stage, tickets in self.named.items()
        }
        about = {"queue": self.state.queue, "spider": self.state.spider}
        return {**about, **counts, "named": named}


class Command(ScrapyCommand):
    """Show the queues of the store, without a request."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return what stands behind the command's name."""
        return "[NAME] [--json]"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Show what of a queue waits, is being walked, is done or set aside"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--json`` and ``--limit``."""
        super().add_options(parser)
        terse(parser)
        add_list_options(parser, "targets to name of each kind (default {})", _MOST)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print the queues, or the one that is named."""
        if len(args) > 1:
            refuse("usage: scrapy queue [NAME] [--json] [--limit N]")
        if opts.limit < 1:
            refuse("--limit must be 1 or more")
        with refusing():
            assert self.settings is not None
            config = Config.from_settings(self.settings)
            name = args[0] if args else None
            shown = asyncio.run(read_queues(config, name, opts.limit))
            if opts.json:
                plain = [one.plain() for one in shown]
                print(json.dumps(plain, ensure_ascii=False, indent=2))
            else:
                _show(shown)


async def read_queues(config: Config, name: str | None, limit: int) -> list[Shown]:
    """Return the queues of the store, or the one that is named.

    Raises:
        UsageError: there is none of that name.
        StoreError: the store is not there, or can't be reached.
    """
    store = open_store(config.store)
    await store.open(create=False)
    try:
        states = await store.queues(name)
        if name is not None and not states:
            names = ", ".join(state.queue for state in await store.queues())
            raise UsageError(f"there is no queue {name!r}; there is: {names or 'none'}")
        return [await _shown(store, state, limit) for state in states]
    finally:
        await store.close()


async def _shown(store: Store, state: QueueState, limit: int) -> Shown:
    named = {
        stage: await store.tickets(state.queue, stage, limit)
        for stage in _NAMED
        if state.counts.get(stage)
    }
    return Shown(state=state, named=named)


def _plain(ticket: Ticket) -> dict[str, Any]:
    return {
        "target": ticket.target,
        "verdict": str(ticket.verdict) if ticket.verdict else None,
        "reason": ticket.reason,
        "at": ticket.at.isoformat(),
        "run_id": ticket.holder.run_id if ticket.holder else None,
        "host": ticket.holder.host if ticket.holder else None,
    }


def _show(queues: list[Shown]) -> None:
    from rich.console import Console  # noqa: PLC0415 - other commands need it not
    from rich.table import Table  # noqa: PLC0415

    console = Console(file=sys.stdout, soft_wrap=True)
    table = Table("queue", "spider", *STAGES)
    for one in queues:
        counts = (str(one.state.counts.get(stage, 0)) for stage in STAGES)
        table.add_row(one.state.queue, one.state.spider, *counts)
    console.print(table if queues else "No queue has been filled: scrapy enqueue")
    for one in queues:
        for stage, tickets in one.named.items():
            for ticket in tickets:
                line = f"{one.state.queue}, {stage}: {_line(ticket)}"
                console.print(line, markup=False, highlight=False)


def _line(ticket: Ticket) -> str:
    if ticket.holder:
        return f"{ticket.target}, by run {ticket.holder.run_id} on {ticket.holder.host}"
    reason = f": {ticket.reason}" if ticket.reason else ""
    return f"{ticket.target}, {ticket.verdict or 'open'}{reason}"

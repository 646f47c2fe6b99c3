"""``scrapy reparse``: today's parsers over everything that is stored."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from douyin_crawler.commands.bars import bar
from douyin_crawler.commands.errors import refuse, refusing
from douyin_crawler.config import Config
from douyin_crawler.items.clean import clean_item
from douyin_crawler.items.kinds import KINDS, record_id
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.page import MalformedPage, decode
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    import argparse

    from douyin_crawler.stores.base import Store, StoredPayload

_BATCH = 200


class Command(ScrapyCommand):
    """Fill typed fields from stored payloads, without a request."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Run today's parsers over all stored payloads"

    def long_desc(self) -> str:
        """Return what ``scrapy reparse -h`` says."""
        return (
            f"{self.short_desc()}, in the order of their time. Newly typed fields are "
            "filled, corrected ones corrected; first_seen, last_seen and metrics stay."
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Reparse, with a bar in a terminal, and say what came of it."""
        if args:
            refuse("usage: scrapy reparse (it takes no arguments)")
        with refusing():
            assert self.settings is not None
            config = Config.from_settings(self.settings)
            counts = asyncio.run(_reparse(config.store))
        found = ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
        print(f"{counts.total()} payloads: {found or 'none'}", file=sys.stderr)


async def _reparse(url: str) -> Counter[str]:
    store = open_store(url)
    await store.open(create=False)
    counts: Counter[str] = Counter()
    try:
        with bar("Reparsing payloads", await store.count_payloads()) as advance:
            batch: list[Observation] = []
            async for payload in store.payloads():
                advance(1)
                observation = _observe(payload)
                if observation is None:
                    counts["unreadable"] += 1
                    continue
                batch.append(observation)
                if len(batch) >= _BATCH:
                    await _save(store, batch, counts)
            await _save(store, batch, counts)
    finally:
        await store.close()
    return counts


async def _save(store: Store, batch: list[Observation], counts: Counter[str]) -> None:
    counts.update(await store.reparse(batch))
    batch.clear()


def _observe(payload: StoredPayload) -> Observation | None:
    """Return a stored payload as it would be observed today."""
    kind = KINDS[payload.kind]
    try:
        value = decode(payload.text)
    except MalformedPage:
        return None
    item = kind.reparse(payload.id, value, payload.observed_at)
    if item is None:
        return None
    item, _ = clean_item(item)
    return Observation(
        kind=kind.name,
        id=record_id(item),
        payload_id=payload.id,
        item=item,
        payload=payload.text,
        source=payload.source,
        observed_at=payload.observed_at,
    )

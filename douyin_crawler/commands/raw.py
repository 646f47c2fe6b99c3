"""``scrapy raw KIND ID``: the stored JSON text of one record, as it came."""

from __future__ import annotations

import asyncio
import re
import sys
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from douyin_crawler.api.targets import TargetError, parse_post, parse_user
from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.config import Config
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.items.observation import SOURCES
from douyin_crawler.stores import open_store
from douyin_crawler.verdicts import ExitStatus

if TYPE_CHECKING:
    import argparse

    from douyin_crawler.items.observation import Source
    from douyin_crawler.stores.base import StoredPayload

_MOMENT = re.compile(r":\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


class Command(ScrapyCommand):
    """Print a payload from the store."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return "[--source own|list|feed|embedded] KIND ID|ADDRESS"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Print the stored JSON of one record"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``--source``."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "--source",
            choices=SOURCES,
            help="where it was seen (default: the best one that is stored)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the text to standard output, byte for byte."""
        kinds = (*KINDS, "page")
        if len(args) != 2:
            refuse(f"usage: scrapy raw KIND ID, where KIND is {', '.join(kinds)}")
        kind, text = args
        if kind not in kinds:
            refuse(f"{kind!r} is not stored; KIND is one of {', '.join(kinds)}")
        key, fault = _key(kind, text)
        with refusing():
            assert self.settings is not None
            config = Config.from_settings(self.settings)
            found = asyncio.run(_load(config.store, kind, key, opts.source))
        if found is None:
            if fault:
                refuse(fault)
            source = f" from {opts.source}" if opts.source else ""
            refuse(
                f"no {kind} {key}{source} in {open_store(config.store)}",
                ExitStatus.INCOMPLETE,
            )
        sys.stdout.buffer.write(found.text + b"\n")


def _key(kind: str, text: str) -> tuple[str, str]:
    """Return the id that *text* names, and what is wrong where it may name none.

    A store of pseudonyms has ids that the service has not: those are looked up.
    """
    try:
        if kind == "post":
            post = parse_post(text)
            return post.value, _unless(post.kind == "aweme_id", text)
        if kind == "user":
            user = parse_user(text)
            return user.value, _unless(user.kind == "sec_uid", text)
    except TargetError as error:
        return text, str(error)
    return text, ""


def _unless(known: bool, text: str) -> str:
    return "" if known else f"{text}: give the id or the full address"


async def _load(
    url: str, kind: str, key: str, source: Source | None
) -> StoredPayload | None:
    store = open_store(url)
    await store.open(create=False)
    try:
        found = await store.payload(kind, key, source)
        if found is None and kind == "hot_word":
            # A series: its newest payload stands for all, by the id less the time.
            found = await store.payload(kind, _MOMENT.sub("", key), source)
        return found
    finally:
        await store.close()

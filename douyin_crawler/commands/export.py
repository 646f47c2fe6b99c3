"""``scrapy export KIND -o FILE``: records from the store, as a file to take away."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand

from douyin_crawler.api.targets import TargetError, parse_post, parse_user
from douyin_crawler.commands.bars import bar
from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.config import Config
from douyin_crawler.export import FORMATS, open_writer, read_columns
from douyin_crawler.items.kinds import KINDS
from douyin_crawler.spiders.arguments import ArgumentError, parse_moment
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    import argparse

    from douyin_crawler.items.kinds import Kind


@dataclass(frozen=True, slots=True)
class _Wanted:
    kind: Kind
    path: Path
    format: str
    columns: list[str]
    filters: dict[str, Any]


class Command(ScrapyCommand):
    """Stream records into a CSV, JSON lines or Parquet file."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return "KIND -o FILE [--format F] [--since TIME] [--user USER] [--post POST]"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Export records of one kind from the store"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what is exported, and to where."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="the file to write, or write anew"
        )
        parser.add_argument(
            "--format", choices=FORMATS, help="by default from the file's name"
        )
        parser.add_argument(
            "--since",
            help="records of this time and later (a date is 00:00 in Asia/Shanghai)",
        )
        parser.add_argument("--user", help="records of this user alone")
        parser.add_argument("--post", help="the comments on this post alone")
        parser.add_argument(
            "--columns",
            metavar="A,B,C",
            help="these alone, in this order (default: all; names: docs/fields.md)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the file; it appears under its name only when it is whole."""
        with refusing():
            assert self.settings is not None
            kind = _kind(args)
            path, file_format = _file(opts)
            chosen = opts.columns
            columns = [] if chosen is None else read_columns(kind, chosen)
            filters = _filters(kind, opts)
            wanted = _Wanted(kind, path, file_format, columns, filters)
            config = Config.from_settings(self.settings)
            count = asyncio.run(_export(config.store, wanted))
        print(f"{path}: {_counted(count, kind)}", file=sys.stderr)


def _counted(count: int, kind: Kind) -> str:
    return f"{count:,} {kind.name if count == 1 else kind.table}".replace("_", " ")


def _kind(args: list[str]) -> Kind:
    if len(args) != 1:
        refuse(f"usage: scrapy export KIND -o FILE; KIND is {', '.join(KINDS)}")
    if args[0] == "page":
        refuse("pages have no typed record; scrapy raw page ID prints one")
    if args[0] not in KINDS:
        refuse(f"{args[0]!r} can't be exported; KIND is one of {', '.join(KINDS)}")
    return KINDS[args[0]]


def _file(opts: argparse.Namespace) -> tuple[Path, str]:
    if not opts.output:
        refuse("-o FILE is missing")
    path = Path(opts.output)
    file_format = opts.format or path.suffix.removeprefix(".").lower()
    if file_format not in FORMATS:
        refuse(
            f"{path.name!r} names no format; end it with .{', .'.join(FORMATS)}, "
            "or give --format"
        )
    if path.is_dir():
        refuse(f"{path} can't be written: it is a folder; name a file")
    return path, file_format


def _filters(kind: Kind, opts: argparse.Namespace) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    if opts.since is not None:
        try:
            filters["since"] = parse_moment("since", opts.since or " ")
        except ArgumentError as error:
            refuse(str(error).removeprefix("-a ").replace("since=", "--since ", 1))
    for name, parse, id_kind in (
        ("user", parse_user, "sec_uid"),
        ("post", parse_post, "aweme_id"),
    ):
        given = getattr(opts, name)
        if given is None:
            continue
        if not given.strip():
            refuse(f"--{name} is empty: give a value, or leave it out")
        if getattr(kind, name) is None:
            refuse(f"--{name} does not go with {kind.name}")
        try:
            target = parse(given)
        except TargetError as error:
            refuse(f"--{name}: {error}")
        if target.kind != id_kind:
            refuse(f"--{name} {given}: give the id or the full address")
        filters[name] = target.value
    return filters


async def _export(url: str, wanted: _Wanted) -> int:
    kind, path, filters = wanted.kind, wanted.path, wanted.filters
    store = open_store(url)
    await store.open(create=False)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = open_writer(wanted.format, kind, part, wanted.columns)
        except OSError as error:
            refuse(f"{path} can't be written: {error.strerror}")
        total = None if filters.keys() - {"since"} else await store.count(kind.name)
        count = 0
        with bar(f"Exporting {kind.table}", total) as advance:
            async for record in store.records(kind.name, **filters):
                writer.write(record)
                count += 1
                advance(1)
        writer.close()
        part.replace(path)
        return count
    finally:
        part.unlink(missing_ok=True)
        await store.close()

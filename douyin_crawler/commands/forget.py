"""``scrapy forget -a user=...``: erases persons, and keeps them out from then on."""

from __future__ import annotations

import asyncio
import re
import sys
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from douyin_crawler.api.target_lists import read_targets
from douyin_crawler.api.targets import TargetError, UserTarget, parse_user
from douyin_crawler.commands.errors import refuse, refusing, terse
from douyin_crawler.config import Config
from douyin_crawler.privacy.person import Person
from douyin_crawler.privacy.pseudonyms import Pseudonyms
from douyin_crawler.spiders.arguments import ArgumentError, Arguments, read_arguments
from douyin_crawler.stores import open_store

if TYPE_CHECKING:
    import argparse

    from douyin_crawler.stores.base import Store
    from douyin_crawler.stores.sweep import Erased

_number = re.compile(r"[1-9][0-9]{3,19}").fullmatch


class ForgetArguments(Arguments, frozen=True, kw_only=True):
    """Arguments of the command."""

    user: str
    """sec_user_ids, profile addresses, uids or handles, comma-separated, or @file."""


class Command(ScrapyCommand):
    """Erase persons from the store."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """Return the arguments."""
        return "-a user=USER[,USER...]"

    def short_desc(self) -> str:
        """Return the line of ``scrapy -h``."""
        return "Erase persons from the store, and keep them out from now on"

    def long_desc(self) -> str:
        """Return what ``scrapy forget -h`` says."""
        return (
            f"{self.short_desc()}. USER is a sec_user_id, the address of a profile, a "
            "uid, or a handle of which the store has a record; @FILE names a file of "
            "them. It asks nothing. Files written by feeds, export and logs are not "
            "reached. Exit status: 0 done, 2 usage or settings, 6 store unavailable."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add ``-a``."""
        super().add_options(parser)
        terse(parser)
        parser.add_argument(
            "-a",
            dest="given",
            action="append",
            default=[],
            metavar="user=USER",
            help="who is forgotten",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Erase them, and say from where how much."""
        with refusing():
            assert self.settings is not None
            if args:
                raise UsageError("usage: scrapy forget -a user=USER[,USER...]")
            config = Config.from_settings(self.settings)
            persons = _read(opts.given)
            erased = asyncio.run(_forget(config, persons))
        _show(erased)
        if config.store.startswith("mongodb"):
            print(
                "note: the server's data files, journal and oplog may hold old pages "
                "until they are used again; docs/privacy.md says more",
                file=sys.stderr,
            )


def _read(given: list[str]) -> list[UserTarget]:
    named = dict(one.partition("=")[::2] for one in given)
    arguments = read_arguments(ForgetArguments, named, of="scrapy forget")
    try:
        return list(read_targets(arguments.user, _parse))
    except TargetError as error:
        raise ArgumentError(f"-a user: {error}") from None


def _parse(text: str) -> UserTarget:
    if _number(text.strip()):
        return UserTarget("handle", text.strip())
    target = parse_user(text)
    if target.kind not in ("sec_uid", "handle"):
        raise TargetError(
            f"{text!r}: nothing is asked of the service here; give the sec_user_id or "
            "the profile's address"
        )
    return target


async def _forget(config: Config, targets: list[UserTarget]) -> Erased:
    store = open_store(config.store)
    await store.open(create=False)
    try:
        person = await _resolve(store, targets)
        if config.pseudonymize:
            person.update(Pseudonyms(config.pseudonym_salt).of_person(person))
        return await store.forget(person)
    finally:
        await store.close()


async def _resolve(store: Store, targets: list[UserTarget]) -> Person:
    """Return who *targets* are; of handles and uids, by the users that are stored."""
    person = Person(sec_uids={t.value for t in targets if t.kind == "sec_uid"})
    asked = {t.value for t in targets if t.kind == "handle"}
    if not asked:
        return person
    wanted = {text.casefold() for text in asked}
    found: set[str] = set()
    async for record in store.records("user"):
        names = (record.fields.get(n) for n in ("uid", "unique_id", "short_id"))
        if met := wanted & {str(name).casefold() for name in names if name}:
            person.sec_uids.add(record.id)
            found |= met
    asked = {text for text in asked if text.casefold() not in found}
    person.uids |= {text for text in asked if _number(text)}
    if unknown := sorted(text for text in asked if not _number(text)):
        refuse(
            f"no user in {store} has the handle {unknown[0]!r}; give the sec_user_id "
            "or the profile's address"
        )
    return person


def _show(erased: Erased) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - other commands need it not
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("table", box=SIMPLE_HEAD)
    for title in ("erased", "changed"):
        table.add_column(title, justify="right")
    for name in sorted({*erased.deleted, *erased.changed}):
        table.add_row(name, str(erased.deleted[name]), str(erased.changed[name]))
    if erased.total():
        Console(highlight=False).print(table)
    else:
        print("Nothing of them was stored; they are on the list from now on.")

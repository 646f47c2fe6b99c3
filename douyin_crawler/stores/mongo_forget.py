"""Persons erased from a database of MongoDB, and kept out of it from then on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pymongo.errors import OperationFailure

from douyin_crawler.privacy.forgotten import (
    KEY,
    NOBODY,
    WORKING,
    ForgottenList,
    Row,
    new_key,
    rows_of,
)
from douyin_crawler.privacy.person import Person
from douyin_crawler.stores.sweep import ROUNDS, Erased, Sweep, in_order

if TYPE_CHECKING:
    from douyin_crawler.stores.mongo_writer import Database

_UNDER_WAY = 1.0
"""Seconds that a batch which was checked against the list may still be written."""
_TRIES = 10
_PAGE = 200


class Guard:
    """The list of one database; read again whenever it has grown."""

    def __init__(self) -> None:
        self.known = NOBODY

    async def load(self, database: Database) -> ForgottenList:
        """Return the list as it is now."""
        listed = {"kind": {"$ne": WORKING}}
        version = await database.forgotten.count_documents(listed)
        if version != (self.known.version or 0):
            self.known = ForgottenList.of_rows(await _rows(database), version)
        return self.known


async def _rows(database: Database) -> list[Row]:
    return [
        Row(found["hash"], found["kind"], found["size"], found["note"])
        async for found in database.forgotten.find()
    ]


async def put_on_list(database: Database, person: Person) -> None:
    """Let nothing of *person* be stored from now on."""
    await _put(database, new_key(), KEY)
    key = next(row.hash for row in await _rows(database) if row.kind == KEY)
    for row in rows_of(person, key):
        await _put(database, row, f"{row.kind}:{row.hash}")


async def _put(database: Database, row: Row, key: str) -> None:
    await database.forgotten.update_one(
        {"_id": key}, {"$setOnInsert": asdict(row)}, upsert=True
    )


async def erase(database: Database, person: Person) -> Erased:
    """Erase *person* from all collections; put them on the list.

    What is known of the person is noted in the list while this lasts, so that it can
    be taken up after a kill. The server's own files may hold old pages until they are
    used again; ``compact`` is asked for, which not everybody may.
    """
    await put_on_list(database, person)
    async for noted in database.forgotten.find({"kind": WORKING}):
        person.update(Person.of_plain(json.loads(noted["note"])))
    await asyncio.sleep(_UNDER_WAY)
    erased = Erased()
    for _ in range(ROUNDS):
        await _note(database, person)
        sweep = await _learned(database, person)
        await put_on_list(database, person)
        await _note(database, person)
        await _sweep(database, sweep)
        erased.add(sweep.erased)
        if not sweep.erased.total():
            break
    await database.forgotten.delete_many({"kind": WORKING})
    for table in {*erased.deleted, *erased.changed}:
        try:
            await database.command("compact", table)
        except OperationFailure:
            break
    return erased


async def _note(database: Database, person: Person) -> None:
    note = Row("", WORKING, 0, json.dumps(person.to_plain()))
    await database.forgotten.replace_one({"_id": WORKING}, asdict(note), upsert=True)


async def _learned(database: Database, person: Person) -> Sweep:
    """Return a sweep that knows all that the collections say of *person*."""
    sweep, size = Sweep(person), -1
    while size != person.size():
        size = person.size()
        for table in await _tables(database):
            async for document in database[table].find(batch_size=_PAGE):
                sweep.learn(table, document)
    return sweep


async def _sweep(database: Database, sweep: Sweep) -> None:
    for table in await _tables(database):
        hits = [
            document["_id"]
            async for document in database[table].find(batch_size=_PAGE)
            if sweep.judge(table, [document["_id"]], document) != {}
        ]
        for key in hits:
            await _apply(database, table, key, sweep)


async def _apply(database: Database, table: str, key: Any, sweep: Sweep) -> None:
    """Do to a document what is to be done, as long as it is as it was read."""
    for _ in range(_TRIES):
        document = await database[table].find_one({"_id": key})
        if document is None:
            return
        changes = sweep.judge(table, [key], document)
        if changes is None:
            await database[table].delete_one({"_id": key})
            sweep.erased.deleted[table] += 1
            return
        if not changes:
            return
        update: dict[str, Any] = {"$set": changes}
        if "_revision" in document:
            update["$inc"] = {"_revision": 1}
        names = [*changes, *("_revision" for _ in update.get("$inc", ()))]
        as_read = {"_id": key, **{name: document[name] for name in names}}
        result = await database[table].update_one(as_read, update)
        if result.matched_count:
            sweep.erased.changed[table] += 1
            return


async def _tables(database: Database) -> list[str]:
    names = await database.list_collection_names()
    return in_order(n for n in names if n != "meta" and not n.startswith("system."))

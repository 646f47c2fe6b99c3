"""Queues in both stores, and persons who are never to be in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.privacy.person import Person
from douyin_crawler.tickets import Enqueued
from tests.stores.queue_contract import NAME, QueueContract, put
from tests.stores.test_contract import Mongo, SQLite

if TYPE_CHECKING:
    from douyin_crawler.stores.base import Store

_SEC_UID = "MS4wLjABAAAA" + "q" * 43


class _Forgotten:
    async def test_a_forgotten_person_is_in_no_queue(self, store: Store) -> None:
        await put(store, _SEC_UID, "other")
        await store.forget(Person(sec_uids={_SEC_UID}))
        left = await store.tickets(NAME, "waiting", 9)
        assert [ticket.target for ticket in left] == ["other"]
        assert await put(store, _SEC_UID) == Enqueued(forgotten=1)


class TestSQLite(SQLite, QueueContract, _Forgotten):
    pass


class TestMongo(Mongo, QueueContract, _Forgotten):
    pass

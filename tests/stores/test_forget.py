"""Both stores: a person is erased, a kill in the middle is made good, they stay out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.items.observation import Observation
from douyin_crawler.privacy.person import Person
from douyin_crawler.progress import Holder, WalkKey
from douyin_crawler.stores import mongo_forget, open_store, sqlite_forget
from douyin_crawler.stores.payloads import readable
from tests.privacy.planted import (
    HANDLE,
    NAME,
    OTHER,
    SEC_UID,
    UID,
    observations,
    traces,
)
from tests.stores.samples import at, run, verdict
from tests.support.crawling import rows
from tests.support.mongod import client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from douyin_crawler.stores.base import Entry, Store
    from douyin_crawler.verdicts import RunRecord


LINK = "https://v.douyin.com/iAbC12x/"


class Forgetting:
    """The tests; ``seen`` returns all that is stored, as bytes."""

    @pytest.fixture
    def make_store(self) -> Callable[[], Store]:
        raise NotImplementedError

    @pytest.fixture
    def seen(self) -> Callable[[], bytes]:
        raise NotImplementedError

    async def _filled(self, store: Store) -> None:
        await store.open()
        key = WalkKey("posts", SEC_UID)
        holder = Holder(run_id="r", host="h", lock="l")
        await store.claim(key, holder, 30, spider="user_posts")
        page = Observation(
            kind="page",
            id=f"posts:{SEC_UID}:0",
            item=None,
            payload=json.dumps({"said": NAME, "uid": UID}).encode(),
            source="own",
            observed_at=at(0),
        )
        note = replace(
            page,
            id=f"asked_for:{SEC_UID}:{LINK}",
            payload=json.dumps({"asked_for": LINK, "sec_uid": SEC_UID}).encode(),
        )
        ends = [verdict(id=SEC_UID), replace(verdict(id=LINK), named=False)]
        await store.write([*observations(), page, note, *ends])
        await store.save_run(_run(f"{OTHER},{SEC_UID},{LINK},{HANDLE.upper()}"))

    async def test_nothing_of_them_is_left(
        self, make_store: Callable[[], Store], seen: Callable[[], bytes]
    ) -> None:
        store = make_store()
        await self._filled(store)
        assert traces(seen())
        erased = await store.forget(Person({SEC_UID}))
        assert erased.deleted["comments"] == 2
        assert erased.deleted["posts"] == erased.deleted["users"] == 1
        assert traces(seen()) == set()
        kept = await store.load("comment", ["8001", "8002", "8003", "8004"])
        assert set(kept) == {"8002", "8004"}
        assert set(await store.load("user", [SEC_UID, OTHER])) == {OTHER}
        assert (await store.runs())[0].arguments["user"].startswith(OTHER)
        assert b"iAbC12x" not in seen()
        assert HANDLE.encode() not in seen().lower()
        again = await store.forget(Person({SEC_UID}))
        assert again.total() == 0
        await store.close()

    async def test_a_crawl_that_began_before_keeps_them_out(
        self, make_store: Callable[[], Store], seen: Callable[[], bytes]
    ) -> None:
        crawling, other = make_store(), make_store()
        await self._filled(crawling)
        await other.open()
        await other.forget(Person({SEC_UID}))
        await other.close()
        batch: list[Entry] = [*observations(), verdict(id=SEC_UID)]
        outcomes = await crawling.write(batch)
        assert outcomes.count("forgotten") == 6
        await crawling.write(observations(escaped=True))
        await crawling.save_run(_run(f"/user/{SEC_UID}"))
        key = WalkKey("posts", SEC_UID)
        holder = Holder(run_id="r", host="h", lock="l")
        claim = await crawling.claim(key, holder, 30, spider="user_posts")
        assert claim.token == 0
        assert traces(seen()) == set()
        assert "8002" in await crawling.load("comment", ["8002"])
        await crawling.close()
        assert traces(seen()) == set()

    @pytest.mark.parametrize("after", [0, 3, 9])
    async def test_a_kill_in_the_middle_is_made_good(
        self,
        make_store: Callable[[], Store],
        seen: Callable[[], bytes],
        monkeypatch: pytest.MonkeyPatch,
        after: int,
    ) -> None:
        store = make_store()
        await self._filled(store)
        left = after
        for module in (sqlite_forget, mongo_forget):
            apply: Any = module._apply

            def killed(*args: Any, apply: Any = apply) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    raise RuntimeError("killed")
                return apply(*args)

            monkeypatch.setattr(module, "_apply", killed)
        try:
            with pytest.raises(RuntimeError, match="killed"):
                await store.forget(Person({SEC_UID}))
        finally:
            await store.close()
        monkeypatch.undo()
        assert "forgotten" in await _written_again(make_store())
        store = make_store()
        await store.open()
        await store.forget(Person({SEC_UID}))
        await store.close()
        assert traces(seen()) == set()


def _run(user: str) -> RunRecord:
    return replace(run(), arguments={"user": user})


async def _written_again(store: Store) -> list[Any]:
    await store.open()
    outcomes = await store.write(observations())
    await store.close()
    return [*outcomes]


class TestSQLite(Forgetting):
    @pytest.fixture
    def make_store(self, path: Path) -> Callable[[], Store]:
        return lambda: open_store(f"sqlite:///{path}")

    @pytest.fixture
    def seen(self, path: Path) -> Callable[[], bytes]:
        def everything() -> bytes:
            files = [f.read_bytes() for f in path.parent.glob(path.name + "*")]
            frames = rows(path, "SELECT text FROM payloads")
            return b"\n".join([*files, *(readable(row["text"]) for row in frames)])

        return everything


class TestMongo(Forgetting):
    @pytest.fixture(autouse=True)
    def _quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mongo_forget, "_UNDER_WAY", 0.0)

    @pytest.fixture
    def make_store(self, mongodb_url: str) -> Callable[[], Store]:
        return lambda: open_store(mongodb_url)

    @pytest.fixture
    def seen(self, mongodb_url: str) -> Callable[[], bytes]:
        def everything() -> bytes:
            with client(mongodb_url) as asking:
                database = asking.get_default_database()
                names = database.list_collection_names()
                found = [d for name in names for d in database[name].find()]
            texts = [json.dumps(d, default=str, ensure_ascii=False) for d in found]
            frames = [readable(d["text"]) for d in found if "observed_at" in d]
            return "\n".join(texts).encode() + b"\n".join(frames)

        return everything

"""What every store gives back: records and payloads in order, and parsed anew."""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.items.media import PlayAddress, Video
from douyin_crawler.items.parts import Author
from douyin_crawler.stores.base import StoreUnavailable
from douyin_crawler.stores.merge import merge, record_of
from tests.stores.samples import at, comment, hot_word, page, post, user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from douyin_crawler.items.observation import Observation
    from douyin_crawler.stores.base import Store
    from douyin_crawler.stores.merge import Record


class ReadingContract:
    """The tests; ``make_store()`` gives a store, always on the same data."""

    @pytest.fixture
    def make_store(self) -> Callable[[], Store]:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, make_store: Callable[[], Store]) -> AsyncIterator[Store]:
        store = make_store()
        await store.open()
        yield store
        await store.close()

    # -- records -------------------------------------------------------------------

    async def test_records_come_in_the_order_of_their_keys(self, store: Store) -> None:
        batch = [post(str(n), digg_count=n, create_time=at(n)) for n in range(1_200)]
        await store.write(batch)
        found = [record async for record in store.records("post")]
        assert [record.id for record in found] == sorted(seen.id for seen in batch)
        expected = dataclasses.replace(record_of(batch[7]), revision=1)
        assert next(record for record in found if record.id == "7") == expected
        assert [record async for record in store.records("user")] == []

    async def test_records_since(self, store: Store) -> None:
        await store.write(
            [
                *(post(str(n), create_time=at(n), seconds=9) for n in range(5)),
                post("9", seconds=9),  # of no known time
                user("a", seconds=2),
                user("b", seconds=4),
                hot_word(seconds=3),
                hot_word(seconds=4),
            ]
        )
        assert await _ids(store, "post", since=at(3)) == ["3", "4"]
        assert await _ids(store, "user", since=at(3)) == ["b"]
        assert len(await _ids(store, "hot_word", since=at(4))) == 1
        assert await _ids(store, "post", since=at(99)) == []

    async def test_records_of_a_user_and_of_a_post(self, store: Store) -> None:
        await store.write(
            [
                *(
                    post(str(n), sec_uid="ab"[n % 2], create_time=at(n))
                    for n in range(6)
                ),
                comment("c1", aweme_id="1", sec_uid="a", create_time=at(1)),
                comment("c2", aweme_id="1", sec_uid="b", create_time=at(2)),
                comment("c3", aweme_id="2", sec_uid="a", create_time=at(3)),
                user("a"),
                user("b"),
            ]
        )
        assert await _ids(store, "post", user="a") == ["0", "2", "4"]
        assert await _ids(store, "post", user="b", since=at(3)) == ["3", "5"]
        assert await _ids(store, "post", post="4") == ["4"]
        assert await _ids(store, "comment", post="1") == ["c1", "c2"]
        assert await _ids(store, "comment", post="1", user="a") == ["c1"]
        assert await _ids(store, "user", user="b") == ["b"]
        assert await _ids(store, "post", user="$gt") == []

    async def test_what_a_kind_can_not_be_told_by(self, store: Store) -> None:
        with pytest.raises(ValueError, match="hot_words can't be told by user"):
            await _ids(store, "hot_word", user="a")
        with pytest.raises(ValueError, match="users can't be told by post"):
            await _ids(store, "user", post="1")

    async def test_reading_in_part_and_writing_meanwhile(self, store: Store) -> None:
        await store.write([post(f"{n:04}") for n in range(1_100)])
        found = []
        async for record in store.records("post"):
            found.append(record.id)
            if len(found) % 500 == 0:
                await store.write([post(record.id, desc="b", seconds=1)])
        assert len(found) == 1_100
        async for record in store.records("post"):
            assert record.id == "0000"
            break
        assert await store.count("post") == 1_100

    # -- payloads ------------------------------------------------------------------

    async def test_payloads_come_in_the_order_of_their_time(self, store: Store) -> None:
        await store.write(
            [
                user("a", seconds=5),
                post("2", seconds=5),
                post("1", seconds=5),
                post("1", seconds=5, source="own", payload=b"own"),
                page(seconds=5),
                post("3", seconds=1),
                *(comment(f"c{n:03}", seconds=9) for n in range(250)),
            ]
        )
        found = [payload async for payload in store.payloads()]
        assert [(p.kind, p.id, p.source) for p in found[:5]] == [
            ("post", "3", "list"),
            ("post", "1", "list"),
            ("post", "1", "own"),
            ("post", "2", "list"),
            ("user", "a", "embedded"),
        ]
        assert [p.id for p in found[5:]] == [f"c{n:03}" for n in range(250)]
        assert found[2].text == b"own"
        assert found[2].observed_at == at(5)
        assert await store.count_payloads() == len(found)

    async def test_a_series_has_a_record_a_snapshot_and_one_payload(
        self, store: Store
    ) -> None:
        first, later = hot_word(hot_value=5), hot_word(hot_value=7, seconds=60)
        assert await store.write([first, later, first]) == ["new", "new", "unchanged"]
        assert await store.count("hot_word") == 2
        found = [payload async for payload in store.payloads()]
        assert [(p.id, p.text) for p in found] == [("main:ranked:海", later.payload)]
        stored = await store.payload("hot_word", "main:ranked:海")
        assert stored == found[0]
        assert await store.payload("hot_word", first.id) is None

    # -- parsing anew --------------------------------------------------------------

    async def test_reparsing_fills_and_corrects(self, store: Store) -> None:
        await store.write(
            [post(desc="z", digg_count=5), post("7002", desc="same", digg_count=1)]
        )
        corrected = [
            post(desc="a", digg_count=5, region="CN"),
            post("7002", desc="same", digg_count=1),
        ]
        assert await store.reparse(corrected) == ["changed", "unchanged"]
        assert await store.reparse(corrected) == ["unchanged", "unchanged"]
        loaded = await _load(store)
        assert loaded.fields["desc"] == "a"  # although "z" is greater
        assert loaded.fields["region"] == "CN"
        assert (loaded.first_seen, loaded.last_seen) == (at(0), at(0))

    async def test_reparsing_takes_nothing_from_what_is_better(
        self, store: Store
    ) -> None:
        await store.write([post(desc="feed", source="feed", seconds=9)])
        await store.write([post(desc="old", digg_count=3), post(desc="b", seconds=5)])
        known = await _load(store)
        assert await store.reparse(
            [
                post(desc="older", digg_count=4, region="CN"),
                post(desc="c", seconds=5),
                post(desc="feed", source="feed", seconds=9),
            ]
        ) == ["changed", "changed", "unchanged"]
        loaded = await _load(store)
        assert loaded.fields["desc"] == "c"
        assert loaded.fields["digg_count"] == 3  # counters are not corrected
        assert (loaded.first_seen, loaded.last_seen) == (at(0), at(9))
        assert loaded.stamp == known.stamp

    async def test_reparsing_leaves_payloads(self, store: Store) -> None:
        await store.write([post(payload=b"a", desc="a")])
        await store.reparse([post(payload=b"b", desc="b")])
        stored = await store.payload("post", "7001")
        assert stored is not None
        assert stored.text == b"a"
        assert await store.count_payloads() == 1

    async def test_reparsing_makes_the_record_that_is_missing(
        self, store: Store
    ) -> None:
        assert await store.reparse([post(desc="a", seconds=3)]) == ["new"]
        loaded = await _load(store)
        assert loaded.first_seen == loaded.last_seen == at(3)

    async def test_reparsing_while_reading(self, store: Store) -> None:
        def seen(key: str, **values: Any) -> Observation:
            return post(key, video=Video(play_addr=PlayAddress(uri="v")), **values)

        await store.write([seen(f"{n:03}") for n in range(250)])
        outcomes = []
        async for payload in store.payloads():
            outcomes += await store.reparse([seen(payload.id, desc="new")])
        assert outcomes == ["changed"] * 250

    async def test_reparsing_as_before_changes_nothing(self, store: Store) -> None:
        """Of several copies in one second one payload is kept, and the best values."""
        dice = random.Random(5)
        seen = [
            post(
                f"{key:03}",
                seconds=second,
                source=source,
                payload=b"%d" % dice.randrange(999),
                digg_count=dice.randrange(9),
                play_count=dice.choice([None, 5, 6]),
            )
            for key in range(150)
            for second in (0, 0, 0, 7)
            for source in ("list", "own", "feed")
        ]
        last = {(s.id, s.source, s.observed_at, s.payload): s for s in seen}
        dice.shuffle(seen)
        for start in range(0, len(seen), 100):
            await store.write(seen[start : start + 100])
        known = {record.id: record async for record in store.records("post")}
        assert {r.first_seen for r in known.values()} == {at(0)}
        for _ in range(2):
            kept = [payload async for payload in store.payloads()]
            again = [last[p.id, p.source, p.observed_at, p.text] for p in kept]
            assert set(await store.reparse(again)) == {"unchanged"}
            assert {r.id: r async for r in store.records("post")} == known

    async def test_reparsing_corrects_to_null(self, store: Store) -> None:
        author = Author(nickname="甲", sec_uid="WRONG")
        await store.write([post(desc="WRONG", digg_count=1, region="CN")])
        await store.write([post(caption="a", author=author, seconds=1)])
        await store.reparse(
            [
                post(region="CN"),
                post(caption="a", author=Author(nickname="甲"), seconds=1),
            ]
        )
        loaded = await _load(store)
        assert "desc" not in loaded.fields
        assert loaded.fields["author"]["sec_uid"] is None
        assert (loaded.fields["digg_count"], loaded.fields["region"]) == (1, "CN")

    async def test_stamps_of_parts_are_stored(self, store: Store) -> None:
        batch = [
            post(author=Author(nickname="甲", sec_uid="a")),
            post(author=Author(nickname="乙"), seconds=5),
        ]
        expected = merge(record_of(batch[0]), record_of(batch[1])).record
        for one in batch:
            await store.write([one])
        loaded = await _load(store)
        assert dataclasses.replace(loaded, revision=0) == expected
        assert [*loaded.exceptions] == ["author.sec_uid"]
        assert await store.write([batch[0]]) == ["unchanged"]
        assert (await _load(store)) == loaded

    # -- life ----------------------------------------------------------------------

    async def test_what_only_reads_makes_nothing(
        self, make_store: Callable[[], Store]
    ) -> None:
        store = make_store()
        with pytest.raises(StoreUnavailable, match="crawl first"):
            await store.open(create=False)
        with pytest.raises(StoreUnavailable, match="crawl first"):
            await store.open(create=False)
        await store.open()
        await store.write([post()])
        await store.close()
        await store.open(create=False)
        assert await _ids(store, "post") == ["7001"]
        await store.close()


async def _ids(store: Store, kind: str, **asked: Any) -> list[str]:
    return [record.id async for record in store.records(kind, **asked)]


async def _load(store: Store) -> Record:
    return (await store.load("post", ["7001"]))["7001"]
